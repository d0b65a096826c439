/* What NuGet resolved, three times JSON:
 *
 * packages.lock.json    learn.microsoft.com/nuget, "Locking dependencies": framework → name → entry
 * project.assets.json   what a restore wrote: targets → framework → "Name/Version"; libraries say their type
 * <app>.deps.json       beside an application: the same shape (github.com/dotnet/sdk,
 *                       "runtime-configuration-file.md"); here the packages are installed
 *
 * Dependencies are ranges of versions; what is meant is the package of that name in the same framework. */
#include "base/limits.h"
#include "base/map.h"
#include "doc/json.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

struct lock {
    struct inspection *in;
    struct err *err;
    unsigned flags;              /* of all packages */
    const struct doc *libraries; /* "Name/Version" → what it is; NULL in packages.lock.json */
    struct map direct;           /* names in lower case */
    struct map done;             /* "name/version": each is written once */
};

struct stated {
    struct str name, version;
    const struct doc *dependencies;
    unsigned flags;
    bool is_package;
};

static struct str lower(struct lock *lock, struct str s) {
    char *copy = arena_cstr(lock->in->arena, s);
    for (size_t i = 0; copy && i < s.n; i++) {
        copy[i] = ascii_lower(copy[i]);
    }
    return str_n(copy, copy ? s.n : 0);
}

static int mark_direct(struct lock *lock, struct str name) {
    struct str key = lower(lock, name);
    return key.p && map_put(&lock->direct, key, NULL) ? 0 : err_memory(lock->err);
}

/* A runtime that was copied beside the application is the package of that name. */
static struct str without_pack(struct str name, struct str type) {
    struct str prefix = STR("runtimepack.");
    return str_eq(type, STR("runtimepack")) && str_starts(name, prefix) ? str_from(name, prefix.n) : name;
}

static struct stated entry_of(const struct lock *lock, const struct doc_member *member) {
    struct stated entry = {.dependencies = doc_get(member->value, STR("dependencies"))};
    struct str type = doc_str(doc_get(member->value, STR("type")));
    if (lock->libraries) {
        type = doc_str(doc_get(doc_get(lock->libraries, member->key), STR("type")));
        str_cut(member->key, '/', &entry.name, &entry.version);
        entry.name = without_pack(entry.name, type);
        entry.is_package = str_eq(type, STR("package")) || str_eq(type, STR("runtimepack"));
        return entry;
    }
    entry.name = member->key;
    entry.version = doc_str(doc_get(member->value, STR("resolved")));
    entry.is_package = !str_eq(type, STR("Project"));
    entry.flags = str_eq(type, STR("Direct")) ? PACKAGE_IS_DIRECT : 0;
    return entry;
}

/* name → version, of the packages of one framework. */
static int index_framework(struct lock *lock, const struct doc *framework, struct map *versions) {
    for (size_t i = 0; doc_is(framework, DOC_MAP) && i < framework->map.n; i++) {
        struct stated entry = entry_of(lock, &framework->map.members[i]);
        struct str key = lower(lock, entry.name);
        uint64_t *slot = key.p ? map_put(versions, key, NULL) : NULL;
        if (!slot) {
            return err_memory(lock->err);
        }
        *slot = (uint64_t)(uintptr_t)&framework->map.members[i];
    }
    return 0;
}

static int find_needs(struct lock *lock, const struct map *versions, const struct doc *dependencies,
                      struct package *package) {
    size_t n = doc_is(dependencies, DOC_MAP) ? dependencies->map.n : 0;
    struct package_need *needs = arena_array(lock->in->arena, n, sizeof *needs);
    if (!needs) {
        return err_memory(lock->err);
    }
    for (size_t i = 0; i < n; i++) {
        struct str key = lower(lock, dependencies->map.members[i].key);
        if (!key.p) {
            return err_memory(lock->err);
        }
        const uint64_t *slot = map_get(versions, key);
        if (slot) {
            struct stated to = entry_of(lock, (const struct doc_member *)(uintptr_t)*slot);
            needs[package->needs_n++] = (struct package_need){to.name, to.version};
        }
    }
    package->needs = needs;
    return 0;
}

static int put(struct lock *lock, const struct map *versions, const struct doc_member *member) {
    struct stated entry = entry_of(lock, member);
    bool is_new;
    struct str name = lower(lock, entry.name);
    struct str key = arena_strf(lock->in->arena, "%.*s/%.*s", STR_ARG(name), STR_ARG(entry.version));
    uint64_t *slot = name.p && key.p ? map_put(&lock->done, key, &is_new) : NULL;
    if (!slot) {
        return err_memory(lock->err);
    }
    if (!entry.is_package || !entry.version.n || !is_new) {
        return 0;
    }
    struct package package = {.type = PACKAGE_NUGET,
                              .flags = lock->flags | entry.flags,
                              .name = entry.name,
                              .version = entry.version,
                              .line = member->at.line};
    package.flags |= map_get(&lock->direct, name) ? PACKAGE_IS_DIRECT : 0;
    int r = find_needs(lock, versions, entry.dependencies, &package);
    if (r == 0) {
        language_package(lock->in, &package);
    }
    return r;
}

static int put_frameworks(struct lock *lock, const struct doc *frameworks) {
    int r = 0;
    for (size_t f = 0; r == 0 && doc_is(frameworks, DOC_MAP) && f < frameworks->map.n; f++) {
        const struct doc *framework = frameworks->map.members[f].value;
        struct map versions = map_new(lock->in->arena);
        r = index_framework(lock, framework, &versions);
        for (size_t i = 0; r == 0 && doc_is(framework, DOC_MAP) && i < framework->map.n; i++) {
            r = put(lock, &versions, &framework->map.members[i]);
        }
    }
    return r;
}

/* ---- who is direct */

/* project.assets.json: "projectFileDependencyGroups" has "Name >= 1.0" for each framework. */
static int read_groups(struct lock *lock, const struct doc *groups) {
    int r = 0;
    for (size_t g = 0; r == 0 && doc_is(groups, DOC_MAP) && g < groups->map.n; g++) {
        const struct doc *group = groups->map.members[g].value;
        for (size_t i = 0; r == 0 && doc_is(group, DOC_LIST) && i < doc_count(group); i++) {
            struct str name, range;
            str_cut(doc_str(doc_at(group, i)), ' ', &name, &range);
            r = mark_direct(lock, name);
        }
    }
    return r;
}

/* *.deps.json: what an entry of the type "project" depends on. */
static int read_projects(struct lock *lock, const struct doc *targets) {
    int r = 0;
    for (size_t t = 0; doc_is(targets, DOC_MAP) && t < targets->map.n; t++) {
        const struct doc *target = targets->map.members[t].value;
        for (size_t i = 0; doc_is(target, DOC_MAP) && i < target->map.n; i++) {
            const struct doc_member *member = &target->map.members[i];
            const struct doc *needs = doc_get(member->value, STR("dependencies"));
            struct str type = doc_str(doc_get(doc_get(lock->libraries, member->key), STR("type")));
            bool is_project = str_eq(type, STR("project")) && doc_is(needs, DOC_MAP);
            for (size_t k = 0; r == 0 && is_project && k < needs->map.n; k++) {
                r = mark_direct(lock, needs->map.members[k].key);
            }
        }
    }
    return r;
}

static int inspect(struct inspection *in, struct err *err) {
    struct lock lock = {.in = in, .err = err, .direct = map_new(in->arena), .done = map_new(in->arena)};
    struct str name = str_basename(in->entry->path);
    const struct doc *root;
    int r = json_parse(in->arena, in->body, &root, err);
    if (r < 0) {
        return r;
    }
    bool is_lock = str_eq(name, STR("packages.lock.json"));
    const struct doc *frameworks = doc_get(root, is_lock ? STR("dependencies") : STR("targets"));
    lock.libraries = is_lock ? NULL : doc_get(root, STR("libraries"));
    if (!doc_is(frameworks, DOC_MAP) || (!is_lock && !doc_is(lock.libraries, DOC_MAP))) {
        return err_set(err, ERR_INPUT, "there are no %s in it",
                       is_lock ? "dependencies" : "targets and libraries");
    }
    if (!is_lock && str_ends(name, STR(".deps.json"))) {
        lock.flags = PACKAGE_IS_INSTALLED;
        r = read_projects(&lock, frameworks);
    } else if (!is_lock) {
        r = read_groups(&lock, doc_get(root, STR("projectFileDependencyGroups")));
    }
    return r < 0 ? r : put_frameworks(&lock, frameworks);
}

const struct inspector inspect_nuget_lock = {
    .name = "nuget-lock",
    .title = ".NET lockfiles and applications",
    .reads = "packages.lock.json, project.assets.json, *.deps.json",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "packages.lock.json"}, {.name = "project.assets.json"}, {.suffix = ".deps.json"}},
    .inspect = inspect,
};
