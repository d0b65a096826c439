/* yarn.lock: yarn 1's own format (classic.yarnpkg.com/lang/en/docs/yarn-lock), and since yarn 2 YAML.
 *
 * Both have an entry for each resolved package under the patterns ("name@range") that lead to it, and name
 * what it needs by such patterns. In the YAML the project and its workspaces have entries too, so that what
 * is direct is known there; "patch:" entries are the same package once more. Neither says what is for
 * development. */
#include "base/limits.h"
#include "doc/yaml.h"
#include "inspect/packages/javascript/npm_name.h"
#include "inspect/packages/lock_graph.h"
#include "inspect/packages/packages.h"

static struct str pattern_of(struct arena *arena, struct str name, const char *protocol, struct str range) {
    return arena_strf(arena, "%.*s@%s%.*s", STR_ARG(name), protocol, STR_ARG(range));
}

/* ---- yarn 1 */

struct classic {
    struct lock_graph graph;
    size_t node; /* of the entry that is being read; LOCK_NONE before the first */
    bool is_folder;
};

/* A word, quoted when it holds more than letters (JSON's quotes); what stands behind it in *rest. */
static struct str take_word(struct str *rest) {
    struct str text = str_trim(*rest);
    bool is_quoted = str_starts(text, STR("\""));
    ptrdiff_t end = is_quoted ? str_find_byte(str_from(text, 1), '"') : str_find_byte(text, ' ');
    size_t n = end < 0 ? text.n - is_quoted : (size_t)end;
    *rest = str_from(text, n + 2 * (size_t)is_quoted);
    return str_sub(text, is_quoted, n);
}

/* The next of "a@1, "b@2 || 3":". */
static bool next_pattern(struct str *rest, struct str *pattern) {
    struct str text = str_trim(*rest);
    if (!text.n) {
        return false;
    }
    if (text.p[0] == '"') {
        *pattern = take_word(&text);
        *rest = str_from(text, text.n && (text.p[0] == ',' || text.p[0] == ':'));
        return true;
    }
    str_cut(text, ',', pattern, rest);
    *pattern = str_trim(*pattern);
    return true;
}

/* "alias@npm:name@range" is a package of another name. */
static struct str name_of(struct str pattern, bool *is_folder) {
    struct str name, range, real, version;
    npm_name_split(pattern, &name, &range);
    *is_folder = str_starts(range, STR("file:")) || str_starts(range, STR("link:"));
    if (str_starts(range, STR("npm:")) && npm_name_split(str_from(range, 4), &real, &version)) {
        return real;
    }
    return name;
}

/* What has no version, or lies in a folder, is not written. */
static void end_entry(struct classic *lock) {
    struct lock_package *package = lock->node == LOCK_NONE ? NULL : &lock->graph.nodes.p[lock->node].package;
    if (package && (!package->version.n || lock->is_folder)) {
        package->name = STR_NONE;
    }
}

static int begin_entry(struct classic *lock, struct str head, uint32_t line) {
    struct str rest = str_ends(head, STR(":")) ? str_sub(head, 0, head.n - 1) : head, pattern;
    struct package package = {.type = PACKAGE_NPM, .line = line};
    end_entry(lock);
    int rc = lock_add(&lock->graph, STR_NONE, &package, &lock->node);
    for (bool is_first = true; rc == 0 && next_pattern(&rest, &pattern); is_first = false) {
        if (is_first) {
            lock->graph.nodes.p[lock->node].package.name = name_of(pattern, &lock->is_folder);
        }
        rc = lock_alias(&lock->graph, pattern, lock->node);
    }
    return rc;
}

static void read_field(struct classic *lock, struct str line) {
    struct str rest = line, key = take_word(&rest), value = take_word(&rest), before, digest;
    struct lock_package *package = &lock->graph.nodes.p[lock->node].package;
    if (str_eq(key, STR("version"))) {
        package->version = value;
    } else if (str_eq(key, STR("integrity"))) {
        package->checksum = value;
    } else if (str_eq(key, STR("resolved"))) {
        lock->is_folder = false;
        if (!package->checksum.n && str_cut_last(value, '#', &before, &digest)) {
            package->checksum = digest; /* SHA-1, until integrity came */
        }
    }
}

static int read_need(struct classic *lock, struct str line) {
    struct str rest = line, name = take_word(&rest), range = take_word(&rest);
    struct str pattern = pattern_of(lock->graph.in->arena, name, "", range);
    return pattern.p ? lock_need_later(&lock->graph, lock->node, pattern) : err_memory(lock->graph.err);
}

static size_t indent_of(struct str line) {
    size_t n = 0;
    while (n < line.n && line.p[n] == ' ') {
        n++;
    }
    return n;
}

static int read_line(struct classic *lock, struct str line, uint32_t number) {
    struct str text = str_trim(line);
    if (!text.n || text.p[0] == '#') {
        return 0;
    }
    size_t indent = indent_of(line);
    if (indent > 4 || indent % 2 || (indent && lock->node == LOCK_NONE)) {
        return err_set(lock->graph.err, ERR_INPUT, "line %u: indented where no field can stand", number);
    }
    if (!indent) {
        return begin_entry(lock, text, number);
    }
    if (indent == 4) { /* of "dependencies:" or "optionalDependencies:" */
        return read_need(lock, text);
    }
    read_field(lock, text);
    return 0;
}

static int read_classic(struct inspection *in, struct err *err) {
    struct classic lock = {.node = LOCK_NONE};
    struct str rest = in->body, line;
    int rc = lock_open(&lock.graph, in, 0, err);
    for (uint32_t n = 1; rc == 0 && str_line(&rest, &line); n++) {
        rc = read_line(&lock, line, n);
    }
    end_entry(&lock);
    return rc < 0 ? rc : lock_write(&lock.graph, 0);
}

/* ---- since yarn 2 */

enum source { FROM_REGISTRY, FROM_PATCH, FROM_WORKSPACE, FROM_FOLDER };

static enum source source_of(struct str reference) {
    static const struct {
        struct str protocol;
        enum source source;
    } rows[] = {
        {STR("patch:"), FROM_PATCH},   {STR("workspace:"), FROM_WORKSPACE}, {STR("link:"), FROM_FOLDER},
        {STR("portal:"), FROM_FOLDER}, {STR("file:"), FROM_FOLDER},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (str_starts(reference, rows[i].protocol)) {
            return rows[i].source;
        }
    }
    return FROM_REGISTRY;
}

/* "10c0/<sha512>": the version of the cache's form stands in front. */
static struct str berry_checksum(const struct doc *entry) {
    struct str stated = doc_str(doc_get(entry, STR("checksum"))), form, digest;
    return str_cut(stated, '/', &form, &digest) ? digest : stated;
}

static int alias_patterns(struct lock_graph *graph, struct str patterns, size_t node) {
    int rc = 0;
    for (struct str rest = patterns, pattern; rc == 0 && str_split(&rest, ',', &pattern);) {
        rc = lock_alias(graph, str_trim(pattern), node);
    }
    return rc;
}

/* By its name and version, which no pattern can be. */
static int alias_version(struct lock_graph *graph, const struct package *package, size_t node) {
    struct str both =
        arena_strf(graph->in->arena, "%.*s %.*s", STR_ARG(package->name), STR_ARG(package->version));
    return both.p ? lock_alias(graph, both, node) : err_memory(graph->err);
}

/* A patch is another name of what it patches, unless that has no entry. */
static int add_patch(struct lock_graph *graph, const struct package *package, size_t *node) {
    struct str both =
        arena_strf(graph->in->arena, "%.*s %.*s", STR_ARG(package->name), STR_ARG(package->version));
    if (!both.p) {
        return err_memory(graph->err);
    }
    *node = lock_find(graph, both);
    return *node == LOCK_NONE ? lock_add(graph, both, package, node) : 0;
}

static int add_entry(struct lock_graph *graph, const struct doc_member *member, bool is_patch, size_t *node) {
    struct str reference;
    struct package package = {.type = PACKAGE_NPM,
                              .version = doc_str(doc_get(member->value, STR("version"))),
                              .checksum = berry_checksum(member->value),
                              .line = member->at.line};
    npm_name_split(doc_str(doc_get(member->value, STR("resolution"))), &package.name, &reference);
    enum source source = source_of(reference);
    int rc;
    if ((source == FROM_PATCH) != is_patch || str_eq(member->key, STR("__metadata"))) {
        return 0;
    }
    if (source == FROM_PATCH) {
        rc = add_patch(graph, &package, node);
    } else if (source == FROM_WORKSPACE) {
        rc = lock_add_own(graph, STR_NONE, node);
    } else {
        package.name = source == FROM_FOLDER || !package.version.n ? STR_NONE : package.name;
        rc = lock_add(graph, STR_NONE, &package, node);
        rc = rc < 0 || !package.name.n ? rc : alias_version(graph, &package, *node);
    }
    return rc < 0 ? rc : alias_patterns(graph, member->key, *node);
}

/* Until lockfiles of version 8 ranges stood without "npm:" here. */
static int add_need(struct lock_graph *graph, size_t node, const struct doc_member *need) {
    struct arena *arena = graph->in->arena;
    struct str pattern = pattern_of(arena, need->key, "", doc_str(need->value));
    struct str older = pattern_of(arena, need->key, "npm:", doc_str(need->value));
    if (!pattern.p || !older.p) {
        return err_memory(graph->err);
    }
    size_t to = lock_find(graph, pattern);
    return lock_need(graph, node, to == LOCK_NONE ? lock_find(graph, older) : to);
}

static int add_needs(struct lock_graph *graph, size_t node, const struct doc *entry) {
    const struct doc *needs = doc_get(entry, STR("dependencies"));
    int rc = 0;
    for (size_t i = 0; rc == 0 && doc_is(needs, DOC_MAP) && i < needs->map.n; i++) {
        rc = add_need(graph, node, &needs->map.members[i]);
    }
    return rc;
}

static int read_entries(struct lock_graph *graph, const struct doc *root) {
    size_t n = root->map.n;
    size_t *nodes = arena_array(graph->in->arena, n + 1, sizeof *nodes);
    int rc = nodes ? 0 : err_memory(graph->err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        nodes[i] = LOCK_NONE;
        rc = add_entry(graph, &root->map.members[i], false, &nodes[i]);
    }
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = nodes[i] == LOCK_NONE ? add_entry(graph, &root->map.members[i], true, &nodes[i]) : 0;
    }
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = nodes[i] == LOCK_NONE ? 0 : add_needs(graph, nodes[i], root->map.members[i].value);
    }
    return rc < 0 ? rc : lock_write(graph, LOCK_DIRECT);
}

static int read_berry(struct inspection *in, struct err *err) {
    const struct doc **docs;
    struct lock_graph graph;
    size_t n = 0;
    int rc = yaml_parse(in->arena, in->body, &docs, &n, err);
    if (rc < 0 || !n) {
        return rc;
    }
    if (!doc_is(docs[0], DOC_MAP)) {
        return err_set(err, ERR_INPUT, "yarn.lock is a map, not a value of type %s",
                       doc_kind_name(docs[0]->kind));
    }
    rc = lock_open(&graph, in, docs[0]->map.n, err);
    return rc < 0 ? rc : read_entries(&graph, docs[0]);
}

static bool is_yaml(struct str body) {
    return str_starts(body, STR("__metadata:")) || str_find(body, STR("\n__metadata:")) >= 0;
}

static int inspect(struct inspection *in, struct err *err) {
    if (language_is_below(in->entry->path, STR("node_modules"))) {
        return 0;
    }
    return is_yaml(in->body) ? read_berry(in, err) : read_classic(in, err);
}

const struct inspector inspect_yarn_lock = {
    .name = "yarn-lock",
    .title = "yarn lockfiles",
    .reads = "yarn.lock",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "yarn.lock"}},
    .inspect = inspect,
};
