/* conda-lock's lockfile (conda.github.io/conda-lock): a list of packages, once for each platform. A package
 * of the same version on several platforms is one. "category" dev is for development. */
#include "base/limits.h"
#include "doc/yaml.h"
#include "inspect/packages/lock_graph.h"
#include "inspect/packages/packages.h"

static bool is_of_pip(const struct doc *entry) {
    return str_eq(doc_text(entry, "manager"), STR("pip"));
}

static struct str checksum_of(const struct doc *entry) {
    struct str sha256 = doc_str(doc_path(entry, "hash.sha256"));
    return sha256.n ? sha256 : doc_str(doc_path(entry, "hash.md5"));
}

/* Names are told apart by platform, packages by version. */
static struct str key_of(struct arena *arena, struct str scope, struct str name) {
    return arena_strf(arena, "%.*s %.*s", STR_ARG(scope), STR_ARG(name));
}

static int add_package(struct lock_graph *graph, const struct doc *entry, size_t *node) {
    struct arena *arena = graph->in->arena;
    struct str name = doc_text(entry, "name"), version = doc_text(entry, "version");
    struct str normal = is_of_pip(entry) ? package_pypi_name(arena, name) : name;
    struct str exact = arena_strf(arena, "%s %.*s=%.*s", is_of_pip(entry) ? "pip" : "conda", STR_ARG(normal),
                                  STR_ARG(version));
    struct str on_platform = key_of(arena, doc_text(entry, "platform"), name);
    if ((is_of_pip(entry) && !normal.p) || !exact.p || !on_platform.p) {
        return err_memory(graph->err);
    }
    unsigned flags = str_eq(doc_text(entry, "category"), STR("dev")) ? PACKAGE_IS_DEVELOPMENT : 0;
    struct package package = {.type = is_of_pip(entry) ? PACKAGE_PYPI : PACKAGE_CONDA,
                              .flags = flags,
                              .name = version.n ? normal : STR_NONE,
                              .version = version,
                              .checksum = checksum_of(entry),
                              .line = entry ? entry->at.line : 0};
    *node = lock_find(graph, exact);
    int rc = 0;
    if (*node == LOCK_NONE) {
        rc = lock_add(graph, exact, &package, node);
    } else {
        graph->nodes.p[*node].package.flags &= flags;
    }
    return rc < 0 ? rc : lock_alias(graph, on_platform, *node);
}

static int add_needs(struct lock_graph *graph, size_t node, const struct doc *entry) {
    const struct doc *needs = doc_get(entry, STR("dependencies"));
    int rc = 0;
    for (size_t i = 0; rc == 0 && doc_is(needs, DOC_MAP) && i < needs->map.n; i++) {
        struct str key = key_of(graph->in->arena, doc_text(entry, "platform"), needs->map.members[i].key);
        rc = key.p ? lock_need(graph, node, lock_find(graph, key)) : err_memory(graph->err);
    }
    return rc;
}

static int read_all(struct lock_graph *graph, const struct doc *list) {
    size_t n = doc_count(list);
    size_t *nodes = arena_array(graph->in->arena, n + 1, sizeof *nodes);
    int rc = nodes ? 0 : err_memory(graph->err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = add_package(graph, doc_at(list, i), &nodes[i]);
    }
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = add_needs(graph, nodes[i], doc_at(list, i));
    }
    return rc < 0 ? rc : lock_write(graph, 0);
}

static int inspect(struct inspection *in, struct err *err) {
    const struct doc **docs;
    struct lock_graph graph;
    size_t n = 0;
    int rc = yaml_parse(in->arena, in->body, &docs, &n, err);
    const struct doc *list = rc < 0 || !n ? NULL : doc_get(docs[0], STR("package"));
    rc = rc < 0 ? rc : lock_open(&graph, in, doc_count(list), err);
    return rc < 0 ? rc : read_all(&graph, list);
}

const struct inspector inspect_conda_lock = {
    .name = "conda-lock",
    .title = "conda-lock's lockfiles",
    .reads = "conda-lock.yml, *.conda-lock.yml",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "conda-lock.yml"}, {.suffix = ".conda-lock.yml"}},
    .inspect = inspect,
};
