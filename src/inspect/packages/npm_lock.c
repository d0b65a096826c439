/* npm's lockfiles (docs.npmjs.com/cli/configuring-npm/package-lock-json), versions 1 to 3.
 *
 * Version 1 nests "dependencies"; 2 and 3 have a flat map "packages" by folder, of which the keys with
 * "node_modules/" are packages from elsewhere and the others the project and its workspaces.
 * Lockfiles inside node_modules say nothing new: .package-lock.json restates what npm_installed.c reads from
 * the packages themselves, and others were published by accident. */
#include "base/limits.h"
#include "base/map.h"
#include "doc/json.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

#define MODULES STR("node_modules/")

struct lock {
    struct inspection *in;
    struct err *err;
    struct map direct; /* keys of "packages" that the project and its workspaces ask for */
};

static bool is_registry_version(struct str version) {
    return version.n && ascii_is_digit(version.p[0]);
}

static struct str licence_of(const struct doc *entry) {
    const struct doc *licence = doc_get(entry, STR("license"));
    return doc_is(licence, DOC_MAP) ? doc_str(doc_get(licence, STR("type"))) : doc_str(licence);
}

static unsigned marks_of(const struct doc *entry) {
    return doc_bool(doc_get(entry, STR("dev")), false) ? PACKAGE_IS_DEVELOPMENT : 0;
}

/* ---- versions 2 and 3 */

static int add_direct(struct lock *lock, const struct doc *packages, struct str folder, struct str name) {
    struct arena *arena = lock->in->arena;
    struct str hoisted = language_join(arena, MODULES, name);
    struct str own = arena_strf(arena, "%.*s%s%.*s", STR_ARG(folder), folder.n ? "/" : "", STR_ARG(hoisted));
    bool is_new;
    if (!hoisted.p || !own.p || !map_put(&lock->direct, doc_get(packages, own) ? own : hoisted, &is_new)) {
        return err_memory(lock->err);
    }
    return 0;
}

static int find_direct(struct lock *lock, const struct doc *packages, struct str folder,
                       const struct doc *entry) {
    static const char *const groups[] = {"dependencies", "devDependencies", "optionalDependencies",
                                         "peerDependencies"};
    int rc = 0;
    for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
        const struct doc *group = doc_get(entry, str_c(groups[i]));
        for (size_t j = 0; rc == 0 && doc_is(group, DOC_MAP) && j < group->map.n; j++) {
            rc = add_direct(lock, packages, folder, group->map.members[j].key);
        }
    }
    return rc;
}

/* The name behind the last "node_modules/"; empty for the project's own folders. */
static struct str name_of_folder(struct str folder) {
    struct str name = STR_NONE;
    for (ptrdiff_t at = 0; (at = str_find(folder, MODULES)) >= 0;) {
        folder = str_from(folder, (size_t)at + MODULES.n);
        name = folder;
    }
    return name;
}

static void write_entry(struct lock *lock, const struct doc_member *member) {
    const struct doc *entry = member->value;
    struct str name = doc_str(doc_get(entry, STR("name")));
    struct str version = doc_str(doc_get(entry, STR("version")));
    struct str folder_name = name_of_folder(member->key);
    if (!folder_name.n || !version.n || doc_bool(doc_get(entry, STR("link")), false)) {
        return;
    }
    bool is_direct = map_get(&lock->direct, member->key);
    language_package(
        lock->in, &(struct package){.type = PACKAGE_NPM,
                                    .flags = marks_of(entry) | (unsigned)(is_direct ? PACKAGE_IS_DIRECT : 0),
                                    .name = name.n ? name : folder_name,
                                    .version = version,
                                    .licence = licence_of(entry),
                                    .line = member->at.line});
}

static int read_packages(struct lock *lock, const struct doc *packages) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < packages->map.n; i++) {
        const struct doc_member *member = &packages->map.members[i];
        if (!name_of_folder(member->key).n) {
            rc = find_direct(lock, packages, member->key, member->value);
        }
    }
    for (size_t i = 0; rc == 0 && i < packages->map.n; i++) {
        write_entry(lock, &packages->map.members[i]);
    }
    return rc;
}

/* ---- version 1 */

/* "npm:name@version" is an alias; URLs, git and files have no version of the registry. */
static void write_dependency(struct lock *lock, const struct doc_member *member) {
    struct str name = member->key, version = doc_str(doc_get(member->value, STR("version")));
    if (str_starts(version, STR("npm:"))) {
        str_cut_last(str_from(version, 4), '@', &name, &version);
    }
    if (is_registry_version(version)) {
        language_package(lock->in, &(struct package){.type = PACKAGE_NPM,
                                                     .flags = marks_of(member->value),
                                                     .name = name,
                                                     .version = version,
                                                     .line = member->at.line});
    }
}

/* Nested no deeper than LIMIT_DOC_DEPTH, which the JSON reader holds. */
static void read_dependencies(struct lock *lock, const struct doc *dependencies) {
    for (size_t i = 0; doc_is(dependencies, DOC_MAP) && i < dependencies->map.n; i++) {
        const struct doc_member *member = &dependencies->map.members[i];
        write_dependency(lock, member);
        read_dependencies(lock, doc_get(member->value, STR("dependencies")));
    }
}

static int inspect(struct inspection *in, struct err *err) {
    struct lock lock = {in, err, map_new(in->arena)};
    const struct doc *root;
    if (language_is_below(in->entry->path, STR("node_modules"))) {
        return 0;
    }
    int rc = json_parse(in->arena, in->body, &root, err);
    if (rc < 0) {
        return rc;
    }
    const struct doc *packages = doc_get(root, STR("packages"));
    if (doc_is(packages, DOC_MAP)) {
        return read_packages(&lock, packages);
    }
    if (!doc_is(root, DOC_MAP)) {
        return err_set(err, ERR_INPUT, "an npm lockfile is an object, not a value of type %s",
                       doc_kind_name(root->kind));
    }
    read_dependencies(&lock, doc_get(root, STR("dependencies")));
    return 0;
}

const struct inspector inspect_npm_lock = {
    .name = "npm-lock",
    .title = "npm lockfiles",
    .reads = "package-lock.json, npm-shrinkwrap.json",
    .version = 2,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "package-lock.json"}, {.name = "npm-shrinkwrap.json"}},
    .inspect = inspect,
};
