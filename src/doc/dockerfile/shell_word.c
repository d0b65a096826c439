#include "doc/dockerfile/shell_word.h"

#include "base/limits.h"

bool shell_is_meta(char c) {
    return c != 0 && strchr(" \t\r\n;&|<>()", c);
}

static char byte_at(const struct joined *j, size_t p, size_t end) {
    return (char)(p < end ? j->text.p[p] : 0);
}

/* Behind the quote that ends at p's first `quote`; backslashes count when escapes is true. */
static size_t skip_plain(const struct joined *j, size_t p, size_t end, char quote, bool escapes) {
    while (p < end && j->text.p[p] != quote) {
        p += escapes && j->text.p[p] == '\\' && p + 1 < end ? 2 : 1;
    }
    return p < end ? p + 1 : SIZE_MAX;
}

/* What is open, the innermost last: '"', '`', '{' or '('. */
struct nest {
    unsigned char open[LIMIT_SHELL_OPEN];
    unsigned n;
};

static bool push(struct nest *nest, char c) {
    if (nest->n == LIMIT_SHELL_OPEN) {
        return false;
    }
    nest->open[nest->n++] = (unsigned char)c;
    return true;
}

/* Opens what opens at *p, steps over it; false when too much is open. *opened says if there was something. */
static bool open_at(const struct joined *j, size_t *p, size_t end, struct nest *nest, bool *opened) {
    char c = byte_at(j, *p, end), next = byte_at(j, *p + 1, end);
    char inner = (char)(nest->n ? nest->open[nest->n - 1] : '(');
    *opened = true;
    if (c == '$' && (next == '(' || next == '{')) {
        *p += 2;
        return push(nest, next);
    }
    if (c == '"' || (c == '`' && inner != '`')) {
        *p += 1;
        return push(nest, c);
    }
    if (c == '(' && inner == '(') {
        *p += 1;
        return push(nest, c);
    }
    if ((c == '<' || c == '>') && next == '(' && inner == '(') {
        *p += 2;
        return push(nest, '(');
    }
    *opened = false;
    return true;
}

static bool closes(char c, char inner) {
    return (inner == '(' && c == ')') || (inner == '{' && c == '}') || (inner == '`' && c == '`') ||
           (inner == '"' && c == '"');
}

/* One step inside what is open: over an escape, a quoted part, a comment or a byte. SIZE_MAX when not closed.
 */
static size_t step(const struct joined *j, size_t p, size_t end, char inner) {
    char c = j->text.p[p];
    if (c == '\\') {
        return MIN(p + 2, end);
    }
    if (c == '\'' && inner != '"') {
        bool escapes = p > 0 && j->text.p[p - 1] == '$';
        return skip_plain(j, p + 1, end, '\'', escapes);
    }
    if (c == '#' && inner == '(' && (ascii_is_space(j->text.p[p - 1]) || j->text.p[p - 1] == ';')) {
        while (p < end && j->text.p[p] != '\n') {
            p++;
        }
        return p;
    }
    return p + 1;
}

static size_t unclosed(struct reading *r, const struct joined *j, size_t start, size_t end,
                       const char *what) {
    if (r) {
        reading_problem(r, joined_offset(j, start), "%s is not closed", what);
    }
    return end;
}

static const char *name_of(char open) {
    return open == '"' ? "a double quote" : open == '`' ? "a backquote" : open == '{' ? "\"{\"" : "\"(\"";
}

static size_t skip_nest(struct reading *r, const struct joined *j, size_t start, size_t p, size_t end,
                        struct nest *nest) {
    while (p < end) {
        char inner = (char)nest->open[nest->n - 1];
        bool opened = false;
        if (closes(j->text.p[p], inner)) {
            p++;
            if (--nest->n == 0) {
                return p;
            }
            continue;
        }
        if (!open_at(j, &p, end, nest, &opened)) {
            if (r) {
                reading_problem(r, joined_offset(j, start),
                                "more than %d quotes and brackets inside each other", LIMIT_SHELL_OPEN);
            }
            return end;
        }
        if (!opened) {
            p = step(j, p, end, inner);
            if (p == SIZE_MAX) {
                return unclosed(r, j, start, end, "a quote");
            }
        }
    }
    return unclosed(r, j, start, end, name_of((char)nest->open[nest->n - 1]));
}

size_t shell_skip(struct reading *r, const struct joined *j, size_t p, size_t end) {
    char c = byte_at(j, p, end), next = byte_at(j, p + 1, end);
    if (c == '\'' || (c == '$' && next == '\'')) {
        size_t behind = skip_plain(j, p + (c == '$' ? 2 : 1), end, '\'', c == '$');
        return behind == SIZE_MAX ? unclosed(r, j, p, end, "a quote") : behind;
    }
    struct nest nest = {.n = 0};
    bool opened = false;
    size_t at = c == '$' && next == '"' ? p + 1 : p;
    return open_at(j, &at, end, &nest, &opened) && opened ? skip_nest(r, j, p, at, end, &nest) : p;
}

size_t shell_word_end(struct reading *r, const struct joined *j, size_t p, size_t end) {
    while (p < end) {
        char c = j->text.p[p], next = byte_at(j, p + 1, end);
        bool substitutes = (c == '<' || c == '>') && next == '(';
        if (c == '\\') {
            p = MIN(p + 2, end);
            continue;
        }
        if (shell_is_meta(c) && !substitutes) {
            return p;
        }
        size_t behind = shell_skip(r, j, p, end);
        p = behind > p ? behind : p + 1;
    }
    return p;
}

/* ---- What a word says */

struct unquoting {
    struct reading *r;
    const struct joined *j;
    struct joiner out;
    struct shell_finds *finds;
};

static void find_script(struct unquoting *u, size_t start, size_t end, struct str via) {
    struct shell_script *slot = u->finds && start < end ? VEC_PUSH(&u->r->scratch, &u->finds->scripts) : NULL;
    if (slot) {
        *slot = (struct shell_script){start, end, via};
    } else if (u->finds && start < end) {
        u->r->failed = true;
    }
}

static void find_variable(struct unquoting *u, size_t start, size_t end) {
    size_t n = start;
    while (n < end && (ascii_is_alnum(u->j->text.p[n]) || u->j->text.p[n] == '_')) {
        n++;
    }
    if (!u->finds || n == start || ascii_is_digit(u->j->text.p[start])) {
        return;
    }
    struct str *slot = VEC_PUSH(&u->r->scratch, &u->finds->variables);
    if (slot) {
        *slot = str_sub(u->j->text, start, n - start);
    } else {
        u->r->failed = true;
    }
}

/* An expansion at p stays as it is written; returns where it ends. */
static size_t keep_expansion(struct unquoting *u, size_t p, size_t end) {
    char c = u->j->text.p[p], next = byte_at(u->j, p + 1, end);
    bool opens = c == '`' || next == '(' || next == '{';
    size_t behind = opens ? shell_skip(NULL, u->j, p, end) : p + 1;
    if (c == '`') {
        find_script(u, p + 1, MAX(behind - 1, p + 1), STR("``"));
    } else if (next == '(' && byte_at(u->j, p + 2, end) != '(') {
        find_script(u, p + 2, MAX(behind - 1, p + 2), c == '$' ? STR("$()") : STR("<()"));
    } else if (next == '{') {
        size_t skip = byte_at(u->j, p + 2, end) == '#' || byte_at(u->j, p + 2, end) == '!';
        find_variable(u, p + 2 + skip, behind);
    } else if (next != '(') {
        find_variable(u, p + 1, end);
    }
    joiner_copy(&u->out, u->j, p, behind);
    return behind;
}

static size_t unquote_double(struct unquoting *u, size_t p, size_t end) {
    while (p < end && u->j->text.p[p] != '"') {
        char c = u->j->text.p[p], next = byte_at(u->j, p + 1, end);
        if (c == '\\' && next == '\n') {
            p += 2;
        } else if (c == '\\' && next && strchr("$`\"\\", next)) {
            joiner_copy(&u->out, u->j, p + 1, p + 2);
            p += 2;
        } else if (c == '`' || (c == '$' && next != '"' && next != '\'')) {
            p = keep_expansion(u, p, end);
        } else {
            joiner_copy(&u->out, u->j, p, p + 1);
            p++;
        }
    }
    return MIN(p + 1, end);
}

static int digit_value(char c) {
    return ascii_is_digit(c)                                ? c - '0'
           : ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f' ? ascii_lower(c) - 'a' + 10
                                                            : 99;
}

/* Up to max digits at p; returns behind them. */
static size_t read_digits(const struct joined *j, size_t p, size_t end, unsigned base, unsigned max,
                          uint32_t *out) {
    *out = 0;
    while (max-- && p < end && digit_value(j->text.p[p]) < (int)base) {
        *out = *out * base + (uint32_t)digit_value(j->text.p[p++]);
    }
    return p;
}

static void put_code(struct unquoting *u, uint32_t code, size_t from) {
    char bytes[4];
    size_t n = 0;
    if (code < 0x80) {
        bytes[n++] = (char)code;
    } else if (code < 0x800) {
        bytes[n++] = (char)(0xc0 | code >> 6);
    } else {
        bytes[n++] = (char)(0xe0 | (code >> 12 & 15));
        bytes[n++] = (char)(0x80 | (code >> 6 & 63));
    }
    if (code >= 0x80) {
        bytes[n++] = (char)(0x80 | (code & 63));
    }
    for (size_t i = 0; i < n; i++) {
        joiner_byte(&u->out, bytes[i], from + i);
    }
}

/* The escape behind the backslash at p (Bash Reference Manual 3.1.2.4); never longer than it is written. */
static size_t unquote_escape(struct unquoting *u, size_t p, size_t end) {
    static const char from[] = "abeEfnrtv\\'\"?", to[] = "\a\b\033\033\f\n\r\t\v\\'\"?";
    char c = byte_at(u->j, p + 1, end);
    const char *known = c ? strchr(from, c) : NULL;
    size_t offset = joined_offset(u->j, p);
    uint32_t code;
    if (known) {
        joiner_byte(&u->out, to[known - from], offset);
        return p + 2;
    }
    if (c == 'x' && digit_value(byte_at(u->j, p + 2, end)) < 16) {
        size_t behind = read_digits(u->j, p + 2, end, 16, 2, &code);
        joiner_byte(&u->out, (char)code, offset);
        return behind;
    }
    if (c == 'u' && digit_value(byte_at(u->j, p + 2, end)) < 16) {
        size_t behind = read_digits(u->j, p + 2, end, 16, 4, &code);
        put_code(u, code, offset);
        return behind;
    }
    if (c >= '0' && c <= '7') {
        size_t behind = read_digits(u->j, p + 1, end, 8, 3, &code);
        joiner_byte(&u->out, (char)code, offset);
        return behind;
    }
    joiner_copy(&u->out, u->j, p, p + 1);
    return p + 1;
}

static size_t unquote_single(struct unquoting *u, size_t p, size_t end, bool escapes) {
    while (p < end && u->j->text.p[p] != '\'') {
        if (escapes && u->j->text.p[p] == '\\' && p + 1 < end) {
            p = unquote_escape(u, p, end);
        } else {
            joiner_copy(&u->out, u->j, p, p + 1);
            p++;
        }
    }
    return MIN(p + 1, end);
}

/* One part of a word, outside of quotes; returns where it ends. */
static size_t unquote_part(struct unquoting *u, size_t p, size_t end) {
    char c = u->j->text.p[p], next = byte_at(u->j, p + 1, end);
    if (c == '\\') {
        if (next && next != '\n') {
            joiner_copy(&u->out, u->j, p + 1, p + 2);
        }
        return MIN(p + 2, end);
    }
    if (c == '\'') {
        return unquote_single(u, p + 1, end, false);
    }
    if (c == '"') {
        return unquote_double(u, p + 1, end);
    }
    if (c == '$' && next == '\'') {
        return unquote_single(u, p + 2, end, true);
    }
    if (c == '$' && next == '"') {
        return unquote_double(u, p + 2, end);
    }
    if (c == '`' || c == '$' || ((c == '<' || c == '>') && next == '(')) {
        return keep_expansion(u, p, end);
    }
    joiner_copy(&u->out, u->j, p, p + 1);
    return p + 1;
}

bool shell_unquote(struct reading *r, const struct joined *j, size_t start, size_t end,
                   struct shell_finds *finds, struct shell_word *out) {
    struct unquoting u = {r, j, joiner_new(r->arena, &r->scratch, end - start), finds};
    for (size_t p = start; p < end;) {
        p = unquote_part(&u, p, end);
    }
    *out = (struct shell_word){.start = joined_offset(j, start), .end = joined_end(j, start, end)};
    if (!joiner_finish(&u.out, out->end, &out->value)) {
        r->failed = true;
        return false;
    }
    out->node = reading_string(r, out->start, out->end, out->value.text);
    return out->node;
}
