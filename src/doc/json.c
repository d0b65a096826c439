#include "doc/json.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "doc/build.h"
#include "doc/number.h"
#include "doc/text.h"

#include <endian.h>

struct parser {
    struct text t;
    bool is_lenient; /* comments and trailing commas */
    unsigned depth;
    struct arena *arena;
    struct arena scratch; /* the two stacks below */
    VEC(struct doc_member) members;
    VEC(const struct doc *) items;
    struct err *err;
};

static int parse_value(struct parser *j, const struct doc **out);

static struct doc_place place_of(const struct parser *j, const char *p) {
    return text_place(&j->t, p);
}

static int unexpected(const struct parser *j, const char *p, const char *wanted) {
    return text_unexpected(&j->t, p, wanted, j->err);
}

static bool take(struct parser *j, char c) {
    return text_take(&j->t, c);
}

/* A comment at p, to its end; one that does not end reaches to the end of the text. */
static bool skip_comment(struct text *t) {
    struct str rest = text_rest(t);
    bool is_line = str_starts(rest, STR("//"));
    if (!is_line && !str_starts(rest, STR("/*"))) {
        return false;
    }
    ptrdiff_t end = str_find(str_from(rest, 2), is_line ? STR("\n") : STR("*/"));
    size_t n = end < 0 ? rest.n : (size_t)end + (is_line ? 2 : 4);
    text_advance(t, t->p + n);
    return true;
}

static void skip_space(struct parser *j) {
    struct text *t = &j->t;
    while (t->p < t->end) {
        char c = *t->p;
        if (c == '/' && j->is_lenient && skip_comment(t)) {
            continue;
        }
        if (c != ' ' && c != '\n' && c != '\t' && c != '\r') {
            return;
        }
        t->p++;
        if (c == '\n') {
            text_line(t);
        }
    }
}

/* Four hexadecimal digits at the front of s, or -1. */
static int hex4(struct str s) {
    uint64_t value;
    return s.n >= 4 && str_to_u64(str_sub(s, 0, 4), 16, &value) ? (int)value : -1;
}

/* \uXXXX at s ("XXXX..."), with the second half of a pair where there is one; the bytes used, 0 when wrong.
 */
static size_t put_unicode(struct str s, struct buf *out) {
    int high = hex4(s);
    if (high < 0) {
        return 0;
    }
    if (high >= 0xd800 && high < 0xdc00 && s.n >= 10 && s.p[4] == '\\' && s.p[5] == 'u') {
        int low = hex4(str_from(s, 6));
        if (low >= 0xdc00 && low < 0xe000) {
            utf8_put(out, 0x10000 + (((uint32_t)high - 0xd800) << 10) + ((uint32_t)low - 0xdc00));
            return 10;
        }
    }
    utf8_put(out, high >= 0xd800 && high < 0xe000 ? 0xfffd : (uint32_t)high);
    return 4;
}

/* The escape behind the backslash at s; the bytes used, 0 when there is no such escape. */
static size_t put_escape(struct str s, struct buf *out) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (s.n == 0) {
        return 0;
    }
    if (s.p[0] == 'u') {
        size_t used = put_unicode(str_from(s, 1), out);
        return used ? used + 1 : 0;
    }
    const char *known = memchr(from, s.p[0], sizeof from - 1);
    if (!known) {
        return 0;
    }
    buf_byte(out, (unsigned char)to[known - from]);
    return 1;
}

/* No escape decodes to more bytes than it is written with, so raw.n bytes are enough. */
static int decode(struct parser *j, struct str raw, struct str *out) {
    unsigned char *room = arena_alloc(j->arena, raw.n);
    if (!room) {
        return err_memory(j->err);
    }
    struct buf decoded = {.p = room, .size = raw.n, .cap = raw.n};
    for (size_t i = 0; i < raw.n;) {
        ptrdiff_t plain = str_find_byte(str_from(raw, i), '\\');
        size_t n = plain < 0 ? raw.n - i : (size_t)plain;
        buf_str(&decoded, str_sub(raw, i, n));
        i += n;
        if (plain >= 0) {
            size_t used = put_escape(str_from(raw, i + 1), &decoded);
            if (!used) {
                return doc_error(j->err, ERR_INPUT, place_of(j, raw.p + i), "no such escape");
            }
            i += 1 + used;
        }
    }
    assert(!decoded.failed);
    *out = buf_view(&decoded);
    return 0;
}

static bool is_plain(char c) {
    return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 && c != '"' && c != '\\';
}

/* The first of eight bytes at p that is not plain, or p + 8: bit 7 of a byte of `odd` is set where it is
 * none, and may be set wrongly behind the first such byte only. */
static const char *skip_plain_word(const char *p) {
    const uint64_t ones = 0x0101010101010101, highs = ones << 7;
    uint64_t word;
    memcpy(&word, p, sizeof word);
    word = le64toh(word);
    uint64_t quote = word ^ (ones * '"'), escape = word ^ (ones * '\\');
    uint64_t odd = (word | (word - ones * 0x20) | (quote - ones) | (escape - ones)) & highs;
    return p + (odd ? __builtin_ctzll(odd) / 8 : 8);
}

static const char *skip_plain(const char *p, const char *end) {
    while (end - p >= 8) {
        const char *next = skip_plain_word(p);
        if (next - p < 8) {
            return next;
        }
        p = next;
    }
    while (p < end && is_plain(*p)) {
        p++;
    }
    return p;
}

/* Steps to the closing quote. */
static int scan_string(struct parser *j, bool *has_escapes) {
    const char *p = j->t.p;
    while (true) {
        p = skip_plain(p, j->t.end);
        if (p == j->t.end) {
            return unexpected(j, p, "'\"'");
        }
        if (*p == '"') {
            j->t.p = p;
            return 0;
        }
        if (*p == '\\' && j->t.end - p > 1) {
            *has_escapes = true;
            p++; /* what follows may be a quote; anything else is judged by decode() */
            p += is_plain(*p) || *p == '"' || *p == '\\';
            continue;
        }
        uint32_t code;
        size_t n = (unsigned char)*p < 0x80 ? 0 : utf8_next(str_n(p, (size_t)(j->t.end - p)), &code);
        if (!n) {
            const char *why = (unsigned char)*p < 0x80 ? "must be escaped in a string" : "is not UTF-8";
            return doc_error(j->err, ERR_INPUT, place_of(j, p), "byte 0x%02x %s", (unsigned char)*p, why);
        }
        p += n;
    }
}

/* From behind the opening quote to behind the closing one. */
static int parse_string(struct parser *j, struct str *out) {
    const char *start = j->t.p;
    bool has_escapes = false;
    int rc = scan_string(j, &has_escapes);
    if (rc < 0) {
        return rc;
    }
    *out = str_n(start, (size_t)(j->t.p++ - start));
    return has_escapes ? decode(j, *out, out) : 0;
}

static const char *skip_digits(const struct parser *j, const char *p) {
    while (p < j->t.end && ascii_is_digit(*p)) {
        p++;
    }
    return p;
}

/* Steps over a number by the grammar of section 6. */
static int scan_number(struct parser *j, bool *is_integer) {
    const char *p = j->t.p + (*j->t.p == '-');
    const char *digits = p;
    p = skip_digits(j, p);
    if (p == digits) {
        return unexpected(j, p, "a digit");
    }
    if (*digits == '0' && p - digits > 1) {
        return doc_error(j->err, ERR_INPUT, place_of(j, digits), "a number must not begin with 0");
    }
    *is_integer = true;
    if (p < j->t.end && *p == '.') {
        *is_integer = false;
        digits = ++p;
        p = skip_digits(j, p);
        if (p == digits) {
            return unexpected(j, p, "a digit");
        }
    }
    if (p < j->t.end && (*p == 'e' || *p == 'E')) {
        *is_integer = false;
        p++;
        p += p < j->t.end && (*p == '+' || *p == '-');
        digits = p;
        p = skip_digits(j, p);
        if (p == digits) {
            return unexpected(j, p, "a digit");
        }
    }
    j->t.p = p;
    return 0;
}

/* False when it does not fit. */
static bool set_integer(struct doc *d, struct str text) {
    bool is_negative = text.p[0] == '-';
    uint64_t magnitude;
    if (!str_to_u64(str_from(text, is_negative), 10, &magnitude) ||
        (is_negative && magnitude > (uint64_t)INT64_MAX + 1)) {
        return false;
    }
    if (!is_negative && magnitude > INT64_MAX) {
        d->kind = DOC_UINT;
        d->u = magnitude;
        return true;
    }
    d->kind = DOC_INT;
    d->i = is_negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return true;
}

static int parse_number(struct parser *j, struct doc *d) {
    const char *start = j->t.p;
    bool is_integer = false;
    int rc = scan_number(j, &is_integer);
    if (rc < 0) {
        return rc;
    }
    struct str text = str_n(start, (size_t)(j->t.p - start));
    if (is_integer && set_integer(d, text)) {
        return 0;
    }
    d->kind = DOC_DOUBLE;
    return number_to_double(text, &d->d) ? 0 : err_memory(j->err);
}

static int parse_word(struct parser *j, struct doc *d) {
    static const struct {
        struct str text;
        enum doc_kind kind;
        bool value;
    } words[] = {
        {STR("null"), DOC_NULL, false}, {STR("true"), DOC_BOOL, true}, {STR("false"), DOC_BOOL, false}};
    struct str rest = text_rest(&j->t);
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (str_starts(rest, words[i].text)) {
            j->t.p += words[i].text.n;
            d->kind = words[i].kind;
            d->b = words[i].value;
            return 0;
        }
    }
    return unexpected(j, j->t.p, "a value");
}

static int enter(struct parser *j, const char *start) {
    if (++j->depth > LIMIT_DOC_DEPTH) {
        return doc_error(j->err, ERR_LIMIT, place_of(j, start), "nested more than %u deep",
                         (unsigned)LIMIT_DOC_DEPTH);
    }
    skip_space(j);
    return 0;
}

static int parse_items(struct parser *j) {
    if (take(j, ']')) {
        return 0;
    }
    while (true) {
        const struct doc *value;
        int rc = parse_value(j, &value);
        if (rc < 0) {
            return rc;
        }
        const struct doc **slot = VEC_PUSH(&j->scratch, &j->items);
        if (!slot) {
            return err_memory(j->err);
        }
        *slot = value;
        if (take(j, ']')) {
            return 0;
        }
        if (!take(j, ',')) {
            return unexpected(j, j->t.p, "',' or ']'");
        }
        skip_space(j);
        if (j->is_lenient && take(j, ']')) {
            return 0;
        }
    }
}

static int parse_array(struct parser *j, struct doc_place at, struct doc **out) {
    size_t base = j->items.n;
    int rc = enter(j, j->t.p++);
    rc = rc < 0 ? rc : parse_items(j);
    if (rc < 0) {
        return rc;
    }
    j->depth--;
    *out = doc_new_list(j->arena, at, j->items.n > base ? j->items.p + base : NULL, j->items.n - base);
    j->items.n = base;
    return *out ? 0 : err_memory(j->err);
}

static int parse_member(struct parser *j) {
    struct doc_member member = {.at = place_of(j, j->t.p)};
    if (!take(j, '"')) {
        return unexpected(j, j->t.p, "a string as key");
    }
    int rc = parse_string(j, &member.key);
    if (rc < 0) {
        return rc;
    }
    skip_space(j);
    if (!take(j, ':')) {
        return unexpected(j, j->t.p, "':'");
    }
    skip_space(j);
    rc = parse_value(j, &member.value);
    if (rc < 0) {
        return rc;
    }
    struct doc_member *slot = VEC_PUSH(&j->scratch, &j->members);
    if (!slot) {
        return err_memory(j->err);
    }
    *slot = member;
    return 0;
}

static int parse_members(struct parser *j) {
    if (take(j, '}')) {
        return 0;
    }
    while (true) {
        int rc = parse_member(j);
        if (rc < 0) {
            return rc;
        }
        if (take(j, '}')) {
            return 0;
        }
        if (!take(j, ',')) {
            return unexpected(j, j->t.p, "',' or '}'");
        }
        skip_space(j);
        if (j->is_lenient && take(j, '}')) {
            return 0;
        }
    }
}

static int parse_object(struct parser *j, struct doc_place at, struct doc **out) {
    size_t base = j->members.n;
    int rc = enter(j, j->t.p++);
    rc = rc < 0 ? rc : parse_members(j);
    if (rc < 0) {
        return rc;
    }
    j->depth--;
    *out = doc_new_map(j->arena, at, j->members.n > base ? j->members.p + base : NULL, j->members.n - base,
                       NULL);
    j->members.n = base;
    return *out ? 0 : err_memory(j->err);
}

static int parse_scalar(struct parser *j, struct doc_place at, struct doc **out) {
    struct doc *d = doc_new(j->arena, DOC_STRING, at);
    if (!d) {
        return err_memory(j->err);
    }
    *out = d;
    if (take(j, '"')) {
        return parse_string(j, &d->s);
    }
    char c = text_peek(&j->t);
    bool is_number = c == '-' || ascii_is_digit(c);
    return is_number ? parse_number(j, d) : parse_word(j, d);
}

/* The value at p, and the white space behind it. Recursion is bounded by enter(). */
static int parse_value(struct parser *j, const struct doc **out) {
    const char *start = j->t.p;
    struct doc_place at = place_of(j, start);
    char c = text_peek(&j->t);
    struct doc *d = NULL;
    int rc;
    if (c == '{') {
        rc = parse_object(j, at, &d);
    } else if (c == '[') {
        rc = parse_array(j, at, &d);
    } else {
        rc = parse_scalar(j, at, &d);
    }
    *out = d;
    if (rc == 0) {
        doc_set_length(d, (size_t)(j->t.p - start));
        skip_space(j);
    }
    return rc;
}

static int parse_text(struct parser *j, const struct doc **out) {
    skip_space(j);
    int rc = parse_value(j, out);
    if (rc == 0 && j->t.p != j->t.end) {
        return unexpected(j, j->t.p, "nothing behind the value");
    }
    return rc;
}

static int parse(struct arena *arena, struct str text, bool is_lenient, const struct doc **out,
                 struct err *err) {
    struct parser j = {
        .arena = arena, .scratch = arena_new(LIMIT_DOC_BYTES), .is_lenient = is_lenient, .err = err};
    const struct doc *root = NULL;
    int rc = text_over(text, &j.t, err);
    rc = rc < 0 ? rc : parse_text(&j, &root);
    arena_free(&j.scratch);
    *out = rc < 0 ? NULL : root;
    return rc;
}

int json_parse(struct arena *arena, struct str text, const struct doc **out, struct err *err) {
    return parse(arena, text, false, out, err);
}

int json_parse_lenient(struct arena *arena, struct str text, const struct doc **out, struct err *err) {
    return parse(arena, text, true, out, err);
}
