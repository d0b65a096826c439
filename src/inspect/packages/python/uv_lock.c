/* uv's lockfile (docs.astral.sh/uv/concepts/projects/layout/#the-lockfile): [[package]] tables.
 *
 * The project and its workspace members are packages too, with a source "virtual", "editable" or "directory".
 * What they name is direct. No mark says what a package is for: those that are reached from them through
 * "dev-dependencies" alone are for development. A need has a version where its name alone says too little. */
#include "base/limits.h"
#include "doc/toml.h"
#include "inspect/packages/packages.h"
#include "inspect/packages/python/python_lock.h"

static bool is_own(const struct doc *package) {
    const struct doc *source = doc_get(package, STR("source"));
    return doc_get(source, STR("virtual")) || doc_get(source, STR("editable")) ||
           doc_get(source, STR("directory"));
}

static struct str checksum_of(const struct doc *package) {
    struct str hash = doc_str(doc_path(package, "sdist.hash"));
    return hash.n ? hash : python_lock_checksum(doc_get(package, STR("wheels")), "hash");
}

static struct str key_of(struct arena *arena, struct str name, struct str version) {
    return arena_strf(arena, "%.*s %.*s", STR_ARG(name), STR_ARG(version));
}

static int add_package(struct lock_graph *graph, const struct doc *stated) {
    struct arena *arena = graph->in->arena;
    struct str name = doc_str(doc_get(stated, STR("name")));
    struct str version = doc_str(doc_get(stated, STR("version")));
    struct str normal = package_pypi_name(arena, name), both = key_of(arena, name, version);
    size_t node;
    if (!normal.p || !both.p) {
        return err_memory(graph->err);
    }
    int rc;
    if (is_own(stated)) {
        rc = lock_add_own(graph, name, &node);
    } else {
        struct package package = {.type = PACKAGE_PYPI,
                                  .name = version.n ? normal : STR_NONE,
                                  .version = version,
                                  .checksum = checksum_of(stated),
                                  .line = stated ? stated->at.line : 0};
        rc = lock_add(graph, name, &package, &node);
    }
    return rc < 0 || !version.n ? rc : lock_alias(graph, both, node);
}

static int add_need(struct lock_graph *graph, size_t node, const struct doc *need, bool is_development) {
    struct str name = doc_str(doc_get(need, STR("name")));
    struct str version = doc_str(doc_get(need, STR("version")));
    size_t to = lock_find(graph, name);
    if (version.n) {
        struct str both = key_of(graph->in->arena, name, version);
        if (!both.p) {
            return err_memory(graph->err);
        }
        size_t exact = lock_find(graph, both);
        to = exact == LOCK_NONE ? to : exact;
    }
    return is_development ? lock_need_for_development(graph, node, to) : lock_need(graph, node, to);
}

static int add_list(struct lock_graph *graph, size_t node, const struct doc *list, bool is_development) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < doc_count(list); i++) {
        rc = add_need(graph, node, doc_at(list, i), is_development);
    }
    return rc;
}

static int add_groups(struct lock_graph *graph, size_t node, const struct doc *groups, bool is_development) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && doc_is(groups, DOC_MAP) && i < groups->map.n; i++) {
        rc = add_list(graph, node, groups->map.members[i].value, is_development);
    }
    return rc;
}

static int add_needs(struct lock_graph *graph, size_t node, const struct doc *package) {
    int rc = add_list(graph, node, doc_get(package, STR("dependencies")), false);
    rc = rc < 0 ? rc : add_groups(graph, node, doc_get(package, STR("optional-dependencies")), false);
    bool has_groups = rc == 0 && is_own(package);
    return has_groups ? add_groups(graph, node, doc_get(package, STR("dev-dependencies")), true) : rc;
}

static int inspect(struct inspection *in, struct err *err) {
    const struct doc *root;
    struct lock_graph graph;
    int rc = toml_parse(in->arena, in->body, &root, err);
    const struct doc *packages = rc < 0 ? NULL : doc_get(root, STR("package"));
    size_t n = doc_count(packages);
    rc = rc < 0 ? rc : lock_open(&graph, in, n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = add_package(&graph, doc_at(packages, i));
    }
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = add_needs(&graph, i, doc_at(packages, i));
    }
    return rc < 0 ? rc : lock_write(&graph, LOCK_DIRECT | LOCK_DEVELOPMENT);
}

const struct inspector inspect_uv_lock = {
    .name = "uv-lock",
    .title = "uv lockfiles",
    .reads = "uv.lock",
    .version = 2,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "uv.lock"}},
    .inspect = inspect,
};
