/* go.mod (go.dev/ref/mod#go-mod-file): the versions that a main module requires, with replacements applied.
 *
 * A replacement by a folder has no version and gives no package; exclude and retract say nothing of what is
 * built. The toolchain line, else the go line when it names a whole release, gives the standard library.
 * go.mod files of modules in the module cache or in vendor folders, and those of the Go distribution itself,
 * are not main modules and are passed over. */
#include "base/limits.h"
#include "base/map.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

enum { TOKENS = 8 };

struct requirement {
    struct str path, version;
    uint32_t line;
    bool is_indirect;
};

struct replacement {
    struct str path, version; /* version empty: of every version */
    struct str by_path, by_version;
};

struct go_mod {
    struct arena *arena;
    struct err *err;
    struct str block; /* the verb of the block that is open, or empty */
    struct str module, go, toolchain;
    uint32_t line, go_line, toolchain_line;
    VEC(struct requirement) requirements;
    VEC(struct replacement) replacements;
};

/* ---- tokens */

struct tokens {
    struct str p[TOKENS];
    size_t n;
    struct str comment;
};

static bool ends_token(struct str s, size_t i) {
    return i >= s.n || ascii_is_space(s.p[i]) || (i + 1 < s.n && s.p[i] == '/' && s.p[i + 1] == '/');
}

/* An interpreted string with escapes is refused: no module path or version can hold what needs one. */
static int take_quoted(struct go_mod *mod, struct str *rest, struct str *out) {
    char quote = rest->p[0];
    ptrdiff_t n = str_find_byte(str_from(*rest, 1), quote);
    if (n < 0) {
        return err_set(mod->err, ERR_INPUT, "line %u: a string does not end", mod->line);
    }
    *out = str_sub(*rest, 1, (size_t)n);
    if (quote == '"' && str_find_byte(*out, '\\') >= 0) {
        return err_set(mod->err, ERR_INPUT, "line %u: an escape in a string", mod->line);
    }
    *rest = str_from(*rest, (size_t)n + 2);
    return 0;
}

static void take_bare(struct str *rest, struct str *out) {
    size_t n = 0;
    while (!ends_token(*rest, n)) {
        n++;
    }
    *out = str_sub(*rest, 0, n);
    *rest = str_from(*rest, n);
}

/* Tokens past the last that any line can have are dropped. */
static int tokenize(struct go_mod *mod, struct str line, struct tokens *out) {
    *out = (struct tokens){0};
    for (struct str rest = str_trim(line); rest.n; rest = str_trim(rest)) {
        struct str token;
        if (str_starts(rest, STR("//"))) {
            out->comment = str_trim(str_from(rest, 2));
            return 0;
        }
        if (rest.p[0] == '"' || rest.p[0] == '`') {
            int rc = take_quoted(mod, &rest, &token);
            if (rc < 0) {
                return rc;
            }
        } else {
            take_bare(&rest, &token);
        }
        if (out->n < TOKENS) {
            out->p[out->n++] = token;
        }
    }
    return 0;
}

/* ---- lines */

static bool is_indirect(struct str comment) {
    return str_eq(comment, STR("indirect")) || str_starts(comment, STR("indirect;"));
}

static int bad_line(struct go_mod *mod, const char *wanted) {
    return err_set(mod->err, ERR_INPUT, "line %u: expected %s", mod->line, wanted);
}

static int on_require(struct go_mod *mod, const struct tokens *t) {
    if (t->n != 2) {
        return bad_line(mod, "a module path and a version");
    }
    struct requirement *r = VEC_PUSH(mod->arena, &mod->requirements);
    if (!r) {
        return err_memory(mod->err);
    }
    *r = (struct requirement){t->p[0], t->p[1], mod->line, is_indirect(t->comment)};
    return 0;
}

/* PATH [VERSION] => PATH [VERSION] */
static int on_replace(struct go_mod *mod, const struct tokens *t) {
    size_t arrow = t->n > 1 && str_eq(t->p[1], STR("=>")) ? 1 : 2;
    if (t->n <= arrow + 1 || t->n > arrow + 3 || !str_eq(t->p[arrow], STR("=>"))) {
        return bad_line(mod, "path [version] => path [version]");
    }
    struct replacement *r = VEC_PUSH(mod->arena, &mod->replacements);
    if (!r) {
        return err_memory(mod->err);
    }
    *r = (struct replacement){.path = t->p[0],
                              .version = arrow == 2 ? t->p[1] : STR_NONE,
                              .by_path = t->p[arrow + 1],
                              .by_version = t->n == arrow + 3 ? t->p[arrow + 2] : STR_NONE};
    return 0;
}

static int on_module(struct go_mod *mod, const struct tokens *t) {
    mod->module = t->n ? t->p[0] : STR_NONE;
    return 0;
}

static int on_go(struct go_mod *mod, const struct tokens *t) {
    mod->go = t->n ? t->p[0] : STR_NONE;
    mod->go_line = mod->line;
    return 0;
}

static int on_toolchain(struct go_mod *mod, const struct tokens *t) {
    mod->toolchain = t->n ? t->p[0] : STR_NONE;
    mod->toolchain_line = mod->line;
    return 0;
}

static const struct directive {
    const char *verb;
    int (*read)(struct go_mod *mod, const struct tokens *arguments);
} directives[] = {
    {"go", on_go},           {"module", on_module},       {"replace", on_replace},
    {"require", on_require}, {"toolchain", on_toolchain},
};

static int read_directive(struct go_mod *mod, struct str verb, const struct tokens *arguments) {
    for (size_t i = 0; i < ARRAY_SIZE(directives); i++) {
        if (str_eq(verb, str_c(directives[i].verb))) {
            return directives[i].read(mod, arguments);
        }
    }
    return 0;
}

static struct tokens without_first(const struct tokens *t) {
    struct tokens rest = *t;
    rest.n--;
    memmove(rest.p, t->p + 1, rest.n * sizeof *rest.p);
    return rest;
}

static int read_line(struct go_mod *mod, struct str line) {
    struct tokens t;
    int rc = tokenize(mod, line, &t);
    if (rc < 0 || t.n == 0) {
        return rc;
    }
    if (mod->block.n) {
        if (str_eq(t.p[0], STR(")"))) {
            mod->block = STR_NONE;
            return 0;
        }
        return read_directive(mod, mod->block, &t);
    }
    if (t.n == 2 && str_eq(t.p[1], STR("("))) {
        mod->block = t.p[0];
        return 0;
    }
    struct tokens arguments = without_first(&t);
    return read_directive(mod, t.p[0], &arguments);
}

static int read_all(struct go_mod *mod, struct str text) {
    int rc = 0;
    for (struct str line; rc == 0 && str_line(&text, &line);) {
        mod->line++;
        rc = read_line(mod, line);
    }
    return rc;
}

/* ---- facts */

static struct str replacement_key(struct arena *arena, struct str path, struct str version) {
    return arena_strf(arena, "%.*s@%.*s", STR_ARG(path), STR_ARG(version));
}

/* From "path@version" ("path@" for all versions) to the number of the replacement. */
static int index_replacements(struct go_mod *mod, struct map *by_key) {
    for (size_t i = 0; i < mod->replacements.n; i++) {
        const struct replacement *r = &mod->replacements.p[i];
        struct str key = replacement_key(mod->arena, r->path, r->version);
        bool is_new;
        uint64_t *slot = key.p ? map_put(by_key, key, &is_new) : NULL;
        if (!slot) {
            return err_memory(mod->err);
        }
        *slot = i;
    }
    return 0;
}

static int find_replacement(struct go_mod *mod, const struct map *by_key, const struct requirement *r,
                            const struct replacement **out) {
    struct str exact = replacement_key(mod->arena, r->path, r->version);
    struct str any = replacement_key(mod->arena, r->path, STR_NONE);
    if (!exact.p || !any.p) {
        return err_memory(mod->err);
    }
    const uint64_t *found = map_get(by_key, exact);
    found = found ? found : map_get(by_key, any);
    *out = found ? &mod->replacements.p[*found] : NULL;
    return 0;
}

static int write_requirement(struct inspection *in, struct go_mod *mod, const struct map *by_key,
                             const struct requirement *r) {
    const struct replacement *replacement = NULL;
    int rc = find_replacement(mod, by_key, r, &replacement);
    if (rc < 0) {
        return rc;
    }
    struct package package = {.type = PACKAGE_GOLANG,
                              .flags = r->is_indirect ? 0 : PACKAGE_IS_DIRECT,
                              .name = r->path,
                              .version = r->version,
                              .line = r->line};
    if (replacement) {
        package.name = replacement->by_path;
        package.version = replacement->by_version;
    }
    if (package.version.n) {
        language_package(in, &package);
    }
    return 0;
}

/* "1.21" alone names a language version, not a release: those have three numbers or a suffix since 1.21. */
static bool is_release(struct str go) {
    struct str major, minor, patch;
    return str_cut(go, '.', &major, &minor) && str_cut(minor, '.', &minor, &patch) && patch.n;
}

static void write_stdlib(struct inspection *in, struct go_mod *mod) {
    struct package stdlib = {.type = PACKAGE_GOLANG,
                             .name = STR("stdlib"),
                             .version = language_go_release(mod->toolchain),
                             .line = mod->toolchain_line};
    if (!stdlib.version.n && is_release(mod->go)) {
        stdlib.version = mod->go;
        stdlib.line = mod->go_line;
    }
    if (stdlib.version.n) {
        language_package(in, &stdlib);
    }
}

static int write_facts(struct inspection *in, struct go_mod *mod) {
    struct map by_key = map_new(in->arena);
    int rc = index_replacements(mod, &by_key);
    for (size_t i = 0; rc == 0 && i < mod->requirements.n; i++) {
        rc = write_requirement(in, mod, &by_key, &mod->requirements.p[i]);
    }
    if (rc == 0) {
        write_stdlib(in, mod);
    }
    return rc;
}

static bool is_main_module(struct str path) {
    return !language_is_below(path, STR("vendor")) && str_find(path, STR("pkg/mod/")) < 0;
}

static int inspect(struct inspection *in, struct err *err) {
    struct go_mod mod = {.arena = in->arena, .err = err};
    if (!is_main_module(in->entry->path)) {
        return 0;
    }
    int rc = read_all(&mod, in->body);
    if (rc < 0 || str_eq(mod.module, STR("std")) || str_eq(mod.module, STR("cmd"))) {
        return rc;
    }
    return write_facts(in, &mod);
}

const struct inspector inspect_go_mod = {
    .name = "go-mod",
    .title = "Go module files",
    .reads = "go.mod",
    .version = 2,
    .body_max = 4 * MIB,
    .wants = {{.name = "go.mod"}},
    .inspect = inspect,
};
