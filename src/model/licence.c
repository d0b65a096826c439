#include "model/licence.h"

#include "base/buf.h"
#include "base/limits.h"

/* ---- tables */

static struct str find_id(const struct str *ids, size_t n, struct str id) {
    size_t from = 0;
    while (from < n) {
        size_t middle = from + (n - from) / 2;
        int order = str_cmp_nocase(ids[middle], id);
        if (order == 0) {
            return ids[middle];
        }
        if (order < 0) {
            from = middle + 1;
        } else {
            n = middle;
        }
    }
    return STR_NONE;
}

struct str licence_id(struct str id) {
    return find_id(builtin_licence_ids, builtin_licence_ids_n, id);
}

enum { DEPTH_MAX = 32 };

struct parser {
    struct arena *arena;
    struct str rest;
    struct buf out;
    unsigned depth;
};

static struct str find_name(struct parser *p, struct str stated) {
    struct str name = licence_plain_name(p->arena, stated);
    p->out.failed |= !name.p;
    size_t from = 0, to = builtin_licence_names_n;
    while (name.n && from < to) {
        size_t middle = from + (to - from) / 2;
        int order = str_cmp(builtin_licence_names[middle].name, name);
        if (order == 0) {
            return builtin_licence_names[middle].expression;
        }
        if (order < 0) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return STR_NONE;
}

/* ---- expressions */

static void skip_space(struct parser *p) {
    while (p->rest.n && ascii_is_space(p->rest.p[0])) {
        p->rest = str_from(p->rest, 1);
    }
}

static bool take(struct parser *p, char c) {
    skip_space(p);
    if (!p->rest.n || p->rest.p[0] != c) {
        return false;
    }
    p->rest = str_from(p->rest, 1);
    return true;
}

/* The next word, which stays; empty at a parenthesis, a slash and the end. */
static struct str peek_word(struct parser *p) {
    skip_space(p);
    size_t n = 0;
    while (n < p->rest.n && !ascii_is_space(p->rest.p[n]) && !strchr("()/", p->rest.p[n])) {
        n++;
    }
    return str_sub(p->rest, 0, n);
}

static bool is_operator(struct str word) {
    return str_eq_nocase(word, STR("and")) || str_eq_nocase(word, STR("or")) ||
           str_eq_nocase(word, STR("with"));
}

static bool take_word(struct parser *p, struct str wanted) {
    struct str word = peek_word(p);
    bool is_it = str_eq_nocase(word, wanted);
    p->rest = is_it ? str_from(p->rest, word.n) : p->rest;
    return is_it;
}

/* "LicenseRef-x", "DocumentRef-y:LicenseRef-x": whatever the document says it is. */
static bool is_reference(struct str id) {
    for (size_t i = 0; i < id.n; i++) {
        if (!ascii_is_alnum(id.p[i]) && !strchr(".-:", id.p[i])) {
            return false;
        }
    }
    return str_starts(id, STR("LicenseRef-")) || str_starts(id, STR("DocumentRef-"));
}

/* What stands for one licence: an id, an id with "+" behind it, a reference or a name of several words. */
static struct str read_licence(struct parser *p, struct str stated) {
    struct str expression = find_name(p, stated);
    if (!expression.n) {
        expression = licence_id(stated);
    }
    if (!expression.n && str_ends(stated, STR("+"))) {
        struct str id = licence_id(str_sub(stated, 0, stated.n - 1));
        expression = id.n ? arena_strf(p->arena, "%.*s+", STR_ARG(id)) : STR_NONE;
        p->out.failed |= id.n && !expression.p;
    }
    return !expression.n && is_reference(stated) ? stated : expression;
}

static bool parse_with(struct parser *p) {
    if (!take_word(p, STR("with"))) {
        return true;
    }
    struct str word = peek_word(p);
    struct str exception = find_id(builtin_licence_exceptions, builtin_licence_exceptions_n, word);
    p->rest = str_from(p->rest, word.n);
    buf_printf(&p->out, " WITH %.*s", STR_ARG(exception));
    return exception.n > 0;
}

static bool parse_licence(struct parser *p) {
    struct str first = peek_word(p), last = first;
    while (last.n && !is_operator(last)) {
        p->rest = str_from(p->rest, last.n);
        first.n = (size_t)(last.p + last.n - first.p);
        last = peek_word(p);
    }
    struct str expression = first.n ? read_licence(p, first) : STR_NONE;
    buf_str(&p->out, expression);
    return expression.n && parse_with(p);
}

static bool parse_expression(struct parser *p);

static bool parse_operand(struct parser *p) {
    if (!take(p, '(')) {
        return parse_licence(p);
    }
    if (++p->depth > DEPTH_MAX) {
        return false;
    }
    buf_byte(&p->out, '(');
    bool is_whole = parse_expression(p) && take(p, ')');
    buf_byte(&p->out, ')');
    p->depth--;
    return is_whole;
}

/* AND binds closer than OR, as in the text: what was written keeps its order. "/" is how cargo wrote OR. */
static bool parse_expression(struct parser *p) {
    while (parse_operand(p)) {
        if (take_word(p, STR("and"))) {
            buf_c(&p->out, " AND ");
        } else if (take_word(p, STR("or")) || take(p, '/')) {
            buf_c(&p->out, " OR ");
        } else {
            return true;
        }
    }
    return false;
}

static struct str read_whole(struct parser *p) {
    struct str whole = find_name(p, p->rest);
    if (whole.n || !parse_expression(p)) {
        return whole;
    }
    skip_space(p);
    whole = p->rest.n ? STR_NONE : arena_str(p->arena, buf_view(&p->out));
    p->out.failed |= !p->rest.n && !whole.p;
    return whole;
}

int licence_expression(struct arena *arena, struct str stated, struct str *out, struct err *err) {
    struct parser p = {.arena = arena, .rest = stated, .out = buf_new(4 * LIMIT_FIELD)};
    *out = stated.n > LIMIT_FIELD ? STR_NONE : read_whole(&p);
    int r = p.out.failed ? err_memory(err) : 0;
    buf_free(&p.out);
    return r;
}
