/* Conversions between types (langdef, "Standard definitions", "Type conversions"). Out of range is an error.
 */
#include "cel/library/standard.h"

#include "base/utf8.h"
#include "cel/times.h"
#include "doc/number.h"

#include <math.h>

static struct cel_value same(struct cel_call *call, const struct cel_value *args, size_t n) {
    return args[0];
}

static struct cel_value out_of_range(struct cel_call *call, const char *type) {
    return cel_error(call, "the value does not fit %s", type);
}

static struct cel_value no_number(struct cel_call *call, const struct cel_value *v, const char *type) {
    return cel_error(call, "'%.*s' is no %s", (int)MIN(v->n, 64u), v->p ? v->p : "", type);
}

/* ---- To int */

static struct cel_value uint_to_int(struct cel_call *call, const struct cel_value *args, size_t n) {
    return args[0].u <= INT64_MAX ? cel_int((int64_t)args[0].u) : out_of_range(call, "int");
}

/* The ends are refused: a double can't tell them from what lies outside. */
static struct cel_value double_to_int(struct cel_call *call, const struct cel_value *args, size_t n) {
    double d = args[0].d;
    return d > -0x1p63 && d < 0x1p63 ? cel_int((int64_t)d) : out_of_range(call, "int");
}

static struct cel_value string_to_int(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct str s = cel_str(&args[0]);
    bool is_negative = s.n && s.p[0] == '-', has_sign = is_negative || (s.n && s.p[0] == '+');
    uint64_t u;
    if (!str_to_u64(str_from(s, has_sign), 10, &u) || u > (uint64_t)INT64_MAX + is_negative) {
        return no_number(call, &args[0], "int");
    }
    return cel_int((int64_t)(is_negative ? 0 - u : u));
}

static struct cel_value timestamp_to_int(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_int(args[0].i);
}

/* ---- To uint */

static struct cel_value int_to_uint(struct cel_call *call, const struct cel_value *args, size_t n) {
    return args[0].i >= 0 ? cel_uint((uint64_t)args[0].i) : out_of_range(call, "uint");
}

static struct cel_value double_to_uint(struct cel_call *call, const struct cel_value *args, size_t n) {
    double d = args[0].d;
    return d > -1 && d < 0x1p64 ? cel_uint((uint64_t)d) : out_of_range(call, "uint");
}

static struct cel_value string_to_uint(struct cel_call *call, const struct cel_value *args, size_t n) {
    uint64_t u;
    return str_to_u64(cel_str(&args[0]), 10, &u) ? cel_uint(u) : no_number(call, &args[0], "uint");
}

/* ---- To double */

static struct cel_value int_to_double(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_double((double)args[0].i);
}

static struct cel_value uint_to_double(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_double((double)args[0].u);
}

static size_t count_digits(struct str *s) {
    size_t n = 0;
    while (n < s->n && ascii_is_digit(s->p[n])) {
        n++;
    }
    *s = str_from(*s, n);
    return n;
}

static bool take_sign(struct str *s) {
    bool has_sign = s->n && (s->p[0] == '-' || s->p[0] == '+');
    *s = str_from(*s, has_sign);
    return has_sign;
}

/* [+-] digits [. digits] [e [+-] digits], with a digit on one side of the point. */
static bool is_decimal(struct str s) {
    take_sign(&s);
    size_t digits = count_digits(&s);
    if (s.n && s.p[0] == '.') {
        s = str_from(s, 1);
        digits += count_digits(&s);
    }
    if (!digits) {
        return false;
    }
    if (s.n && ascii_lower(s.p[0]) == 'e') {
        s = str_from(s, 1);
        take_sign(&s);
        return count_digits(&s) && !s.n;
    }
    return !s.n;
}

static bool special_double(struct str s, double *out) {
    bool is_negative = s.n && s.p[0] == '-';
    take_sign(&s);
    if (str_eq_nocase(s, STR("inf")) || str_eq_nocase(s, STR("infinity"))) {
        *out = is_negative ? -(double)INFINITY : (double)INFINITY;
        return true;
    }
    *out = (double)NAN;
    return str_eq_nocase(s, STR("nan"));
}

static struct cel_value string_to_double(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct str s = cel_str(&args[0]);
    double d;
    if (special_double(s, &d)) {
        return cel_double(d);
    }
    if (!is_decimal(s)) {
        return no_number(call, &args[0], "double");
    }
    if (!cel_spend(call, s.n)) {
        return cel_over_budget(call);
    }
    if (!number_to_double(s, &d)) {
        return cel_no_memory(call);
    }
    return isinf(d) ? out_of_range(call, "double") : cel_double(d);
}

/* ---- To bool */

static struct cel_value string_to_bool(struct cel_call *call, const struct cel_value *args, size_t n) {
    static const char *const yes[] = {"1", "t", "T", "true", "TRUE", "True"};
    static const char *const no[] = {"0", "f", "F", "false", "FALSE", "False"};
    for (size_t i = 0; i < ARRAY_SIZE(yes); i++) {
        if (str_eq(cel_str(&args[0]), str_c(yes[i]))) {
            return cel_bool(true);
        }
        if (str_eq(cel_str(&args[0]), str_c(no[i]))) {
            return cel_bool(false);
        }
    }
    return no_number(call, &args[0], "bool");
}

/* ---- To string and bytes */

static struct cel_value bool_to_string(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_string(args[0].b ? STR("true") : STR("false"));
}

static struct cel_value uint_to_string(struct cel_call *call, const struct cel_value *args, size_t n) {
    char text[NUMBER_TEXT];
    return cel_copy_string(call, str_n(text, number_from_uint(args[0].u, text)));
}

static struct cel_value int_to_string(struct cel_call *call, const struct cel_value *args, size_t n) {
    char text[NUMBER_TEXT];
    bool is_negative = args[0].i < 0;
    text[0] = '-';
    uint64_t u = is_negative ? 0 - (uint64_t)args[0].i : (uint64_t)args[0].i;
    char digits[NUMBER_TEXT];
    size_t count = number_from_uint(u, digits);
    memcpy(text + is_negative, digits, count);
    return cel_copy_string(call, str_n(text, count + is_negative));
}

static struct cel_value double_to_string(struct cel_call *call, const struct cel_value *args, size_t n) {
    char text[NUMBER_TEXT];
    double d = args[0].d;
    if (isnan(d)) {
        return cel_string(STR("NaN"));
    }
    if (isinf(d)) {
        return cel_string(d < 0 ? STR("-Inf") : STR("+Inf"));
    }
    return cel_copy_string(call, str_n(text, number_from_double(d, text)));
}

static struct cel_value bytes_to_string(struct cel_call *call, const struct cel_value *args, size_t n) {
    if (!cel_spend(call, args[0].n)) {
        return cel_over_budget(call);
    }
    return utf8_is_valid(cel_str(&args[0])) ? cel_string(cel_str(&args[0]))
                                            : cel_error(call, "the bytes are not UTF-8");
}

static struct cel_value timestamp_to_string(struct cel_call *call, const struct cel_value *args, size_t n) {
    char text[TIMESTAMP_TEXT];
    return cel_copy_string(call, str_n(text, timestamp_format(cel_to_timestamp(&args[0]), text)));
}

static struct cel_value duration_to_string(struct cel_call *call, const struct cel_value *args, size_t n) {
    char text[DURATION_TEXT];
    return cel_copy_string(call, str_n(text, duration_format((struct duration){args[0].i}, text)));
}

static struct cel_value string_to_bytes(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_bytes(cel_str(&args[0]));
}

/* ---- To timestamp and duration */

static struct cel_value string_to_timestamp(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct timestamp t;
    struct err err = ERR_NONE;
    return timestamp_parse(cel_str(&args[0]), &t, &err) < 0 ? cel_error_from(call, &err)
                                                            : cel_from_timestamp(t);
}

static struct cel_value int_to_timestamp(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct timestamp t;
    struct err err = ERR_NONE;
    return timestamp_from(args[0].i, 0, &t, &err) < 0 ? cel_error_from(call, &err) : cel_from_timestamp(t);
}

static struct cel_value string_to_duration(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct duration d;
    struct err err = ERR_NONE;
    return duration_parse(cel_str(&args[0]), &d, &err) < 0 ? cel_error_from(call, &err)
                                                           : cel_duration(d.nanoseconds);
}

#define TIMESTAMP "google.protobuf.Timestamp"
#define DURATION  "google.protobuf.Duration"

static const struct cel_function functions[] = {
    {"int", "(int) int", same},
    {"int", "(uint) int", uint_to_int},
    {"int", "(double) int", double_to_int},
    {"int", "(string) int", string_to_int},
    {"int", "(" TIMESTAMP ") int", timestamp_to_int},
    {"uint", "(uint) uint", same},
    {"uint", "(int) uint", int_to_uint},
    {"uint", "(double) uint", double_to_uint},
    {"uint", "(string) uint", string_to_uint},
    {"double", "(double) double", same},
    {"double", "(int) double", int_to_double},
    {"double", "(uint) double", uint_to_double},
    {"double", "(string) double", string_to_double},
    {"bool", "(bool) bool", same},
    {"bool", "(string) bool", string_to_bool},
    {"string", "(string) string", same},
    {"string", "(bool) string", bool_to_string},
    {"string", "(int) string", int_to_string},
    {"string", "(uint) string", uint_to_string},
    {"string", "(double) string", double_to_string},
    {"string", "(bytes) string", bytes_to_string},
    {"string", "(" TIMESTAMP ") string", timestamp_to_string},
    {"string", "(" DURATION ") string", duration_to_string},
    {"bytes", "(bytes) bytes", same},
    {"bytes", "(string) bytes", string_to_bytes},
    {"timestamp", "(" TIMESTAMP ") " TIMESTAMP, same},
    {"timestamp", "(string) " TIMESTAMP, string_to_timestamp},
    {"timestamp", "(int) " TIMESTAMP, int_to_timestamp},
    {"duration", "(" DURATION ") " DURATION, same},
    {"duration", "(string) " DURATION, string_to_duration},
};

const struct cel_library cel_library_conversions = {"conversions", functions, ARRAY_SIZE(functions), NULL, 0};
