#include "doc/dockerfile/dockerfile_expand.h"

#include "base/limits.h"
#include "doc/dockerfile/dockerfile_pattern.h"

bool variable_is_platform(struct str name) {
    static const struct str names[] = {STR("TARGETPLATFORM"), STR("TARGETOS"),    STR("TARGETARCH"),
                                       STR("TARGETVARIANT"),  STR("TARGETSTAGE"), STR("BUILDPLATFORM"),
                                       STR("BUILDOS"),        STR("BUILDARCH"),   STR("BUILDVARIANT")};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (str_eq(name, names[i])) {
            return true;
        }
    }
    return false;
}

bool variable_is_predefined(struct str name) {
    static const struct str names[] = {
        STR("HTTP_PROXY"), STR("HTTPS_PROXY"), STR("FTP_PROXY"), STR("NO_PROXY"), STR("ALL_PROXY"),
        STR("http_proxy"), STR("https_proxy"), STR("ftp_proxy"), STR("no_proxy"), STR("all_proxy")};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (str_eq(name, names[i])) {
            return true;
        }
    }
    return false;
}

void scope_set(struct reading *r, struct scope *scope, const struct variable *variable) {
    struct map *map = variable->is_env ? &scope->env : &scope->args;
    bool is_new;
    map->arena = &r->scratch;
    uint64_t *number = map_put(map, variable->name, &is_new);
    struct variable *slot = number ? VEC_PUSH(&r->scratch, &scope->v) : NULL;
    if (!slot) {
        r->failed = true;
        return;
    }
    *slot = *variable;
    *number = scope->v.n;
}

static const struct variable *find_in(const struct scope *scope, struct str name, bool env) {
    for (unsigned n = 0; scope && n < LIMIT_DOCKERFILE_PARENTS; scope = scope->parent, n++) {
        const struct map *map = env ? &scope->env : &scope->args;
        uint64_t *number = map->size ? map_get(map, name) : NULL;
        if (number) {
            return &scope->v.p[*number - 1];
        }
    }
    return NULL;
}

const struct variable *scope_find(const struct scope *scope, struct str name) {
    const struct variable *env = find_in(scope, name, true);
    return env ? env : find_in(scope, name, false);
}

/* ---- Expansion */

struct expansion {
    struct expander *e;
    const struct scope *scope;
    struct str text;
    size_t p, offset; /* offset: in the file, for problems */
    char escape;
    struct buf out;
    struct str unknown;
    unsigned depth;
};

/* The value of a variable as this file knows it. */
struct value {
    struct str text, unknown;
    bool is_set;
};

static void not_known(struct expansion *x, struct str reason) {
    x->unknown = x->unknown.n ? x->unknown : reason;
    buf_byte(&x->out, 0);
}

static bool base_may_set(const struct scope *scope) {
    return !scope->is_global && !scope->is_scratch;
}

static struct value value_of(struct expansion *x, struct str name) {
    const struct variable *found = scope_find(x->scope, name);
    struct arena *arena = x->e->r->arena;
    struct value v = {.is_set = found && !found->is_unset};
    if (found) {
        v.text = found->value;
        v.unknown = found->unknown;
    } else if (variable_is_predefined(name) || (x->scope->is_global && variable_is_platform(name))) {
        v.unknown = arena_strf(arena, "%.*s is set by the builder", STR_ARG(name));
        v.is_set = true;
    } else if (base_may_set(x->scope)) {
        v.unknown = arena_strf(arena, "%.*s is not set here; the base image may set it", STR_ARG(name));
        v.is_set = true;
    }
    x->e->r->failed = x->e->r->failed || (!found && v.is_set && !v.unknown.p);
    return v;
}

static char peek(const struct expansion *x, size_t ahead) {
    return (char)(x->p + ahead < x->text.n ? x->text.p[x->p + ahead] : 0);
}

static struct str read_name(struct expansion *x) {
    size_t start = x->p;
    if (ascii_is_digit(peek(x, 0)) || (peek(x, 0) && strchr("@*#?-$!", peek(x, 0)))) {
        x->p++;
        return str_sub(x->text, start, 1);
    }
    while (ascii_is_alnum(peek(x, 0)) || peek(x, 0) == '_') {
        x->p++;
    }
    return str_sub(x->text, start, x->p - start);
}

static void put_value(struct expansion *x, const struct value *v) {
    if (v->unknown.n) {
        not_known(x, v->unknown);
    } else {
        buf_str(&x->out, v->text);
    }
}

static void expand_until(struct expansion *x, char stop);

/* The text up to stop, expanded apart; x stands behind stop. */
static struct expanded expand_word(struct expansion *x, char stop) {
    struct expansion inner = *x;
    inner.out = buf_new(LIMIT_DOCKERFILE_VALUE);
    inner.unknown = STR_NONE;
    inner.depth++;
    expand_until(&inner, stop);
    x->p = inner.p;
    bool is_paid = inner.out.n <= x->e->fuel;
    struct expanded word = {STR(""), inner.unknown};
    if (is_paid) {
        x->e->fuel -= inner.out.n;
        word.text = arena_str(x->e->r->arena, buf_view(&inner.out));
        x->e->r->failed = x->e->r->failed || !word.text.p;
    }
    x->out.failed = x->out.failed || inner.out.failed || !is_paid;
    buf_free(&inner.out);
    return word;
}

static void put_word(struct expansion *x, const struct expanded *word) {
    x->unknown = x->unknown.n ? x->unknown : word->unknown;
    buf_str(&x->out, word->text);
}

/* ${name-word} and its kin: with a colon, an empty value counts as none. */
static void expand_default(struct expansion *x, const struct value *v, char op, bool has_colon) {
    struct expanded word = expand_word(x, '}');
    bool is_given = v->is_set && !(has_colon && !v->unknown.n && v->text.n == 0);
    if (op == '-' && !is_given) {
        put_word(x, &word);
    } else if (op == '+' && v->unknown.n) {
        not_known(x, v->unknown);
    } else if (op == '+') {
        put_word(x, is_given ? &word : &(struct expanded){0});
    } else {
        put_value(x, v);
    }
}

/* ${name#pattern}, ##, % and %%. */
static void expand_trim(struct expansion *x, const struct value *v, char op) {
    struct expanded pattern = expand_word(x, '}');
    bool is_longest = pattern.text.n && pattern.text.p[0] == op;
    pattern.text = str_from(pattern.text, is_longest);
    if (v->unknown.n || pattern.unknown.n) {
        not_known(x, v->unknown.n ? v->unknown : pattern.unknown);
        return;
    }
    struct str kept;
    if (!pattern_trim(pattern.text, v->text, op == '#', is_longest, &x->e->fuel, &kept)) {
        not_known(x, STR("the pattern costs too much"));
        return;
    }
    buf_str(&x->out, kept);
}

/* ${name/pattern/replacement} and //. */
static void expand_replace(struct expansion *x, const struct value *v) {
    bool all = peek(x, 0) == '/';
    x->p += all;
    struct expanded pattern = expand_word(x, '/'), with = expand_word(x, '}');
    struct str unknown = v->unknown.n ? v->unknown : pattern.unknown.n ? pattern.unknown : with.unknown;
    if (unknown.n) {
        not_known(x, unknown);
    } else if (!pattern_replace(pattern.text, v->text, with.text, all, &x->e->fuel, &x->out)) {
        not_known(x, STR("the pattern costs too much"));
    }
}

static void bad_substitution(struct expansion *x) {
    reading_problem(x->e->r, x->offset, "not a substitution that a Dockerfile knows: \"%.*s\"",
                    STR_ARG(x->text));
    not_known(x, STR("a substitution that a Dockerfile does not know"));
    x->p = x->text.n;
}

/* ${...}, behind the brace. */
static void expand_braces(struct expansion *x) {
    struct str name = read_name(x);
    struct value v = value_of(x, name);
    char op = peek(x, 0);
    bool has_colon = op == ':';
    if (has_colon) {
        x->p++;
        op = peek(x, 0);
    }
    x->p++;
    bool may_be = name.n && x->depth < LIMIT_DOCKERFILE_BRACES;
    if (may_be && op == '}' && !has_colon) {
        put_value(x, &v);
    } else if (may_be && (op == '-' || op == '+' || op == '?')) {
        expand_default(x, &v, op, has_colon);
    } else if (may_be && (op == '#' || op == '%') && !has_colon) {
        expand_trim(x, &v, op);
    } else if (may_be && op == '/' && !has_colon) {
        expand_replace(x, &v);
    } else {
        bad_substitution(x);
    }
}

static void expand_dollar(struct expansion *x) {
    x->p++;
    if (peek(x, 0) == '{') {
        x->p++;
        expand_braces(x);
        return;
    }
    struct str name = read_name(x);
    if (name.n == 0) {
        buf_byte(&x->out, '$');
        return;
    }
    struct value v = value_of(x, name);
    put_value(x, &v);
}

static void expand_single(struct expansion *x) {
    struct str rest = str_from(x->text, x->p + 1);
    ptrdiff_t n = str_find_byte(rest, '\'');
    if (n < 0) {
        reading_problem(x->e->r, x->offset, "a single quote is not closed in \"%.*s\"", STR_ARG(x->text));
    }
    size_t length = n < 0 ? rest.n : (size_t)n;
    buf_str(&x->out, str_sub(rest, 0, length));
    x->p = MIN(x->p + length + 2, x->text.n);
}

static void expand_double(struct expansion *x) {
    x->p++;
    while (x->p < x->text.n && peek(x, 0) != '"') {
        char c = peek(x, 0), next = peek(x, 1);
        if (c == '$') {
            expand_dollar(x);
            continue;
        }
        bool escapes = c == x->escape && (next == '"' || next == '$' || next == x->escape);
        x->p += escapes;
        buf_byte(&x->out, (unsigned char)peek(x, 0));
        x->p++;
    }
    if (x->p >= x->text.n) {
        reading_problem(x->e->r, x->offset, "a double quote is not closed in \"%.*s\"", STR_ARG(x->text));
    }
    x->p = MIN(x->p + 1, x->text.n);
}

/* Up to stop, which is stepped over; 0 is the end. Recursion is bounded by LIMIT_DOCKERFILE_BRACES. */
static void expand_until(struct expansion *x, char stop) {
    while (x->p < x->text.n) {
        char c = peek(x, 0);
        if (stop && c == stop) {
            x->p++;
            return;
        }
        if (c == '$') {
            expand_dollar(x);
        } else if (c == '\'') {
            expand_single(x);
        } else if (c == '"') {
            expand_double(x);
        } else {
            x->p += c == x->escape && x->p + 1 < x->text.n;
            buf_byte(&x->out, (unsigned char)peek(x, 0));
            x->p++;
        }
    }
    if (stop) {
        reading_problem(x->e->r, x->offset, "\"%c\" is missing in \"%.*s\"", stop, STR_ARG(x->text));
    }
}

static bool is_plain(struct str text, char escape) {
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '$' || text.p[i] == '\'' || text.p[i] == '"' || text.p[i] == escape ||
            text.p[i] == 0) {
            return false;
        }
    }
    return true;
}

struct expanded expand(struct expander *e, const struct scope *scope, struct str text, char escape,
                       size_t offset) {
    if (is_plain(text, escape)) {
        return (struct expanded){text, STR_NONE};
    }
    struct expansion x = {.e = e,
                          .scope = scope,
                          .text = text,
                          .offset = offset,
                          .escape = escape,
                          .out = buf_new(LIMIT_DOCKERFILE_VALUE)};
    expand_until(&x, 0);
    struct expanded result = {STR_NONE, x.unknown};
    if (x.out.failed || x.out.n > e->fuel) {
        result = (struct expanded){str_n("", 1), STR("the value is too long")};
    } else {
        e->fuel -= x.out.n;
        result.text = arena_str(e->r->arena, buf_view(&x.out));
        e->r->failed = e->r->failed || !result.text.p;
    }
    if (!result.unknown.n && str_find_byte(result.text, 0) >= 0) {
        result.unknown = STR("the text holds a NUL byte");
    }
    buf_free(&x.out);
    return result;
}

const struct doc *expanded_node(struct reading *r, struct part p, const struct expanded *x) {
    return x->unknown.n ? reading_unknown(r, part_from(p), part_to(p), x->unknown)
                        : reading_string(r, part_from(p), part_to(p), x->text);
}

const struct doc *expand_part(struct expander *e, const struct scope *scope, struct part p) {
    struct expanded x = expand(e, scope, part_text(p), p.escape, part_from(p));
    return expanded_node(e->r, p, &x);
}
