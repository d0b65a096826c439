/* Cargo's lockfile (doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html), versions 1 to 4:
 * [[package]] tables.
 *
 * A package without a source is a member of the workspace or a folder of it, and is not written; what it
 * depends on is direct. A dependency is "name", "name version" or "name version (source)", as short as it is
 * unique. Lockfiles of crates in Cargo's registry cache say nothing of what is built. */
#include "base/limits.h"
#include "base/map.h"
#include "doc/toml.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

static int add_direct(struct map *direct, const struct doc *package, struct err *err) {
    const struct doc *dependencies = doc_get(package, STR("dependencies"));
    for (size_t i = 0; i < doc_count(dependencies); i++) {
        struct str stated = doc_str(doc_at(dependencies, i));
        ptrdiff_t source = str_find(stated, STR(" ("));
        bool is_new;
        if (stated.n &&
            !map_put(direct, str_sub(stated, 0, source < 0 ? stated.n : (size_t)source), &is_new)) {
            return err_memory(err);
        }
    }
    return 0;
}

/* Old lockfiles have the project itself in [root]. */
static int find_direct(const struct doc *root, struct map *direct, struct err *err) {
    const struct doc *packages = doc_get(root, STR("package"));
    int rc = add_direct(direct, doc_get(root, STR("root")), err);
    for (size_t i = 0; rc == 0 && i < doc_count(packages); i++) {
        const struct doc *package = doc_at(packages, i);
        rc = doc_get(package, STR("source")) ? 0 : add_direct(direct, package, err);
    }
    return rc;
}

static int write_package(struct inspection *in, const struct doc *package, const struct map *direct,
                         struct err *err) {
    struct str name = doc_str(doc_get(package, STR("name")));
    struct str version = doc_str(doc_get(package, STR("version")));
    if (!doc_get(package, STR("source")) || !version.n) {
        return 0;
    }
    struct str both = arena_strf(in->arena, "%.*s %.*s", STR_ARG(name), STR_ARG(version));
    if (!both.p) {
        return err_memory(err);
    }
    bool is_direct = map_get(direct, name) || map_get(direct, both);
    language_package(in, &(struct package){.type = PACKAGE_CARGO,
                                           .flags = is_direct ? PACKAGE_IS_DIRECT : 0,
                                           .name = name,
                                           .version = version,
                                           .line = package->at.line});
    return 0;
}

static int inspect(struct inspection *in, struct err *err) {
    const struct doc *root;
    struct map direct = map_new(in->arena);
    if (str_find(in->entry->path, STR(".cargo/registry/")) >= 0) {
        return 0;
    }
    int rc = toml_parse(in->arena, in->body, &root, err);
    rc = rc < 0 ? rc : find_direct(root, &direct, err);
    const struct doc *packages = rc < 0 ? NULL : doc_get(root, STR("package"));
    for (size_t i = 0; rc == 0 && i < doc_count(packages); i++) {
        rc = write_package(in, doc_at(packages, i), &direct, err);
    }
    return rc;
}

const struct inspector inspect_cargo_lock = {
    .name = "cargo-lock",
    .title = "Cargo lockfiles",
    .reads = "Cargo.lock",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "Cargo.lock"}},
    .inspect = inspect,
};
