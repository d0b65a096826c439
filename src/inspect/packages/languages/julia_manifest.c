/* Julia's manifest (pkgdocs.julialang.org/v1/toml-files): [[deps.Name]] tables, until format 2 [[Name]].
 *
 * "deps" of a package is a list of names, or a table of names and UUIDs where names are not unique. A package
 * with a "path" is the project's own; without a version it is a part of Julia. */
#include "base/limits.h"
#include "doc/toml.h"
#include "inspect/packages/lock_graph.h"
#include "inspect/packages/packages.h"

/* Calls visit for each package, in the same order each time. */
static int for_each(struct lock_graph *graph, const struct doc *packages, size_t *next,
                    int (*visit)(struct lock_graph *graph, struct str name, const struct doc *package,
                                 size_t node)) {
    int rc = 0;
    *next = 0;
    for (size_t i = 0; doc_is(packages, DOC_MAP) && i < packages->map.n; i++) {
        const struct doc_member *member = &packages->map.members[i];
        for (size_t k = 0; rc == 0 && doc_is(member->value, DOC_LIST) && k < doc_count(member->value); k++) {
            rc = visit(graph, member->key, doc_at(member->value, k), (*next)++);
        }
    }
    return rc;
}

static int add_package(struct lock_graph *graph, struct str name, const struct doc *stated, size_t node) {
    struct str uuid = doc_str(doc_get(stated, STR("uuid")));
    struct str version = doc_str(doc_get(stated, STR("version")));
    bool is_written = uuid.n && version.n && !doc_get(stated, STR("path"));
    struct package package = {.type = PACKAGE_JULIA,
                              .name = is_written ? name : STR_NONE,
                              .version = version,
                              .line = stated ? stated->at.line : 0};
    (void)node;
    size_t added;
    int rc = lock_add(graph, name, &package, &added);
    return rc < 0 ? rc : lock_alias(graph, uuid, added);
}

static int add_needs(struct lock_graph *graph, struct str name, const struct doc *stated, size_t node) {
    const struct doc *needs = doc_get(stated, STR("deps"));
    int rc = 0;
    (void)name;
    for (size_t i = 0; rc == 0 && doc_is(needs, DOC_LIST) && i < doc_count(needs); i++) {
        rc = lock_need(graph, node, lock_find(graph, doc_str(doc_at(needs, i))));
    }
    for (size_t i = 0; rc == 0 && doc_is(needs, DOC_MAP) && i < needs->map.n; i++) {
        rc = lock_need(graph, node, lock_find(graph, doc_str(needs->map.members[i].value)));
    }
    return rc;
}

static int inspect(struct inspection *in, struct err *err) {
    const struct doc *root;
    struct lock_graph graph;
    size_t n;
    int rc = toml_parse(in->arena, in->body, &root, err);
    rc = rc < 0 ? rc : lock_open(&graph, in, 0, err);
    if (rc < 0) {
        return rc;
    }
    const struct doc *packages = doc_get(root, STR("manifest_format")) ? doc_get(root, STR("deps")) : root;
    rc = for_each(&graph, packages, &n, add_package);
    rc = rc < 0 ? rc : for_each(&graph, packages, &n, add_needs);
    return rc < 0 ? rc : lock_write(&graph, 0);
}

const struct inspector inspect_julia_manifest = {
    .name = "julia-manifest",
    .title = "Julia manifests",
    .reads = "Manifest.toml, JuliaManifest.toml, Manifest-v*.toml",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "Manifest.toml"},
              {.name = "JuliaManifest.toml"},
              {.prefix = "Manifest-v", .suffix = ".toml"}},
    .inspect = inspect,
};
