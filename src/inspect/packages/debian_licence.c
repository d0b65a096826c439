#include "inspect/packages/debian_licence.h"

#include "base/buf.h"
#include "base/limits.h"
#include "model/licence.h"

#include <stdlib.h>

struct debian_licences debian_licences_new(struct arena *arena) {
    return (struct debian_licences){.arena = arena, .stated = map_new(arena), .known = map_new(arena)};
}

/* ---- one synopsis: a or b and c, and d */

enum shape { SHAPE_ONE, SHAPE_AND, SHAPE_OR };

struct part {
    struct str text; /* NULL p: this is no expression, or there is no memory */
    enum shape shape;
};

enum { DEPTH_MAX = 16 };

struct synopsis {
    struct debian_licences *set;
    struct str rest;
    unsigned depth;
};

static const struct part no_part = {{NULL, 0}, SHAPE_ONE};

static struct part made(struct synopsis *s, struct str text, enum shape shape) {
    s->set->has_no_memory |= !text.p;
    return (struct part){text, shape};
}

static struct str peek_word(struct synopsis *s) {
    while (s->rest.n && ascii_is_space(s->rest.p[0])) {
        s->rest = str_from(s->rest, 1);
    }
    size_t n = 0;
    while (n < s->rest.n && !ascii_is_space(s->rest.p[n]) && !strchr("(),", s->rest.p[n])) {
        n++;
    }
    return str_sub(s->rest, 0, n);
}

static bool take_word(struct synopsis *s, struct str wanted) {
    struct str word = peek_word(s);
    bool is_it = str_eq_nocase(word, wanted);
    s->rest = is_it ? str_from(s->rest, word.n) : s->rest;
    return is_it;
}

static bool take_mark(struct synopsis *s, char mark) {
    peek_word(s);
    bool is_it = s->rest.n && s->rest.p[0] == mark;
    s->rest = is_it ? str_from(s->rest, 1) : s->rest;
    return is_it;
}

/* "+" is kept as a word: GPL-2 with an exception is not GPL-2+ with it. */
static struct str reference(struct arena *arena, struct str name) {
    _cleanup_(buf_free) struct buf out = buf_new(4 * LIMIT_FIELD);
    buf_c(&out, "LicenseRef");
    bool is_open = false;
    for (size_t i = 0; i < name.n; i++) {
        bool fits = ascii_is_alnum(name.p[i]) || name.p[i] == '.';
        if (fits && !is_open) {
            buf_byte(&out, '-');
        }
        is_open = fits;
        if (fits) {
            buf_byte(&out, (unsigned char)name.p[i]);
        } else if (name.p[i] == '+') {
            buf_c(&out, "-or-later");
        }
    }
    return out.failed ? STR_NONE : arena_str(arena, buf_view(&out));
}

static struct part read_name(struct synopsis *s, struct str name) {
    struct str expression;
    if (licence_expression(s->set->arena, name, &expression, NULL) < 0) {
        s->set->has_no_memory = true;
        return no_part;
    }
    if (!expression.n) {
        return made(s, reference(s->set->arena, name), SHAPE_ONE);
    }
    bool is_choice = str_find(expression, STR(" OR ")) >= 0;
    return (struct part){expression, is_choice ? SHAPE_OR : SHAPE_ONE};
}

static struct part read_list(struct synopsis *s);

static struct part read_operand(struct synopsis *s) {
    if (take_mark(s, '(')) {
        struct part part = ++s->depth > DEPTH_MAX ? no_part : read_list(s);
        s->depth--;
        return part.text.p && take_mark(s, ')') ? part : no_part;
    }
    struct str name = peek_word(s);
    for (struct str word = name; word.n; word = peek_word(s)) {
        if (str_eq_nocase(word, STR("and")) || str_eq_nocase(word, STR("or"))) {
            break;
        }
        name.n = (size_t)(word.p + word.n - name.p);
        s->rest = str_from(s->rest, word.n);
    }
    bool is_operator = str_eq_nocase(name, STR("and")) || str_eq_nocase(name, STR("or"));
    return name.n && !is_operator ? read_name(s, name) : no_part;
}

static struct part join(struct synopsis *s, struct part a, struct part b, enum shape shape) {
    if (!a.text.p || !b.text.p) {
        return no_part;
    }
    bool opens_a = shape == SHAPE_AND && a.shape == SHAPE_OR,
         opens_b = shape == SHAPE_AND && b.shape == SHAPE_OR;
    struct str text = arena_strf(s->set->arena, "%s%.*s%s %s %s%.*s%s", opens_a ? "(" : "", STR_ARG(a.text),
                                 opens_a ? ")" : "", shape == SHAPE_AND ? "AND" : "OR", opens_b ? "(" : "",
                                 STR_ARG(b.text), opens_b ? ")" : "");
    return made(s, text, shape);
}

static struct part read_and(struct synopsis *s) {
    struct part part = read_operand(s);
    while (part.text.p && take_word(s, STR("and"))) {
        part = join(s, part, read_operand(s), SHAPE_AND);
    }
    return part;
}

static struct part read_or(struct synopsis *s) {
    struct part part = read_and(s);
    while (part.text.p && take_word(s, STR("or"))) {
        part = join(s, part, read_and(s), SHAPE_OR);
    }
    return part;
}

/* A comma before the word holds together what stands before it. */
static struct part read_list(struct synopsis *s) {
    struct part part = read_or(s);
    while (part.text.p && take_mark(s, ',')) {
        enum shape shape = take_word(s, STR("and"))  ? SHAPE_AND
                           : take_word(s, STR("or")) ? SHAPE_OR
                                                     : SHAPE_ONE;
        part = shape == SHAPE_ONE ? no_part : join(s, part, read_or(s), shape);
    }
    return part;
}

/* ---- the set */

static void add_part(struct debian_licences *set, struct str text) {
    bool is_new;
    if (!map_put(&set->known, text, &is_new)) {
        set->has_no_memory = true;
        return;
    }
    set->is_full |= is_new && set->parts.n == LIMIT_DEBIAN_LICENCES;
    if (!is_new || set->is_full) {
        return;
    }
    struct str *part = VEC_PUSH(set->arena, &set->parts);
    set->has_no_memory |= !part;
    if (part) {
        *part = text;
    }
}

/* Each part of "a AND (b OR c)" by itself. */
static void add_parts(struct debian_licences *set, struct str text) {
    static const struct str and = {" AND ", 5};
    size_t start = 0;
    int depth = 0;
    for (size_t i = 0; i < text.n; i++) {
        depth += (text.p[i] == '(') - (text.p[i] == ')');
        if (depth == 0 && str_starts(str_from(text, i), and)) {
            add_part(set, str_sub(text, start, i - start));
            i += and.n - 1;
            start = i + 1;
        }
    }
    add_part(set, str_from(text, start));
}

static void add_choice(struct debian_licences *set, struct str text) {
    struct str inner = arena_strf(set->arena, "(%.*s)", STR_ARG(text));
    set->has_no_memory |= !inner.p;
    if (inner.p) {
        add_part(set, inner);
    }
}

void debian_licences_add(struct debian_licences *set, struct str synopsis) {
    bool is_new;
    synopsis = str_trim(synopsis);
    if (!synopsis.n || set->is_full) {
        return;
    }
    if (!map_put(&set->stated, synopsis, &is_new)) {
        set->has_no_memory = true;
    }
    set->is_full |= synopsis.n > LIMIT_FIELD / 8;
    if (set->has_no_memory || set->is_full || !is_new) {
        return;
    }
    set->only = set->only.n ? set->only : synopsis;
    struct synopsis s = {.set = set, .rest = synopsis};
    struct part part = read_list(&s);
    if (peek_word(&s).n || s.rest.n || !part.text.p) {
        part = made(&s, reference(set->arena, synopsis), SHAPE_ONE);
    }
    if (set->has_no_memory) {
        return;
    }
    if (part.shape == SHAPE_OR) {
        add_choice(set, part.text);
    } else {
        add_parts(set, part.text);
    }
}

static int by_bytes(const void *a, const void *b) {
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static struct str join_all(struct debian_licences *set, struct buf *text) {
    qsort(set->parts.p, set->parts.n, sizeof *set->parts.p, by_bytes);
    for (size_t i = 0; i < set->parts.n; i++) {
        buf_c(text, i ? " AND " : "");
        buf_str(text, set->parts.p[i]);
    }
    struct str all = buf_view(text);
    bool is_choice = set->parts.n == 1 && str_starts(all, STR("("));
    return is_choice ? str_sub(all, 1, all.n - 2) : all;
}

int debian_licences_join(struct debian_licences *set, struct str *out, struct err *err) {
    *out = STR_NONE;
    if (set->has_no_memory) {
        return err_memory(err);
    }
    if (!set->parts.n || set->is_full) {
        return 0;
    }
    if (set->parts.n == 1 && str_starts(set->parts.p[0], STR("LicenseRef-"))) {
        *out = set->only;
        return 0;
    }
    _cleanup_(buf_free) struct buf text = buf_new(2 * LIMIT_DEBIAN_LICENCES * LIMIT_FIELD);
    struct str all = join_all(set, &text);
    set->is_full = all.n > LIMIT_FIELD;
    if (!text.failed && !set->is_full) {
        *out = arena_str(set->arena, all);
    }
    return text.failed || (!set->is_full && !out->p) ? err_memory(err) : 0;
}
