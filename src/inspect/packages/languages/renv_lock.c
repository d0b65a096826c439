/* R's renv.lock (rstudio.github.io/renv/articles/lockfile.html): "Packages" by name, with "Requirements" or
 * the fields of a DESCRIPTION for what each needs. Packages of Bioconductor are of an ecosystem of their own
 * and left out. */
#include "base/limits.h"
#include "doc/json.h"
#include "inspect/packages/lock_graph.h"
#include "inspect/packages/packages.h"

static int add_package(struct lock_graph *graph, const struct doc_member *member) {
    struct str version = doc_str(doc_get(member->value, STR("Version")));
    struct str source = doc_str(doc_get(member->value, STR("Source")));
    bool is_written = version.n && !str_eq(source, STR("Bioconductor"));
    struct package package = {.type = PACKAGE_CRAN,
                              .name = is_written ? member->key : STR_NONE,
                              .version = version,
                              .licence = doc_str(doc_get(member->value, STR("License"))),
                              .line = member->at.line};
    return lock_add(graph, member->key, &package, NULL);
}

/* "rlang (>= 1.1.0)". */
static int add_needs(struct lock_graph *graph, size_t node, const struct doc *needs) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < doc_count(needs); i++) {
        struct str name, range;
        str_cut(doc_str(doc_at(needs, i)), ' ', &name, &range);
        rc = lock_need(graph, node, lock_find(graph, name));
    }
    return rc;
}

static int add_needs_of(struct lock_graph *graph, size_t node, const struct doc *package) {
    static const char *const fields[] = {"Depends", "Imports", "LinkingTo"};
    const struct doc *needs = doc_get(package, STR("Requirements"));
    int rc = needs ? add_needs(graph, node, needs) : 0;
    for (size_t i = 0; rc == 0 && !needs && i < ARRAY_SIZE(fields); i++) {
        rc = add_needs(graph, node, doc_get(package, str_c(fields[i])));
    }
    return rc;
}

static int inspect(struct inspection *in, struct err *err) {
    const struct doc *root;
    struct lock_graph graph;
    int rc = json_parse(in->arena, in->body, &root, err);
    const struct doc *packages = rc < 0 ? NULL : doc_get(root, STR("Packages"));
    size_t n = doc_is(packages, DOC_MAP) ? packages->map.n : 0;
    rc = rc < 0 ? rc : lock_open(&graph, in, n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = add_package(&graph, &packages->map.members[i]);
    }
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = add_needs_of(&graph, i, packages->map.members[i].value);
    }
    return rc < 0 ? rc : lock_write(&graph, 0);
}

const struct inspector inspect_renv_lock = {
    .name = "renv-lock",
    .title = "renv lockfiles",
    .reads = "renv.lock",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "renv.lock"}},
    .inspect = inspect,
};
