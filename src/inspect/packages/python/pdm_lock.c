/* PDM's lockfile (pdm-project.org/latest/usage/lockfile): [[package]] tables.
 *
 * A package stands once for itself and once for each set of its extras. "groups" are dependency groups of the
 * project, of which only the name tells whether they are for development. Packages with a "path" are
 * folders or archives of the project. */
#include "base/limits.h"
#include "doc/toml.h"
#include "inspect/packages/packages.h"
#include "inspect/packages/python/python_lock.h"

static bool is_development_group(struct str group) {
    static const char *const names[] = {"dev",  "develop", "development", "test",   "tests", "testing",
                                        "lint", "doc",     "docs",        "typing", "ci"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (str_eq(group, str_c(names[i]))) {
            return true;
        }
    }
    return false;
}

static bool is_development(const struct doc *groups) {
    for (size_t i = 0; i < doc_count(groups); i++) {
        if (!is_development_group(doc_str(doc_at(groups, i)))) {
            return false;
        }
    }
    return doc_count(groups) > 0;
}

/* The package that an entry with extras restates, or a new one. */
static int add_package(struct lock_graph *graph, const struct doc *stated, size_t *node) {
    struct str version = doc_str(doc_get(stated, STR("version")));
    struct str name = package_pypi_name(graph->in->arena, doc_str(doc_get(stated, STR("name"))));
    if (!name.p) {
        return err_memory(graph->err);
    }
    unsigned flags = is_development(doc_get(stated, STR("groups"))) ? PACKAGE_IS_DEVELOPMENT : 0;
    size_t known = lock_find(graph, name);
    if (known != LOCK_NONE && !(known & LOCK_ANY) && str_eq(graph->nodes.p[known].package.version, version)) {
        graph->nodes.p[known].package.flags &= flags;
        *node = known;
        return 0;
    }
    struct package package = {.type = PACKAGE_PYPI,
                              .flags = flags,
                              .name = version.n && !doc_get(stated, STR("path")) ? name : STR_NONE,
                              .version = version,
                              .checksum = python_lock_checksum(doc_get(stated, STR("files")), "hash"),
                              .line = stated ? stated->at.line : 0};
    return lock_add(graph, name, &package, node);
}

static int add_needs(struct lock_graph *graph, size_t node, const struct doc *needs) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < doc_count(needs); i++) {
        struct str rest, name = python_lock_requirement(doc_str(doc_at(needs, i)), &rest);
        rc = python_lock_need(graph, node, name);
    }
    return rc;
}

static int read_all(struct lock_graph *graph, const struct doc *packages) {
    size_t n = doc_count(packages);
    size_t *nodes = arena_array(graph->in->arena, n + 1, sizeof *nodes);
    int rc = nodes ? 0 : err_memory(graph->err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = add_package(graph, doc_at(packages, i), &nodes[i]);
    }
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = add_needs(graph, nodes[i], doc_get(doc_at(packages, i), STR("dependencies")));
    }
    return rc < 0 ? rc : lock_write(graph, 0);
}

static int inspect(struct inspection *in, struct err *err) {
    const struct doc *root;
    struct lock_graph graph;
    int rc = toml_parse(in->arena, in->body, &root, err);
    const struct doc *packages = rc < 0 ? NULL : doc_get(root, STR("package"));
    rc = rc < 0 ? rc : lock_open(&graph, in, doc_count(packages), err);
    return rc < 0 ? rc : read_all(&graph, packages);
}

const struct inspector inspect_pdm_lock = {
    .name = "pdm-lock",
    .title = "PDM lockfiles",
    .reads = "pdm.lock",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "pdm.lock"}},
    .inspect = inspect,
};
