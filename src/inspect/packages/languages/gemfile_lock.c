/* Bundler's lockfile (bundler.io/man/bundle-lock.1.html): sections of lines, told apart by indentation.
 *
 * GEM, GIT and PLUGIN SOURCE list what was resolved, PATH the project's own gems and engines, each as
 * "name (version)" or "name (version-platform)" over what it needs. DEPENDENCIES is what the Gemfile names;
 * no mark says for what group. CHECKSUMS came with Bundler 2.5. */
#include "base/limits.h"
#include "inspect/packages/lock_graph.h"
#include "inspect/packages/packages.h"

enum section { IN_OTHER, IN_SOURCE, IN_PATH, IN_DEPENDENCIES, IN_CHECKSUMS };

struct lock {
    struct lock_graph graph;
    size_t root; /* what DEPENDENCIES names is its */
    size_t node; /* of the last gem */
    enum section section;
    uint32_t line;
};

static enum section section_of(struct str head) {
    static const struct {
        struct str head;
        enum section section;
    } rows[] = {
        {STR("GEM"), IN_SOURCE},
        {STR("GIT"), IN_SOURCE},
        {STR("PLUGIN SOURCE"), IN_SOURCE},
        {STR("PATH"), IN_PATH},
        {STR("DEPENDENCIES"), IN_DEPENDENCIES},
        {STR("CHECKSUMS"), IN_CHECKSUMS},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (str_eq(head, rows[i].head)) {
            return rows[i].section;
        }
    }
    return IN_OTHER;
}

/* "name (version)" with anything behind it; false when it has no such form. */
static bool split(struct str text, struct str *name, struct str *inside, struct str *rest) {
    struct str before;
    return str_cut(text, '(', &before, inside) && str_cut(*inside, ')', inside, rest) &&
           (*name = str_trim(before)).n && inside->n;
}

/* One gem for several platforms is one package. */
static int add_gem(struct lock *lock, struct str text) {
    struct str name, stated, rest, version, platform;
    if (!split(text, &name, &stated, &rest)) {
        return 0;
    }
    str_cut(stated, '-', &version, &platform);
    lock->node = lock_find(&lock->graph, name);
    if (lock->node != LOCK_NONE) {
        return 0;
    }
    if (lock->section == IN_PATH) {
        return lock_add_own(&lock->graph, name, &lock->node);
    }
    struct package package = {.type = PACKAGE_GEM, .name = name, .version = version, .line = lock->line};
    int rc = lock_add(&lock->graph, name, &package, &lock->node);
    return rc < 0 ? rc : lock_alias(&lock->graph, str_sub(text, 0, text.n - rest.n), lock->node);
}

/* "tilt (~> 2.0)" or "tilt"; "!" marks what is not from the default source. */
static int add_need(struct lock *lock, size_t from, struct str text) {
    struct str name, requirement;
    str_cut(text, ' ', &name, &requirement);
    name = str_ends(name, STR("!")) ? str_sub(name, 0, name.n - 1) : name;
    return from == LOCK_NONE ? 0 : lock_need_later(&lock->graph, from, name);
}

/* "rack (2.2.8) sha256=...". */
static void read_checksum(struct lock *lock, struct str text) {
    struct str name, version, rest, first, others;
    if (!split(text, &name, &version, &rest)) {
        return;
    }
    size_t node = lock_find(&lock->graph, str_sub(text, 0, text.n - rest.n));
    str_cut(rest, ',', &first, &others);
    if (node != LOCK_NONE) {
        lock->graph.nodes.p[node].package.checksum = str_trim(first);
    }
}

static size_t indent_of(struct str line) {
    size_t n = 0;
    while (n < line.n && line.p[n] == ' ') {
        n++;
    }
    return n;
}

static int read_line(struct lock *lock, struct str line) {
    size_t indent = indent_of(line);
    struct str text = str_trim(line);
    bool is_source = lock->section == IN_SOURCE || lock->section == IN_PATH;
    if (!indent) {
        lock->section = text.n ? section_of(text) : lock->section;
        lock->node = LOCK_NONE;
        return 0;
    }
    if (is_source && indent == 4) {
        return add_gem(lock, text);
    }
    if (is_source && indent == 6) {
        return add_need(lock, lock->node, text);
    }
    if (lock->section == IN_DEPENDENCIES) {
        return add_need(lock, lock->root, text);
    }
    if (lock->section == IN_CHECKSUMS) {
        read_checksum(lock, text);
    }
    return 0;
}

static int inspect(struct inspection *in, struct err *err) {
    struct lock lock = {.node = LOCK_NONE};
    struct str rest = in->body, line;
    int rc = lock_open(&lock.graph, in, 0, err);
    rc = rc < 0 ? rc : lock_add_own(&lock.graph, STR_NONE, &lock.root);
    while (rc == 0 && str_line(&rest, &line)) {
        lock.line++;
        rc = read_line(&lock, line);
    }
    return rc < 0 ? rc : lock_write(&lock.graph, LOCK_DIRECT);
}

const struct inspector inspect_gemfile_lock = {
    .name = "gemfile-lock",
    .title = "Bundler lockfiles",
    .reads = "Gemfile.lock, gems.locked",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "Gemfile.lock"}, {.name = "gems.locked"}},
    .inspect = inspect,
};
