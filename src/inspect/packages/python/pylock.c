/* pylock.toml (PEP 751; packaging.python.org/en/latest/specifications/pylock-toml): [[packages]] tables.
 *
 * A package from a folder is the project's own, and one without a version (from a repository) has none to
 * say. Needs are optional in this format. */
#include "base/limits.h"
#include "doc/toml.h"
#include "inspect/packages/packages.h"
#include "inspect/packages/python/python_lock.h"

/* hashes = {sha256 = "..."}. */
static struct str hash_of(const struct doc *archive) {
    const struct doc *hashes = doc_get(archive, STR("hashes"));
    const struct doc *best = doc_get(hashes, STR("sha256"));
    best = best ? best : doc_get(hashes, STR("sha512"));
    return best                                       ? doc_str(best)
           : doc_is(hashes, DOC_MAP) && hashes->map.n ? doc_str(hashes->map.members[0].value)
                                                      : STR_NONE;
}

/* Of the source archive, or of the only wheel. */
static struct str checksum_of(const struct doc *package) {
    const struct doc *wheels = doc_get(package, STR("wheels"));
    struct str source = hash_of(doc_get(package, STR("sdist")));
    source = source.n ? source : hash_of(doc_get(package, STR("archive")));
    return source.n || doc_count(wheels) != 1 ? source : hash_of(doc_at(wheels, 0));
}

static int add_package(struct lock_graph *graph, const struct doc *stated) {
    struct str version = doc_str(doc_get(stated, STR("version")));
    struct str name = package_pypi_name(graph->in->arena, doc_str(doc_get(stated, STR("name"))));
    if (!name.p) {
        return err_memory(graph->err);
    }
    struct package package = {.type = PACKAGE_PYPI,
                              .name = version.n && !doc_get(stated, STR("directory")) ? name : STR_NONE,
                              .version = version,
                              .checksum = checksum_of(stated),
                              .line = stated ? stated->at.line : 0};
    return lock_add(graph, name, &package, NULL);
}

static int add_needs(struct lock_graph *graph, size_t node, const struct doc *needs) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < doc_count(needs); i++) {
        rc = python_lock_need(graph, node, doc_str(doc_get(doc_at(needs, i), STR("name"))));
    }
    return rc;
}

static int inspect(struct inspection *in, struct err *err) {
    const struct doc *root;
    struct lock_graph graph;
    int rc = toml_parse(in->arena, in->body, &root, err);
    const struct doc *packages = rc < 0 ? NULL : doc_get(root, STR("packages"));
    size_t n = doc_count(packages);
    rc = rc < 0 ? rc : lock_open(&graph, in, n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = add_package(&graph, doc_at(packages, i));
    }
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = add_needs(&graph, i, doc_get(doc_at(packages, i), STR("dependencies")));
    }
    return rc < 0 ? rc : lock_write(&graph, 0);
}

const struct inspector inspect_pylock = {
    .name = "pylock",
    .title = "Python lockfiles (PEP 751)",
    .reads = "pylock.toml, pylock.*.toml",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "pylock.toml"}, {.prefix = "pylock.", .suffix = ".toml"}},
    .inspect = inspect,
};
