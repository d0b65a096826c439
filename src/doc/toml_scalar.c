#include "doc/toml_scalar.h"

#include "base/utf8.h"
#include "doc/build.h"
#include "doc/number.h"

#include <math.h>

/* ---- strings ---- */

struct quoted {
    char quote;
    bool is_long;
    struct text start; /* behind the opening quotes */
};

static bool is_control(char c) {
    return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

static size_t count_quotes(const struct text *t, const char *p, char quote) {
    size_t n = 0;
    while (p + n < t->end && p[n] == quote) {
        n++;
    }
    return n;
}

static bool is_line_end(const struct text *t, const char *p) {
    return *p == '\n' || (*p == '\r' && t->end - p > 1 && p[1] == '\n');
}

/* The end of the content at p, when the quotes there are the closing ones; NULL when they belong to it. Of a
 * run of up to five, the last three close (a string may end in one or two quotes). */
static const char *closing(const struct text *t, const struct quoted *q, const char *p, size_t *quotes) {
    if (!q->is_long) {
        *quotes = 1;
        return p;
    }
    size_t run = MIN(count_quotes(t, p, q->quote), (size_t)5);
    *quotes = run < 3 ? run : 3;
    return run < 3 ? NULL : p + run - 3;
}

static int bad_byte(const struct text *t, const char *p, struct err *err) {
    struct text at = *t;
    text_advance(&at, p);
    if (p == t->end) {
        return doc_error(err, ERR_INPUT, text_place(&at, p), "the string has no end");
    }
    if (*p == '\n' || *p == '\r') {
        return doc_error(err, ERR_INPUT, text_place(&at, p), "the string has no end on its line");
    }
    return doc_error(err, ERR_INPUT, text_place(&at, p), "byte 0x%02x must be escaped in a string",
                     (unsigned char)*p);
}

/* Steps from the content's start to behind the closing quotes; *raw is what stands between. */
static int scan_string(struct text *t, const struct quoted *q, struct str *raw, struct err *err) {
    const char *start = t->p, *p = start;
    while (p < t->end) {
        if (*p == q->quote) {
            size_t quotes;
            const char *end = closing(t, q, p, &quotes);
            if (end) {
                *raw = str_n(start, (size_t)(end - start));
                text_advance(t, end + quotes);
                return 0;
            }
            p += quotes;
        } else if (*p == '\\' && q->quote == '"' && t->end - p > 1 && (p[1] == '"' || p[1] == '\\')) {
            p += 2;
        } else if (!is_control(*p)) {
            p++;
        } else if (q->is_long && is_line_end(t, p)) {
            p += *p == '\r' ? 2 : 1;
        } else {
            break;
        }
    }
    return bad_byte(t, p, err);
}

/* n hexadecimal digits at the front of s as a code point; false when they are none or not a character. */
static bool put_code(struct str s, size_t n, struct buf *out) {
    uint64_t code;
    if (s.n < n || !str_to_u64(str_sub(s, 0, n), 16, &code) || code > 0x10ffff ||
        (code >= 0xd800 && code < 0xe000)) {
        return false;
    }
    utf8_put(out, (uint32_t)code);
    return true;
}

/* A backslash at the end of a line takes all white space up to the next word with it; 0 when s is no such. */
static size_t line_end_backslash(struct str s) {
    size_t i = 0;
    while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\r')) {
        i++;
    }
    if (i == s.n || s.p[i] != '\n') {
        return 0;
    }
    while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\r' || s.p[i] == '\n')) {
        i++;
    }
    return i;
}

/* What stands behind a backslash; the bytes used, 0 when there is no such escape. */
static size_t put_escape(struct str s, bool is_long, struct buf *out) {
    static const char from[] = "\"\\bfnrte", to[] = "\"\\\b\f\n\r\t\x1b";
    if (s.n == 0) {
        return 0;
    }
    const char *known = memchr(from, s.p[0], sizeof from - 1);
    if (known) {
        buf_byte(out, (unsigned char)to[known - from]);
        return 1;
    }
    size_t digits = s.p[0] == 'x' ? 2 : s.p[0] == 'u' ? 4 : s.p[0] == 'U' ? 8 : 0;
    if (digits) {
        return put_code(str_from(s, 1), digits, out) ? 1 + digits : 0;
    }
    return is_long ? line_end_backslash(s) : 0;
}

/* No escape decodes to more bytes than it is written with, so raw.n bytes are enough. */
static int decode(const struct quoted *q, struct arena *arena, struct str raw, struct str *out,
                  struct err *err) {
    unsigned char *room = arena_alloc(arena, raw.n);
    if (!room) {
        return err_memory(err);
    }
    struct buf decoded = {.p = room, .size = raw.n, .cap = raw.n};
    struct str rest = raw, plain;
    while (str_cut(rest, '\\', &plain, &rest)) {
        buf_str(&decoded, plain);
        size_t used = put_escape(rest, q->is_long, &decoded);
        if (!used) {
            struct text at = q->start;
            text_advance(&at, rest.p - 1);
            return doc_error(err, ERR_INPUT, text_place(&at, at.p), "no such escape");
        }
        rest = str_from(rest, used);
    }
    buf_str(&decoded, plain);
    assert(!decoded.failed);
    *out = buf_view(&decoded);
    return 0;
}

int toml_read_string(struct text *t, struct arena *arena, bool may_be_long, struct str *out,
                     struct err *err) {
    struct quoted q = {.quote = text_peek(t)};
    assert(q.quote == '"' || q.quote == '\'');
    q.is_long = may_be_long && count_quotes(t, t->p, q.quote) >= 3;
    t->p += q.is_long ? 3 : 1;
    if (q.is_long && t->p < t->end && is_line_end(t, t->p)) {
        text_advance(t, t->p + (*t->p == '\r' ? 2 : 1));
    }
    q.start = *t;
    int rc = scan_string(t, &q, out, err);
    if (rc < 0 || q.quote == '\'' || str_find_byte(*out, '\\') < 0) {
        return rc;
    }
    return decode(&q, arena, *out, out, err);
}

/* ---- dates and times (RFC 3339 section 5.6) ---- */

/* The n digits at *s, stepping over them; -1 when they are not there. */
static int take_digits(struct str *s, size_t n) {
    uint64_t value;
    if (s->n < n || !str_to_u64(str_sub(*s, 0, n), 10, &value)) {
        return -1;
    }
    *s = str_from(*s, n);
    return (int)value;
}

static bool take_char(struct str *s, char c) {
    if (s->n == 0 || s->p[0] != c) {
        return false;
    }
    *s = str_from(*s, 1);
    return true;
}

static int days_in(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && is_leap);
}

static bool take_date(struct str *s) {
    int year = take_digits(s, 4);
    if (year < 0 || !take_char(s, '-')) {
        return false;
    }
    int month = take_digits(s, 2);
    if (month < 1 || month > 12 || !take_char(s, '-')) {
        return false;
    }
    int day = take_digits(s, 2);
    return day >= 1 && day <= days_in(year, month);
}

static bool take_hour_minute(struct str *s) {
    int hour = take_digits(s, 2);
    if (hour < 0 || hour > 23 || !take_char(s, ':')) {
        return false;
    }
    int minute = take_digits(s, 2);
    return minute >= 0 && minute <= 59;
}

static bool take_time(struct str *s) {
    if (!take_hour_minute(s)) {
        return false;
    }
    if (!take_char(s, ':')) {
        return true;
    }
    int second = take_digits(s, 2);
    if (second < 0 || second > 60) {
        return false;
    }
    if (!take_char(s, '.')) {
        return true;
    }
    size_t n = s->n;
    while (s->n && ascii_is_digit(s->p[0])) {
        *s = str_from(*s, 1);
    }
    return s->n < n;
}

static bool take_offset(struct str *s) {
    if (take_char(s, 'Z') || take_char(s, 'z')) {
        return true;
    }
    return (take_char(s, '+') || take_char(s, '-')) && take_hour_minute(s);
}

static bool is_timestamp(struct str s) {
    if (s.n > 2 && s.p[2] == ':') {
        return take_time(&s) && s.n == 0;
    }
    if (!take_date(&s)) {
        return false;
    }
    if (s.n == 0) {
        return true;
    }
    if (!take_char(&s, 'T') && !take_char(&s, 't') && !take_char(&s, ' ')) {
        return false;
    }
    return take_time(&s) && (s.n == 0 || (take_offset(&s) && s.n == 0));
}

/* By the look alone: what begins so is no number. */
static bool looks_like_timestamp(struct str s) {
    uint64_t digits;
    return (s.n > 2 && s.p[2] == ':' && str_to_u64(str_sub(s, 0, 2), 10, &digits)) ||
           (s.n > 4 && s.p[4] == '-' && str_to_u64(str_sub(s, 0, 4), 10, &digits));
}

/* ---- numbers ---- */

static unsigned base_of(struct str s) {
    if (s.n < 2 || s.p[0] != '0') {
        return 10;
    }
    return s.p[1] == 'x' ? 16 : s.p[1] == 'o' ? 8 : s.p[1] == 'b' ? 2 : 10;
}

/* Without its underscores, each of which must stand between two digits. */
static bool drop_underscores(struct arena *arena, struct str s, unsigned base, struct str *out) {
    char *copy = arena_alloc(arena, s.n);
    size_t n = 0;
    if (!copy) {
        *out = STR_NONE;
        return true;
    }
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '_') {
            copy[n++] = s.p[i];
            continue;
        }
        bool is_inside = i > 0 && i + 1 < s.n;
        uint64_t digit;
        unsigned digits = base == 16 ? 16 : 10;
        if (!is_inside || !str_to_u64(str_sub(s, i - 1, 1), digits, &digit) ||
            !str_to_u64(str_sub(s, i + 1, 1), digits, &digit)) {
            return false;
        }
    }
    *out = str_n(copy, n);
    return true;
}

static bool binary_to_u64(struct str s, uint64_t *out) {
    *out = 0;
    for (size_t i = 0; i < s.n; i++) {
        if ((s.p[i] != '0' && s.p[i] != '1') || *out >> 63) {
            return false;
        }
        *out = *out << 1 | (uint64_t)(s.p[i] - '0');
    }
    return s.n > 0;
}

static bool set_based(struct doc *d, struct str digits, unsigned base) {
    uint64_t value;
    bool fits = base == 2 ? binary_to_u64(digits, &value) : str_to_u64(digits, base, &value);
    d->kind = DOC_INT;
    d->i = fits ? (int64_t)value : 0;
    return fits && value <= INT64_MAX;
}

static size_t count_digits(struct str s) {
    size_t n = 0;
    while (n < s.n && ascii_is_digit(s.p[n])) {
        n++;
    }
    return n;
}

/* digits [. digits] [e [+-] digits], no 0 in front of other digits. */
static bool is_decimal(struct str s, bool *is_integer) {
    size_t n = count_digits(s);
    if (n == 0 || (n > 1 && s.p[0] == '0')) {
        return false;
    }
    s = str_from(s, n);
    *is_integer = s.n == 0;
    if (take_char(&s, '.')) {
        n = count_digits(s);
        if (n == 0) {
            return false;
        }
        s = str_from(s, n);
    }
    if (take_char(&s, 'e') || take_char(&s, 'E')) {
        if (!take_char(&s, '+')) {
            take_char(&s, '-');
        }
        return s.n > 0 && count_digits(s) == s.n;
    }
    return s.n == 0;
}

static bool set_word(struct doc *d, struct str s, bool is_negative) {
    double sign = is_negative ? -1 : 1;
    d->kind = DOC_DOUBLE;
    d->d = str_eq(s, STR("inf")) ? sign * INFINITY : NAN;
    return str_eq(s, STR("inf")) || str_eq(s, STR("nan"));
}

static bool set_integer(struct doc *d, struct str digits, bool is_negative) {
    uint64_t magnitude;
    if (!str_to_u64(digits, 10, &magnitude) || magnitude > (uint64_t)INT64_MAX + is_negative) {
        return false;
    }
    d->kind = DOC_INT;
    d->i = is_negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return true;
}

/* s is written without underscores; false when it is no number or an integer that does not fit. */
static bool set_number(struct doc *d, struct str s, bool *has_memory) {
    unsigned base = base_of(s);
    if (base != 10) {
        return set_based(d, str_from(s, 2), base);
    }
    bool has_sign = s.n && (s.p[0] == '+' || s.p[0] == '-'), is_integer,
         is_negative = has_sign && s.p[0] == '-';
    struct str digits = str_from(s, has_sign);
    if (set_word(d, digits, is_negative)) {
        return true;
    }
    if (!is_decimal(digits, &is_integer)) {
        return false;
    }
    if (is_integer) {
        return set_integer(d, digits, is_negative);
    }
    d->kind = DOC_DOUBLE;
    *has_memory = number_to_double(s, &d->d);
    return true;
}

static int read_number(const struct text *t, struct arena *arena, struct str token, struct doc *d,
                       struct err *err) {
    struct str digits = token;
    bool has_memory = true;
    bool is_good = str_find_byte(token, '_') < 0 || drop_underscores(arena, token, base_of(token), &digits);
    if (!digits.p) {
        return err_memory(err);
    }
    is_good = is_good && set_number(d, digits, &has_memory);
    if (!has_memory) {
        return err_memory(err);
    }
    if (!is_good) {
        return doc_error(err, ERR_INPUT, text_place(t, token.p),
                         "\"%.*s\" is no value (a number must fit 64 bits)", (int)MIN(token.n, (size_t)40),
                         token.p);
    }
    return 0;
}

/* ---- any scalar ---- */

static bool is_token(char c) {
    return ascii_is_alnum(c) || c == '+' || c == '-' || c == '.' || c == '_' || c == ':';
}

/* A word, number or date; a date may be followed by a space and a time. */
static struct str take_token(struct text *t) {
    const char *start = t->p;
    while (t->p < t->end && is_token(*t->p)) {
        t->p++;
    }
    if (t->p - start == 10 && start[4] == '-' && t->end - t->p > 3 && t->p[0] == ' ' &&
        ascii_is_digit(t->p[1]) && ascii_is_digit(t->p[2]) && t->p[3] == ':') {
        t->p++;
        while (t->p < t->end && is_token(*t->p)) {
            t->p++;
        }
    }
    return str_n(start, (size_t)(t->p - start));
}

int toml_read_scalar(struct text *t, struct arena *arena, struct doc *d, struct err *err) {
    char c = text_peek(t);
    if (c == '"' || c == '\'') {
        d->kind = DOC_STRING;
        return toml_read_string(t, arena, true, &d->s, err);
    }
    struct str token = take_token(t);
    if (token.n == 0) {
        return text_unexpected(t, t->p, "a value", err);
    }
    if (str_eq(token, STR("true")) || str_eq(token, STR("false"))) {
        d->kind = DOC_BOOL;
        d->b = token.n == 4;
        return 0;
    }
    if (!looks_like_timestamp(token)) {
        return read_number(t, arena, token, d, err);
    }
    d->kind = DOC_TIMESTAMP;
    d->s = token;
    if (!is_timestamp(token)) {
        return doc_error(err, ERR_INPUT, text_place(t, token.p), "\"%.*s\" is no date or time",
                         (int)MIN(token.n, (size_t)40), token.p);
    }
    return 0;
}
