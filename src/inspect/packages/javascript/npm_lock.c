/* npm's lockfiles (docs.npmjs.com/cli/configuring-npm/package-lock-json), versions 1 to 3.
 *
 * Version 1 nests "dependencies"; 2 and 3 have a flat map "packages" by folder, of which the keys with
 * "node_modules/" are packages from elsewhere and the others the project and its workspaces. A need is found
 * as Node finds a module: in the node_modules folder of the package, then of the folders above.
 * Lockfiles inside node_modules say nothing new: .package-lock.json restates what npm_installed.c reads from
 * the packages themselves, and others were published by accident. */
#include "base/limits.h"
#include "doc/json.h"
#include "inspect/packages/lock_graph.h"
#include "inspect/packages/packages.h"

#define MODULES STR("node_modules/")

struct lock {
    struct lock_graph graph;
    size_t looked_up; /* bytes of keys */
    size_t next;      /* the node of the entry that is being visited */
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

/* ---- needs */

/* folder/node_modules/name, where folder may be empty; LOCK_NONE when it is too long or not there. */
static size_t find_in(struct lock *lock, struct str folder, struct str name) {
    char key[2 * LIMIT_PATH];
    if (folder.n + name.n + MODULES.n + 1 > sizeof key) {
        return LOCK_NONE;
    }
    int n = snprintf(key, sizeof key, "%.*s%snode_modules/%.*s", STR_ARG(folder), folder.n ? "/" : "",
                     STR_ARG(name));
    lock->looked_up += (size_t)n;
    return lock_find(&lock->graph, str_n(key, (size_t)n));
}

/* From the package's folder up. A folder of modules has none of its own. */
static size_t find_module(struct lock *lock, struct str folder, struct str name) {
    for (unsigned i = 0; i < LIMIT_LOCK_NESTING && lock->looked_up < LIMIT_LOCK_LOOKUPS; i++) {
        size_t found = find_in(lock, folder, name);
        if (found != LOCK_NONE || !folder.n) {
            return found;
        }
        do {
            folder = str_dirname(folder);
        } while (str_eq(str_basename(folder), STR("node_modules")));
    }
    return LOCK_NONE;
}

static int add_needs(struct lock *lock, size_t node, struct str folder, const struct doc *group) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && doc_is(group, DOC_MAP) && i < group->map.n; i++) {
        rc = lock_need(&lock->graph, node, find_module(lock, folder, group->map.members[i].key));
    }
    return rc;
}

static int write_all(struct lock *lock, unsigned marks) {
    if (lock->looked_up >= LIMIT_LOCK_LOOKUPS) {
        facts_problem(lock->graph.in->facts, true, "too many nested needs: some are left out");
    }
    return lock_write(&lock->graph, marks);
}

/* ---- versions 2 and 3 */

/* The name behind the last "node_modules/"; empty for the project's own folders. */
static struct str name_of_folder(struct str folder) {
    struct str name = STR_NONE;
    for (ptrdiff_t at = 0; (at = str_find(folder, MODULES)) >= 0;) {
        folder = str_from(folder, (size_t)at + MODULES.n);
        name = folder;
    }
    return name;
}

static bool is_own(const struct doc_member *member) {
    return !name_of_folder(member->key).n;
}

static struct package package_of(const struct doc_member *member) {
    const struct doc *entry = member->value;
    struct str name = doc_str(doc_get(entry, STR("name")));
    struct str version = doc_str(doc_get(entry, STR("version")));
    if (!version.n) {
        return (struct package){.type = PACKAGE_NPM};
    }
    return (struct package){.type = PACKAGE_NPM,
                            .flags = marks_of(entry),
                            .name = name.n ? name : name_of_folder(member->key),
                            .version = version,
                            .licence = licence_of(entry),
                            .checksum = doc_str(doc_get(entry, STR("integrity"))),
                            .line = member->at.line};
}

static bool is_link(const struct doc *entry) {
    return doc_bool(doc_get(entry, STR("link")), false);
}

/* A link to a workspace is another key of its folder. */
static int add_entry(struct lock *lock, const struct doc_member *member) {
    struct package package = package_of(member);
    size_t node;
    if (is_link(member->value)) {
        return 0;
    }
    return is_own(member) ? lock_add_own(&lock->graph, member->key, &node)
                          : lock_add(&lock->graph, member->key, &package, NULL);
}

static int add_link(struct lock *lock, const struct doc_member *member) {
    size_t target = LOCK_NONE;
    if (is_link(member->value)) {
        target = lock_find(&lock->graph, doc_str(doc_get(member->value, STR("resolved"))));
    }
    return target == LOCK_NONE ? 0 : lock_alias(&lock->graph, member->key, target);
}

static int add_needs_of(struct lock *lock, const struct doc_member *member) {
    static const char *const groups[] = {"dependencies", "optionalDependencies", "peerDependencies",
                                         "devDependencies"};
    size_t n = ARRAY_SIZE(groups) - !is_own(member); /* what packages need for development is not there */
    int rc = 0;
    if (is_link(member->value)) {
        return 0;
    }
    size_t node = lock->next++;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = add_needs(lock, node, member->key, doc_get(member->value, str_c(groups[i])));
    }
    return rc;
}

static int for_each(struct lock *lock, const struct doc *packages,
                    int (*visit)(struct lock *lock, const struct doc_member *member)) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < packages->map.n; i++) {
        rc = visit(lock, &packages->map.members[i]);
    }
    return rc;
}

static int read_packages(struct lock *lock, const struct doc *packages) {
    int rc = for_each(lock, packages, add_entry);
    rc = rc < 0 ? rc : for_each(lock, packages, add_link);
    rc = rc < 0 ? rc : for_each(lock, packages, add_needs_of);
    return rc < 0 ? rc : write_all(lock, LOCK_DIRECT);
}

/* ---- version 1 */

/* "npm:name@version" is an alias; URLs, git and files have no version of the registry. */
static struct package dependency_of(const struct doc_member *member) {
    struct str name = member->key, version = doc_str(doc_get(member->value, STR("version")));
    if (str_starts(version, STR("npm:"))) {
        str_cut_last(str_from(version, 4), '@', &name, &version);
    }
    return (struct package){.type = PACKAGE_NPM,
                            .flags = marks_of(member->value),
                            .name = is_registry_version(version) ? name : STR_NONE,
                            .version = version,
                            .checksum = doc_str(doc_get(member->value, STR("integrity"))),
                            .line = member->at.line};
}

/* Calls visit on all dependencies with their folders, none (NULL) past LIMIT_PATH, in the same order each
 * time. Nested no deeper than LIMIT_DOC_DEPTH, which the JSON reader holds. */
static int walk(struct lock *lock, const struct doc *dependencies, struct str folder,
                int (*visit)(struct lock *lock, const struct doc_member *member, struct str folder)) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && doc_is(dependencies, DOC_MAP) && i < dependencies->map.n; i++) {
        const struct doc_member *member = &dependencies->map.members[i];
        const struct doc *nested = doc_get(member->value, STR("dependencies"));
        struct str own = STR_NONE;
        if (folder.p && folder.n + member->key.n < LIMIT_PATH) {
            own = arena_strf(lock->graph.in->arena, "%.*s%snode_modules/%.*s", STR_ARG(folder),
                             folder.n ? "/" : "", STR_ARG(member->key));
            rc = own.p ? 0 : err_memory(lock->graph.err);
        }
        rc = rc < 0 ? rc : visit(lock, member, own);
        rc = rc < 0 ? rc : walk(lock, nested, own, visit);
    }
    return rc;
}

static int add_dependency(struct lock *lock, const struct doc_member *member, struct str folder) {
    struct package package = dependency_of(member);
    return lock_add(&lock->graph, folder, &package, NULL);
}

static int add_requires(struct lock *lock, const struct doc_member *member, struct str folder) {
    size_t node = lock->next++;
    const struct doc *needs = doc_get(member->value, STR("requires"));
    return folder.p ? add_needs(lock, node, folder, needs) : 0;
}

static int read_dependencies(struct lock *lock, const struct doc *dependencies) {
    int rc = walk(lock, dependencies, STR(""), add_dependency);
    rc = rc < 0 ? rc : walk(lock, dependencies, STR(""), add_requires);
    return rc < 0 ? rc : write_all(lock, 0);
}

static int inspect(struct inspection *in, struct err *err) {
    struct lock lock = {.next = 0};
    const struct doc *root;
    if (language_is_below(in->entry->path, STR("node_modules"))) {
        return 0;
    }
    int rc = json_parse(in->arena, in->body, &root, err);
    if (rc < 0) {
        return rc;
    }
    const struct doc *packages = doc_get(root, STR("packages"));
    rc = lock_open(&lock.graph, in, doc_is(packages, DOC_MAP) ? packages->map.n : 0, err);
    if (rc < 0) {
        return rc;
    }
    if (doc_is(packages, DOC_MAP)) {
        return read_packages(&lock, packages);
    }
    if (!doc_is(root, DOC_MAP)) {
        return err_set(err, ERR_INPUT, "an npm lockfile is an object, not a value of type %s",
                       doc_kind_name(root->kind));
    }
    return read_dependencies(&lock, doc_get(root, STR("dependencies")));
}

const struct inspector inspect_npm_lock = {
    .name = "npm-lock",
    .title = "npm lockfiles",
    .reads = "package-lock.json, npm-shrinkwrap.json",
    .version = 3,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "package-lock.json"}, {.name = "npm-shrinkwrap.json"}},
    .inspect = inspect,
};
