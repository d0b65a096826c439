/* Pipenv's lockfile (pipenv.pypa.io/en/latest/pipfile.html): a map of packages for each category, "default",
 * "develop" and those that the project named. Packages from version control or a folder have no version. */
#include "base/limits.h"
#include "doc/json.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

/* Hashes of all its archives, by which nobody can tell the source's. */
static struct str only_hash(const struct doc *entry) {
    const struct doc *hashes = doc_get(entry, STR("hashes"));
    return doc_count(hashes) == 1 ? doc_str(doc_at(hashes, 0)) : STR_NONE;
}

static int write_category(struct inspection *in, const struct doc *category, unsigned flags,
                          struct err *err) {
    for (size_t i = 0; doc_is(category, DOC_MAP) && i < category->map.n; i++) {
        const struct doc_member *member = &category->map.members[i];
        struct str version = doc_str(doc_get(member->value, STR("version")));
        struct str name = package_pypi_name(in->arena, member->key);
        if (!name.p) {
            return err_memory(err);
        }
        if (str_starts(version, STR("=="))) {
            language_package(in, &(struct package){.type = PACKAGE_PYPI,
                                                   .flags = flags,
                                                   .name = name,
                                                   .version = str_from(version, 2),
                                                   .checksum = only_hash(member->value),
                                                   .line = member->at.line});
        }
    }
    return 0;
}

static int inspect(struct inspection *in, struct err *err) {
    const struct doc *root;
    int rc = json_parse(in->arena, in->body, &root, err);
    if (rc < 0) {
        return rc;
    }
    if (!doc_is(root, DOC_MAP)) {
        return err_set(err, ERR_INPUT, "Pipfile.lock is an object, not a value of type %s",
                       doc_kind_name(root->kind));
    }
    for (size_t i = 0; rc == 0 && i < root->map.n; i++) {
        const struct doc_member *member = &root->map.members[i];
        bool is_development = str_eq(member->key, STR("develop"));
        if (!str_eq(member->key, STR("_meta"))) {
            rc = write_category(in, member->value, is_development ? PACKAGE_IS_DEVELOPMENT : 0, err);
        }
    }
    return rc;
}

const struct inspector inspect_pipfile_lock = {
    .name = "pipfile-lock",
    .title = "Pipenv lockfiles",
    .reads = "Pipfile.lock",
    .version = 2,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "Pipfile.lock"}},
    .inspect = inspect,
};
