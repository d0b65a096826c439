/* uv's lockfile (docs.astral.sh/uv/concepts/projects/layout/#the-lockfile): [[package]] tables.
 *
 * The project and its workspace members are packages too, with a source "virtual", "editable" or "directory".
 * What they name is direct. No mark says what a package is for: those that can't be reached from them without
 * "dev-dependencies" are for development. Packages are told apart by name alone here, so that of two versions
 * of one name both count as reached. */
#include "base/limits.h"
#include "base/map.h"
#include "doc/toml.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

struct lock {
    struct inspection *in;
    struct err *err;
    const struct doc *packages;
    struct map reached, direct; /* by name */
    VEC(struct str) to_visit;   /* names, each once; grows while it is walked */
    struct map by_name;         /* to the number of the last package of that name, from 1 */
    size_t *previous;           /* by number: the one before of the same name, or 0 */
};

static bool is_own(const struct doc *package) {
    const struct doc *source = doc_get(package, STR("source"));
    return doc_get(source, STR("virtual")) || doc_get(source, STR("editable")) ||
           doc_get(source, STR("directory"));
}

static int reach(struct lock *lock, struct str name) {
    bool is_new;
    if (!name.n) {
        return 0;
    }
    if (!map_put(&lock->reached, name, &is_new)) {
        return err_memory(lock->err);
    }
    struct str *slot = is_new ? VEC_PUSH(lock->in->arena, &lock->to_visit) : NULL;
    if (is_new && !slot) {
        return err_memory(lock->err);
    }
    if (slot) {
        *slot = name;
    }
    return 0;
}

static int mark(struct lock *lock, struct str name, bool is_direct, bool is_reached) {
    bool is_new;
    if (is_direct && name.n && !map_put(&lock->direct, name, &is_new)) {
        return err_memory(lock->err);
    }
    return is_reached ? reach(lock, name) : 0;
}

static int mark_list(struct lock *lock, const struct doc *list, bool is_direct, bool is_reached) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < doc_count(list); i++) {
        rc = mark(lock, doc_str(doc_get(doc_at(list, i), STR("name"))), is_direct, is_reached);
    }
    return rc;
}

static int mark_groups(struct lock *lock, const struct doc *groups, bool is_direct, bool is_reached) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && doc_is(groups, DOC_MAP) && i < groups->map.n; i++) {
        rc = mark_list(lock, groups->map.members[i].value, is_direct, is_reached);
    }
    return rc;
}

/* What a package asks for, without its development groups. */
static int visit(struct lock *lock, const struct doc *package, bool is_direct) {
    int rc = mark_list(lock, doc_get(package, STR("dependencies")), is_direct, true);
    return rc < 0 ? rc : mark_groups(lock, doc_get(package, STR("optional-dependencies")), is_direct, true);
}

static int index_names(struct lock *lock) {
    size_t n = doc_count(lock->packages);
    lock->previous = arena_array(lock->in->arena, n + 1, sizeof *lock->previous);
    if (!lock->previous) {
        return err_memory(lock->err);
    }
    for (size_t i = 0; i < n; i++) {
        struct str name = doc_str(doc_get(doc_at(lock->packages, i), STR("name")));
        bool is_new;
        uint64_t *slot = name.n ? map_put(&lock->by_name, name, &is_new) : NULL;
        if (name.n && !slot) {
            return err_memory(lock->err);
        }
        if (slot) {
            lock->previous[i + 1] = (size_t)*slot;
            *slot = i + 1;
        }
    }
    return 0;
}

static int visit_own(struct lock *lock) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < doc_count(lock->packages); i++) {
        const struct doc *package = doc_at(lock->packages, i);
        if (is_own(package)) {
            rc = visit(lock, package, true);
            rc = rc < 0 ? rc : mark_groups(lock, doc_get(package, STR("dev-dependencies")), true, false);
        }
    }
    return rc;
}

static int visit_all(struct lock *lock) {
    int rc = index_names(lock);
    rc = rc < 0 ? rc : visit_own(lock);
    for (size_t i = 0; rc == 0 && i < lock->to_visit.n; i++) {
        const uint64_t *last = map_get(&lock->by_name, lock->to_visit.p[i]);
        for (size_t at = last ? (size_t)*last : 0; rc == 0 && at; at = lock->previous[at]) {
            rc = visit(lock, doc_at(lock->packages, at - 1), false);
        }
    }
    return rc;
}

static int write_package(struct lock *lock, const struct doc *package) {
    struct str stated = doc_str(doc_get(package, STR("name")));
    struct str version = doc_str(doc_get(package, STR("version")));
    struct str name = package_pypi_name(lock->in->arena, stated);
    if (!name.p) {
        return err_memory(lock->err);
    }
    unsigned flags = map_get(&lock->direct, stated) ? PACKAGE_IS_DIRECT : 0;
    flags |= map_get(&lock->reached, stated) ? 0 : (unsigned)PACKAGE_IS_DEVELOPMENT;
    if (version.n && !is_own(package)) {
        language_package(lock->in, &(struct package){.type = PACKAGE_PYPI,
                                                     .flags = flags,
                                                     .name = name,
                                                     .version = version,
                                                     .line = package->at.line});
    }
    return 0;
}

static int inspect(struct inspection *in, struct err *err) {
    struct lock lock = {.in = in,
                        .err = err,
                        .reached = map_new(in->arena),
                        .direct = map_new(in->arena),
                        .by_name = map_new(in->arena)};
    const struct doc *root;
    int rc = toml_parse(in->arena, in->body, &root, err);
    lock.packages = rc < 0 ? NULL : doc_get(root, STR("package"));
    rc = rc < 0 ? rc : visit_all(&lock);
    for (size_t i = 0; rc == 0 && i < doc_count(lock.packages); i++) {
        const struct doc *package = doc_at(lock.packages, i);
        rc = package ? write_package(&lock, package) : 0;
    }
    return rc;
}

const struct inspector inspect_uv_lock = {
    .name = "uv-lock",
    .title = "uv lockfiles",
    .reads = "uv.lock",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "uv.lock"}},
    .inspect = inspect,
};
