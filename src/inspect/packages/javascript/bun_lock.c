/* Bun's text lockfile (bun.com/docs/pm/lockfile): JSON with trailing commas.
 *
 * "workspaces" has the project's own manifests by folder, "packages" what was resolved, by the place in which
 * it is installed ("debug/ms" is below "debug"), each a list of "name@version", a registry, what it needs and
 * a checksum. A need is found at the package's own place, then at the places above. */
#include "base/limits.h"
#include "doc/json.h"
#include "inspect/packages/javascript/npm_name.h"
#include "inspect/packages/lock_graph.h"
#include "inspect/packages/packages.h"

struct lock {
    struct lock_graph graph;
    size_t looked_up; /* bytes of keys */
};

static const struct {
    struct str name;
    bool is_development;
} groups[] = {
    {STR("dependencies"), false},
    {STR("optionalDependencies"), false},
    {STR("peerDependencies"), false},
    {STR("devDependencies"), true},
};

/* Without its last name, which has a slash when it has a scope. */
static struct str place_above(struct str place) {
    struct str above = str_dirname(place);
    return str_starts(str_basename(above), STR("@")) ? str_dirname(above) : above;
}

static size_t find_at(struct lock *lock, struct str place, struct str name) {
    char key[2 * LIMIT_PATH];
    if (place.n + name.n + 2 > sizeof key) {
        return LOCK_NONE;
    }
    int n = snprintf(key, sizeof key, "%.*s%s%.*s", STR_ARG(place), place.n ? "/" : "", STR_ARG(name));
    lock->looked_up += (size_t)n;
    return lock_find(&lock->graph, str_n(key, (size_t)n));
}

static size_t find_need(struct lock *lock, struct str place, struct str name) {
    for (unsigned i = 0; i < LIMIT_LOCK_NESTING && lock->looked_up < LIMIT_LOCK_LOOKUPS; i++) {
        size_t found = find_at(lock, place, name);
        if (found != LOCK_NONE || !place.n) {
            return found;
        }
        place = place_above(place);
    }
    return LOCK_NONE;
}

static int add_needs(struct lock *lock, size_t node, struct str place, const struct doc *stated) {
    int rc = 0;
    for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
        const struct doc *group = doc_get(stated, groups[i].name);
        for (size_t k = 0; rc == 0 && doc_is(group, DOC_MAP) && k < group->map.n; k++) {
            size_t to = find_need(lock, place, group->map.members[k].key);
            rc = groups[i].is_development ? lock_need_for_development(&lock->graph, node, to)
                                          : lock_need(&lock->graph, node, to);
        }
    }
    return rc;
}

/* The map among the items; which one it is depends on where the package comes from. */
static const struct doc *info_of(const struct doc *entry) {
    for (size_t i = 1; i < doc_count(entry); i++) {
        if (doc_is(doc_at(entry, i), DOC_MAP)) {
            return doc_at(entry, i);
        }
    }
    return NULL;
}

static int add_package(struct lock *lock, const struct doc_member *member) {
    struct str name, version;
    bool is_named = npm_name_split_last(doc_str(doc_at(member->value, 0)), &name, &version);
    bool is_written = is_named && npm_is_version(version);
    struct package package = {.type = PACKAGE_NPM,
                              .name = is_written ? name : STR_NONE,
                              .version = version,
                              .checksum = doc_str(doc_at(member->value, 3)),
                              .line = member->at.line};
    return lock_add(&lock->graph, member->key, &package, NULL);
}

static int add_workspace(struct lock *lock, const struct doc_member *member) {
    size_t node;
    struct str name = member->key.n ? doc_str(doc_get(member->value, STR("name"))) : STR_NONE;
    int rc = lock_add_own(&lock->graph, STR_NONE, &node);
    return rc < 0 ? rc : add_needs(lock, node, name, member->value);
}

static int read_all(struct lock *lock, const struct doc *packages, const struct doc *workspaces) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < packages->map.n; i++) {
        rc = add_package(lock, &packages->map.members[i]);
    }
    for (size_t i = 0; rc == 0 && i < packages->map.n; i++) {
        const struct doc_member *member = &packages->map.members[i];
        rc = add_needs(lock, i, member->key, info_of(member->value));
    }
    for (size_t i = 0; rc == 0 && doc_is(workspaces, DOC_MAP) && i < workspaces->map.n; i++) {
        rc = add_workspace(lock, &workspaces->map.members[i]);
    }
    if (lock->looked_up >= LIMIT_LOCK_LOOKUPS) {
        facts_problem(lock->graph.in->facts, true, "too many nested needs: some are left out");
    }
    return rc < 0 ? rc : lock_write(&lock->graph, LOCK_DIRECT | LOCK_DEVELOPMENT);
}

static int inspect(struct inspection *in, struct err *err) {
    struct lock lock = {.looked_up = 0};
    const struct doc *root;
    if (language_is_below(in->entry->path, STR("node_modules"))) {
        return 0;
    }
    int rc = json_parse_lenient(in->arena, in->body, &root, err);
    if (rc < 0) {
        return rc;
    }
    if (!doc_is(root, DOC_MAP)) {
        return err_set(err, ERR_INPUT, "bun.lock is an object, not a value of type %s",
                       doc_kind_name(root->kind));
    }
    const struct doc *packages = doc_get(root, STR("packages"));
    if (!doc_is(packages, DOC_MAP)) {
        return 0; /* nothing was installed */
    }
    rc = lock_open(&lock.graph, in, packages->map.n, err);
    return rc < 0 ? rc : read_all(&lock, packages, doc_get(root, STR("workspaces")));
}

const struct inspector inspect_bun_lock = {
    .name = "bun-lock",
    .title = "Bun lockfiles",
    .reads = "bun.lock",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "bun.lock"}},
    .inspect = inspect,
};
