/* Poetry's lockfile: [[package]] tables. Until lock version 1 "category" says what a package is for,
 * since 2.1 "groups" does; between them nothing did. Packages from a folder of the project are its own.
 *
 * Each has its archives in "files", until lock version 1 in [metadata.files] by name. */
#include "base/limits.h"
#include "doc/toml.h"
#include "inspect/packages/lock_graph.h"
#include "inspect/packages/packages.h"
#include "inspect/packages/python/python_lock.h"

static bool has_item(const struct doc *list, struct str wanted) {
    for (size_t i = 0; i < doc_count(list); i++) {
        if (str_eq(doc_str(doc_at(list, i)), wanted)) {
            return true;
        }
    }
    return false;
}

static bool is_development(const struct doc *package) {
    const struct doc *groups = doc_get(package, STR("groups"));
    if (doc_is(groups, DOC_LIST)) {
        return !has_item(groups, STR("main"));
    }
    return str_eq(doc_str(doc_get(package, STR("category"))), STR("dev"));
}

static const struct doc *files_of(const struct doc *root, const struct doc *package) {
    const struct doc *files = doc_get(package, STR("files"));
    const struct doc *old = doc_path(root, "metadata.files");
    return files ? files : doc_get(old, doc_str(doc_get(package, STR("name"))));
}

static int add_package(struct lock_graph *graph, const struct doc *root, const struct doc *stated) {
    struct str source = doc_str(doc_path(stated, "source.type"));
    struct str version = doc_str(doc_get(stated, STR("version")));
    struct str name = package_pypi_name(graph->in->arena, doc_str(doc_get(stated, STR("name"))));
    if (!name.p) {
        return err_memory(graph->err);
    }
    bool is_written = version.n && !str_eq(source, STR("directory"));
    struct package package = {.type = PACKAGE_PYPI,
                              .flags = is_development(stated) ? PACKAGE_IS_DEVELOPMENT : 0,
                              .name = is_written ? name : STR_NONE,
                              .version = version,
                              .checksum = python_lock_checksum(files_of(root, stated), "hash"),
                              .line = stated ? stated->at.line : 0};
    return lock_add(graph, name, &package, NULL);
}

static int add_needs(struct lock_graph *graph, size_t node, const struct doc *needs) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && doc_is(needs, DOC_MAP) && i < needs->map.n; i++) {
        rc = python_lock_need(graph, node, needs->map.members[i].key);
    }
    return rc;
}

static int inspect(struct inspection *in, struct err *err) {
    const struct doc *root;
    struct lock_graph graph;
    int rc = toml_parse(in->arena, in->body, &root, err);
    const struct doc *packages = rc < 0 ? NULL : doc_get(root, STR("package"));
    size_t n = doc_count(packages);
    rc = rc < 0 ? rc : lock_open(&graph, in, n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = add_package(&graph, root, doc_at(packages, i));
    }
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = add_needs(&graph, i, doc_get(doc_at(packages, i), STR("dependencies")));
    }
    return rc < 0 ? rc : lock_write(&graph, 0);
}

const struct inspector inspect_poetry_lock = {
    .name = "poetry-lock",
    .title = "Poetry lockfiles",
    .reads = "poetry.lock",
    .version = 2,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "poetry.lock"}},
    .inspect = inspect,
};
