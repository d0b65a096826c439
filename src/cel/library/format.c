/* string.format(list) of cel-go's strings library (ext/README.md): %s %d %f %e %b %o %x %X and %%, a
 * precision for %f and %e. */
#include "cel/library/libraries.h"

#include "base/limits.h"
#include "cel/library/support.h"
#include "cel/times.h"
#include "doc/number.h"

#include <math.h>

/* More digits than a double has, and few enough that "%.1000000000f" is no bomb. */
enum { PRECISION_MAX = 1100 };

struct formatter {
    struct cel_call *call;
    struct buf out;
    struct cel_value fault; /* what format() returns when something has failed */
    int precision;
};

static bool fail(struct formatter *f, struct cel_value fault) {
    f->fault = fault;
    return false;
}

/* ---- Numbers */

static bool put_special(struct formatter *f, double d) {
    if (isfinite(d)) {
        return false;
    }
    buf_c(&f->out, isnan(d) ? "NaN" : d < 0 ? "-Infinity" : "Infinity");
    return true;
}

/* Takes the power off "-1.5e-07": what is left stands in *mantissa. */
static int64_t take_exponent(struct str text, struct str *mantissa) {
    struct str exponent;
    uint64_t by = 0;
    if (!str_cut(text, 'e', mantissa, &exponent)) {
        return 0;
    }
    bool is_small = str_starts(exponent, STR("-"));
    str_to_u64(str_from(exponent, is_small || str_starts(exponent, STR("+"))), 10, &by);
    return is_small ? -(int64_t)by : (int64_t)by;
}

/* Digits with the point behind the first `point` of them: zeros are added in front and behind. */
static void put_digits(struct formatter *f, struct str digits, int64_t point) {
    int64_t n = (int64_t)digits.n;
    if (point <= 0) {
        buf_c(&f->out, n > 0 ? "0." : "0");
    }
    for (int64_t i = MIN(point, 0); i < MAX(point, n); i++) {
        if (i == point && i > 0) {
            buf_byte(&f->out, '.');
        }
        buf_byte(&f->out, (unsigned char)(i >= 0 && i < n ? digits.p[i] : '0'));
    }
}

/* The fewest digits that read back as d, without an exponent. */
static void put_double(struct formatter *f, double d) {
    char text[NUMBER_TEXT], digits[NUMBER_TEXT];
    struct str mantissa;
    size_t n = 0;
    if (put_special(f, d)) {
        return;
    }
    int64_t exponent = take_exponent(str_n(text, number_from_double(fabs(d), text)), &mantissa);
    ptrdiff_t dot = str_find_byte(mantissa, '.');
    int64_t point = (dot < 0 ? (int64_t)mantissa.n : dot) + exponent;
    for (size_t i = 0; i < mantissa.n; i++) {
        if (n == 0 && mantissa.p[i] == '0') {
            point--; /* a zero in front */
        } else if (mantissa.p[i] != '.') {
            digits[n++] = mantissa.p[i];
        }
    }
    while (n && digits[n - 1] == '0') {
        n--;
    }
    buf_c(&f->out, signbit(d) ? "-" : "");
    put_digits(f, str_n(digits, n), n ? point : 0);
}

/* A whole number in a base that is a power of two, or 10. */
static bool put_whole(struct formatter *f, const struct cel_value *v, unsigned base, bool is_upper) {
    const char *alphabet = is_upper ? "0123456789ABCDEF" : "0123456789abcdef";
    char digits[64];
    size_t at = sizeof digits;
    bool is_negative = v->kind == CEL_INT && v->i < 0;
    uint64_t u = is_negative ? 0 - v->u : v->u;
    do {
        digits[--at] = alphabet[u % base];
        u /= base;
    } while (u);
    if (is_negative) {
        buf_byte(&f->out, '-');
    }
    buf_bytes(&f->out, digits + at, sizeof digits - at);
    return true;
}

static bool is_whole(const struct cel_value *v) {
    return v->kind == CEL_INT || v->kind == CEL_UINT;
}

/* ---- %s */

static bool put_value(struct formatter *f, const struct cel_value *v);

static bool put_list(struct formatter *f, const struct cel_value *v) {
    buf_byte(&f->out, '[');
    for (size_t i = 0; i < v->n; i++) {
        struct cel_value item = cel_list_at(v, i);
        buf_c(&f->out, i ? ", " : "");
        if (!put_value(f, &item)) {
            return false;
        }
    }
    buf_byte(&f->out, ']');
    return true;
}

struct entry {
    struct str key;
    struct cel_value value;
};

static int compare_entries(const void *a, const void *b) {
    const struct entry *x = a, *y = b;
    return str_cmp(x->key, y->key);
}

/* The text of a map's key, in the arena. */
static bool key_text(struct formatter *f, const struct cel_value *key, struct str *out) {
    struct formatter one = {.call = f->call, .out = cel_buf_new(f->call)};
    bool is_good = put_value(&one, key);
    struct cel_value text = is_good ? cel_buf_result(f->call, &one.out) : one.fault;
    buf_free(&one.out);
    *out = cel_str(&text);
    return text.kind == CEL_STRING || fail(f, text);
}

/* In the order of the keys' texts. */
static bool put_map(struct formatter *f, const struct cel_value *v) {
    struct entry *entries = arena_array(f->call->arena, v->n + 1u, sizeof *entries);
    if (!entries) {
        return fail(f, cel_no_memory(f->call));
    }
    for (size_t i = 0; i < v->n; i++) {
        struct cel_value key;
        cel_map_at(v, i, &key, &entries[i].value);
        if (!key_text(f, &key, &entries[i].key)) {
            return false;
        }
    }
    qsort(entries, v->n, sizeof *entries, compare_entries);
    buf_byte(&f->out, '{');
    for (size_t i = 0; i < v->n; i++) {
        buf_c(&f->out, i ? ", " : "");
        buf_str(&f->out, entries[i].key);
        buf_c(&f->out, ": ");
        if (!put_value(f, &entries[i].value)) {
            return false;
        }
    }
    buf_byte(&f->out, '}');
    return true;
}

static bool put_time(struct formatter *f, const struct cel_value *v) {
    char text[TIMESTAMP_TEXT > DURATION_TEXT ? TIMESTAMP_TEXT : DURATION_TEXT];
    size_t n = v->kind == CEL_TIMESTAMP ? timestamp_format(cel_to_timestamp(v), text)
                                        : duration_format((struct duration){v->i}, text);
    buf_str(&f->out, str_n(text, n));
    return true;
}

/* False with a fault, or without one for a value that has no text.
 * Recursion is bounded: a value nests no deeper than documents and the expression that made it. */
static bool put_value(struct formatter *f, const struct cel_value *v) {
    if (!cel_spend(f->call, 1) || f->out.failed) {
        return fail(f, f->out.failed ? cel_buf_result(f->call, &f->out) : cel_over_budget(f->call));
    }
    switch ((enum cel_kind)v->kind) {
    case CEL_NULL:
        buf_c(&f->out, "null");
        return true;
    case CEL_BOOL:
        buf_c(&f->out, v->b ? "true" : "false");
        return true;
    case CEL_INT:
    case CEL_UINT:
        return put_whole(f, v, 10, false);
    case CEL_DOUBLE:
        put_double(f, v->d);
        return true;
    case CEL_STRING:
    case CEL_BYTES:
    case CEL_TYPE:
        buf_str(&f->out, cel_str(v));
        return true;
    case CEL_TIMESTAMP:
    case CEL_DURATION:
        return put_time(f, v);
    case CEL_LIST:
        return put_list(f, v);
    case CEL_MAP:
        return put_map(f, v);
    case CEL_UNKNOWN:
    case CEL_ERROR:
        return fail(f, *v);
    default:
        return false;
    }
}

/* ---- The other clauses. Each says false for a value that it doesn't take. */

static bool put_decimal(struct formatter *f, const struct cel_value *v) {
    if (v->kind == CEL_DOUBLE) {
        put_double(f, v->d);
        return true;
    }
    return is_whole(v) && put_whole(f, v, 10, false);
}

static bool to_double(const struct cel_value *v, double *d) {
    *d = v->kind == CEL_INT ? (double)v->i : v->kind == CEL_UINT ? (double)v->u : v->d;
    return cel_is_number(v);
}

static bool put_fixed(struct formatter *f, const struct cel_value *v) {
    double d;
    bool is_number = to_double(v, &d);
    if (is_number && !put_special(f, d)) {
        buf_printf(&f->out, "%.*f", f->precision, d);
    }
    return is_number;
}

static bool put_scientific(struct formatter *f, const struct cel_value *v) {
    double d;
    bool is_number = to_double(v, &d);
    if (is_number && !put_special(f, d)) {
        buf_printf(&f->out, "%.*e", f->precision, d);
    }
    return is_number;
}

static bool put_binary(struct formatter *f, const struct cel_value *v) {
    if (v->kind == CEL_BOOL) {
        buf_byte(&f->out, v->b ? '1' : '0');
        return true;
    }
    return is_whole(v) && put_whole(f, v, 2, false);
}

static bool put_octal(struct formatter *f, const struct cel_value *v) {
    return is_whole(v) && put_whole(f, v, 8, false);
}

static bool put_hex_in(struct formatter *f, const struct cel_value *v, bool is_upper) {
    if (is_whole(v)) {
        return put_whole(f, v, 16, is_upper);
    }
    if (v->kind != CEL_STRING && v->kind != CEL_BYTES) {
        return false;
    }
    const char *alphabet = is_upper ? "0123456789ABCDEF" : "0123456789abcdef";
    for (size_t i = 0; i < v->n && !f->out.failed; i++) {
        unsigned char byte = (unsigned char)v->p[i];
        buf_byte(&f->out, (unsigned char)alphabet[byte >> 4]);
        buf_byte(&f->out, (unsigned char)alphabet[byte & 15]);
    }
    return true;
}

static bool put_hex(struct formatter *f, const struct cel_value *v) {
    return put_hex_in(f, v, false);
}

static bool put_upper_hex(struct formatter *f, const struct cel_value *v) {
    return put_hex_in(f, v, true);
}

static const struct clause {
    char letter;
    bool (*put)(struct formatter *f, const struct cel_value *v);
    const char *takes;
} clauses[] = {
    {'s', put_value, "values that have a text"},
    {'d', put_decimal, "numbers"},
    {'f', put_fixed, "numbers"},
    {'e', put_scientific, "numbers"},
    {'b', put_binary, "whole numbers and bools"},
    {'o', put_octal, "whole numbers"},
    {'x', put_hex, "whole numbers, bytes and strings"},
    {'X', put_upper_hex, "whole numbers, bytes and strings"},
};

static const struct clause *find_clause(char letter) {
    for (size_t i = 0; i < ARRAY_SIZE(clauses); i++) {
        if (clauses[i].letter == letter) {
            return &clauses[i];
        }
    }
    return NULL;
}

/* Takes ".12" off the front of *rest. */
static bool take_precision(struct formatter *f, struct str *rest) {
    uint64_t precision;
    size_t n = 1;
    f->precision = 6;
    if (!str_starts(*rest, STR("."))) {
        return true;
    }
    while (n < rest->n && ascii_is_digit(rest->p[n])) {
        n++;
    }
    if (n == 1 || !str_to_u64(str_sub(*rest, 1, n - 1), 10, &precision) || precision > PRECISION_MAX) {
        return fail(f, cel_error(f->call, "format: a precision is a number up to %d", PRECISION_MAX));
    }
    f->precision = (int)precision;
    *rest = str_from(*rest, n);
    return true;
}

/* What stands behind a '%', with *used counting the arguments. */
static bool put_clause(struct formatter *f, struct str *rest, const struct cel_value *list, size_t *used) {
    if (str_starts(*rest, STR("%"))) {
        buf_byte(&f->out, '%');
        *rest = str_from(*rest, 1);
        return true;
    }
    if (!take_precision(f, rest)) {
        return false;
    }
    const struct clause *clause = rest->n ? find_clause(rest->p[0]) : NULL;
    if (!clause) {
        return fail(f, cel_error(f->call, "format: no clause '%%%.*s'",
                                 rest->n ? (int)cel_char_width(*rest) : 0, rest->n ? rest->p : ""));
    }
    if (*used >= list->n) {
        return fail(f, cel_error(f->call, "format: there is no argument %zu", *used));
    }
    struct cel_value v = cel_list_at(list, (*used)++);
    *rest = str_from(*rest, 1);
    if (cel_is_fault(&v)) {
        return fail(f, v);
    }
    if (!clause->put(f, &v)) {
        return f->fault.kind != CEL_NULL
                   ? false
                   : fail(f, cel_error(f->call, "format: %%%c takes %s, not %.*s", clause->letter,
                                       clause->takes, STR_ARG(cel_type_name(&v))));
    }
    return true;
}

static struct cel_value format(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct formatter f = {.call = call, .out = cel_buf_new(call), .fault = cel_null()};
    struct str rest = cel_str(&args[0]);
    size_t used = 0;
    while (rest.n && f.fault.kind == CEL_NULL && !f.out.failed) {
        ptrdiff_t at = str_find_byte(rest, '%');
        buf_str(&f.out, at < 0 ? rest : str_sub(rest, 0, (size_t)at));
        rest = at < 0 ? STR_NONE : str_from(rest, (size_t)at + 1);
        if (at >= 0) {
            put_clause(&f, &rest, &args[1], &used);
        }
    }
    struct cel_value result = f.fault.kind == CEL_NULL ? cel_buf_result(call, &f.out) : f.fault;
    buf_free(&f.out);
    return result;
}

static const struct cel_function functions[] = {
    {"format", "string.(list(dyn)) string", format},
};

const struct cel_library cel_library_format = {"format", functions, ARRAY_SIZE(functions), NULL, 0};
