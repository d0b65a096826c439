/* Poetry's lockfile: [[package]] tables. Until lock version 1 "category" says what a package is for,
 * since 2.1 "groups" does; between them nothing did. Packages from a folder of the project are its own. */
#include "base/limits.h"
#include "doc/toml.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

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

static int write_package(struct inspection *in, const struct doc *package, struct err *err) {
    struct str source = doc_str(doc_path(package, "source.type"));
    struct str name = package_pypi_name(in->arena, doc_str(doc_get(package, STR("name"))));
    struct str version = doc_str(doc_get(package, STR("version")));
    if (!name.p) {
        return err_memory(err);
    }
    if (version.n && !str_eq(source, STR("directory"))) {
        language_package(in, &(struct package){.type = PACKAGE_PYPI,
                                               .flags = is_development(package) ? PACKAGE_IS_DEVELOPMENT : 0,
                                               .name = name,
                                               .version = version,
                                               .line = package->at.line});
    }
    return 0;
}

static int inspect(struct inspection *in, struct err *err) {
    const struct doc *root;
    int rc = toml_parse(in->arena, in->body, &root, err);
    const struct doc *packages = rc < 0 ? NULL : doc_get(root, STR("package"));
    for (size_t i = 0; rc == 0 && i < doc_count(packages); i++) {
        const struct doc *package = doc_at(packages, i);
        rc = package ? write_package(in, package, err) : 0;
    }
    return rc;
}

const struct inspector inspect_poetry_lock = {
    .name = "poetry-lock",
    .title = "Poetry lockfiles",
    .reads = "poetry.lock",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "poetry.lock"}},
    .inspect = inspect,
};
