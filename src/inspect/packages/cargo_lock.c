/* Cargo's lockfile (doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html), versions 1 to 4:
 * [[package]] tables.
 *
 * A package without a source is a member of the workspace or a folder of it, and is not written; what it
 * depends on is direct. A dependency is "name", "name version" or "name version (source)", as short as it is
 * unique. Until version 1 checksums stood in [metadata], by "checksum name version (source)". Lockfiles of
 * crates in Cargo's registry cache say nothing of what is built. */
#include "base/limits.h"
#include "doc/toml.h"
#include "inspect/packages/lock_graph.h"
#include "inspect/packages/packages.h"

static struct str without_source(struct str stated) {
    ptrdiff_t source = str_find(stated, STR(" ("));
    return source < 0 ? stated : str_sub(stated, 0, (size_t)source);
}

static int old_checksum(struct lock_graph *graph, const struct doc *metadata, struct package *package,
                        struct str source) {
    if (!metadata || package->checksum.n) {
        return 0;
    }
    struct str key = arena_strf(graph->in->arena, "checksum %.*s %.*s (%.*s)", STR_ARG(package->name),
                                STR_ARG(package->version), STR_ARG(source));
    package->checksum = doc_str(doc_get(metadata, key));
    return key.p ? 0 : err_memory(graph->err);
}

/* Each is known by its name, and by name and version. */
static int add_package(struct lock_graph *graph, const struct doc *stated, const struct doc *metadata) {
    struct str source = doc_str(doc_get(stated, STR("source")));
    struct package package = {.type = PACKAGE_CARGO,
                              .name = doc_str(doc_get(stated, STR("name"))),
                              .version = doc_str(doc_get(stated, STR("version"))),
                              .checksum = doc_str(doc_get(stated, STR("checksum"))),
                              .line = stated ? stated->at.line : 0};
    struct str both =
        arena_strf(graph->in->arena, "%.*s %.*s", STR_ARG(package.name), STR_ARG(package.version));
    size_t node;
    if (!both.p) {
        return err_memory(graph->err);
    }
    int rc = old_checksum(graph, metadata, &package, source);
    struct str name = package.name;
    if (rc == 0 && source.n) {
        package.name = package.version.n ? name : STR_NONE;
        rc = lock_add(graph, name, &package, &node);
    } else if (rc == 0) {
        rc = lock_add_own(graph, name, &node);
    }
    return rc < 0 ? rc : lock_alias(graph, both, node);
}

static int add_needs(struct lock_graph *graph, size_t node, const struct doc *package) {
    const struct doc *dependencies = doc_get(package, STR("dependencies"));
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < doc_count(dependencies); i++) {
        struct str stated = without_source(doc_str(doc_at(dependencies, i)));
        rc = lock_need(graph, node, lock_find(graph, stated));
    }
    return rc;
}

static int read_all(struct lock_graph *graph, const struct doc *root) {
    const struct doc *packages = doc_get(root, STR("package")), *old_root = doc_get(root, STR("root"));
    size_t own = LOCK_NONE, n = doc_count(packages);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = add_package(graph, doc_at(packages, i), doc_get(root, STR("metadata")));
    }
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = add_needs(graph, i, doc_at(packages, i));
    }
    if (rc == 0 && old_root) { /* old lockfiles have the project itself there */
        rc = lock_add_own(graph, STR_NONE, &own);
        rc = rc < 0 ? rc : add_needs(graph, own, old_root);
    }
    return rc < 0 ? rc : lock_write(graph, LOCK_DIRECT);
}

static int inspect(struct inspection *in, struct err *err) {
    const struct doc *root;
    struct lock_graph graph;
    if (str_find(in->entry->path, STR(".cargo/registry/")) >= 0) {
        return 0;
    }
    int rc = toml_parse(in->arena, in->body, &root, err);
    rc = rc < 0 ? rc : lock_open(&graph, in, doc_count(doc_get(root, STR("package"))), err);
    return rc < 0 ? rc : read_all(&graph, root);
}

const struct inspector inspect_cargo_lock = {
    .name = "cargo-lock",
    .title = "Cargo lockfiles",
    .reads = "Cargo.lock",
    .version = 2,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "Cargo.lock"}},
    .inspect = inspect,
};
