/* pnpm's lockfile (github.com/pnpm/spec, lockfile/), versions 5 to 9.
 *
 * "importers" are the project and its workspaces (without them the root is the one importer), "packages" what
 * was resolved. Since version 9 "packages" says what a package is and "snapshots" what it needs, once for
 * each set of peers. A key is "/name/version_peers" until 5, "/name@version(peers)" in 6 and
 * "name@version(peers)" in 9; a need is a name and a version with peers, or a whole key when the name is an
 * alias. */
#include "base/limits.h"
#include "doc/yaml.h"
#include "inspect/packages/javascript/npm_name.h"
#include "inspect/packages/lock_graph.h"
#include "inspect/packages/packages.h"

struct lock {
    struct lock_graph graph;
    bool is_old;                 /* 5 or less */
    const struct doc *packages;  /* what they are */
    const struct doc *snapshots; /* what they need; the same map until 9 */
};

/* 5.4, '6.0', '5.4-inlineSpecifiers'. */
static bool is_old(const struct doc *version) {
    int64_t whole;
    struct str text = doc_str(version);
    if (doc_is(version, DOC_DOUBLE)) {
        return version->d < 6;
    }
    return doc_int(version, &whole) ? whole < 6 : text.n && text.p[0] < '6' && text.p[0] > '0';
}

/* ---- keys */

static struct str without_peers(const struct lock *lock, struct str key) {
    ptrdiff_t end = str_find_byte(key, '(');
    if (lock->is_old) {
        struct str version = str_basename(key);
        end = str_find_byte(version, '_');
        end = end < 0 ? end : end + (ptrdiff_t)(key.n - version.n);
    }
    return end < 0 ? key : str_sub(key, 0, (size_t)end);
}

/* A registry's host may stand in front of an old key: "registry.example/name/1.0.0". */
static struct str without_host(struct str name) {
    struct str host, rest;
    bool is_scoped = str_starts(name, STR("@"));
    return !is_scoped && str_cut(name, '/', &host, &rest) && str_find_byte(host, '.') > 0 ? rest : name;
}

static void split_key(const struct lock *lock, struct str key, struct str *name, struct str *version) {
    struct str plain = without_peers(lock, key);
    plain = str_starts(plain, STR("/")) ? str_from(plain, 1) : plain;
    if (lock->is_old) {
        *name = without_host(str_dirname(plain));
        *version = str_basename(plain);
    } else {
        npm_name_split(plain, name, version);
    }
}

/* ---- packages */

static int add_package(struct lock *lock, const struct doc_member *member) {
    const struct doc *stated = doc_get(lock->packages, member->key);
    const struct doc_member *place = doc_member(lock->packages, without_peers(lock, member->key));
    struct str name, version;
    if (!stated && place) {
        stated = place->value;
    }
    split_key(lock, member->key, &name, &version);
    struct str own_name = doc_str(doc_get(stated, STR("name")));
    struct str own_version = doc_str(doc_get(stated, STR("version")));
    name = own_name.n ? own_name : name;
    version = own_version.n ? own_version : version;
    bool is_folder = str_eq(doc_str(doc_path(stated, "resolution.type")), STR("directory"));
    bool is_written = npm_is_version(version) && !is_folder;
    struct package package = {.type = PACKAGE_NPM,
                              .name = is_written ? name : STR_NONE,
                              .version = version,
                              .checksum = doc_str(doc_path(stated, "resolution.integrity")),
                              .line = place ? place->at.line : member->at.line};
    return lock_add(&lock->graph, member->key, &package, NULL);
}

/* ---- needs */

static size_t find_need(struct lock *lock, struct str name, struct str stated) {
    char key[2 * LIMIT_FIELD];
    if (name.n + stated.n + 3 > sizeof key) {
        return LOCK_NONE;
    }
    int n =
        snprintf(key, sizeof key, "/%.*s%c%.*s", STR_ARG(name), lock->is_old ? '/' : '@', STR_ARG(stated));
    struct str with_slash = str_n(key, (size_t)n);
    size_t found = lock_find(&lock->graph, with_slash);
    found = found == LOCK_NONE ? lock_find(&lock->graph, str_from(with_slash, 1)) : found;
    return found == LOCK_NONE ? lock_find(&lock->graph, stated) : found;
}

static int add_needs(struct lock *lock, size_t node, const struct doc *group, bool is_development) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && doc_is(group, DOC_MAP) && i < group->map.n; i++) {
        const struct doc_member *need = &group->map.members[i];
        struct str stated = doc_str(need->value);
        stated = stated.n ? stated : doc_str(doc_get(need->value, STR("version")));
        size_t to = find_need(lock, need->key, stated);
        rc = is_development ? lock_need_for_development(&lock->graph, node, to)
                            : lock_need(&lock->graph, node, to);
    }
    return rc;
}

static int add_needs_of(struct lock *lock, size_t node, const struct doc *stated) {
    int rc = add_needs(lock, node, doc_get(stated, STR("dependencies")), false);
    return rc < 0 ? rc : add_needs(lock, node, doc_get(stated, STR("optionalDependencies")), false);
}

static int add_importer(struct lock *lock, const struct doc *importer) {
    size_t node;
    int rc = lock_add_own(&lock->graph, STR_NONE, &node);
    rc = rc < 0 ? rc : add_needs_of(lock, node, importer);
    return rc < 0 ? rc : add_needs(lock, node, doc_get(importer, STR("devDependencies")), true);
}

static int add_importers(struct lock *lock, const struct doc *root) {
    const struct doc *importers = doc_get(root, STR("importers"));
    int rc = 0;
    if (!doc_is(importers, DOC_MAP)) {
        return add_importer(lock, root);
    }
    for (size_t i = 0; rc == 0 && i < importers->map.n; i++) {
        rc = add_importer(lock, importers->map.members[i].value);
    }
    return rc;
}

static int read_all(struct lock *lock, const struct doc *root) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < lock->snapshots->map.n; i++) {
        rc = add_package(lock, &lock->snapshots->map.members[i]);
    }
    for (size_t i = 0; rc == 0 && i < lock->snapshots->map.n; i++) {
        rc = add_needs_of(lock, i, lock->snapshots->map.members[i].value);
    }
    rc = rc < 0 ? rc : add_importers(lock, root);
    return rc < 0 ? rc : lock_write(&lock->graph, LOCK_DIRECT | LOCK_DEVELOPMENT);
}

/* One document, or since pnpm 10 a second in front for what the package manager itself needs. */
static int read_document(struct inspection *in, const struct doc *root, struct err *err) {
    struct lock lock = {.is_old = is_old(doc_get(root, STR("lockfileVersion"))),
                        .packages = doc_get(root, STR("packages"))};
    lock.snapshots = doc_get(root, STR("snapshots"));
    lock.snapshots = lock.snapshots ? lock.snapshots : lock.packages;
    if (!doc_is(root, DOC_MAP)) {
        return err_set(err, ERR_INPUT, "pnpm-lock.yaml is a map, not a value of type %s",
                       doc_kind_name(root->kind));
    }
    if (!doc_is(lock.snapshots, DOC_MAP)) {
        return 0; /* nothing was installed */
    }
    int rc = lock_open(&lock.graph, in, lock.snapshots->map.n, err);
    return rc < 0 ? rc : read_all(&lock, root);
}

static int inspect(struct inspection *in, struct err *err) {
    const struct doc **docs;
    size_t n = 0;
    if (language_is_below(in->entry->path, STR("node_modules"))) {
        return 0;
    }
    int rc = yaml_parse(in->arena, in->body, &docs, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = read_document(in, docs[i], err);
    }
    return rc;
}

const struct inspector inspect_pnpm_lock = {
    .name = "pnpm-lock",
    .title = "pnpm lockfiles",
    .reads = "pnpm-lock.yaml",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "pnpm-lock.yaml"}},
    .inspect = inspect,
};
