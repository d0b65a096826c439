#include "doc/yaml_scalar.h"

#include "base/base64.h"
#include "doc/number.h"

#include <math.h>

/* The regular expressions of YAML 1.2.2 section 10.3.2, "Tag Resolution". */

static bool is_one_of(struct str s, const struct str *words, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (str_eq(s, words[i])) {
            return true;
        }
    }
    return false;
}

static bool set_null(struct doc *d, struct str s) {
    static const struct str words[] = {STR(""), STR("~"), STR("null"), STR("Null"), STR("NULL")};
    d->kind = DOC_NULL;
    return is_one_of(s, words, ARRAY_SIZE(words));
}

static bool set_bool(struct doc *d, struct str s) {
    static const struct str words[] = {STR("true"),  STR("True"),  STR("TRUE"),
                                       STR("false"), STR("False"), STR("FALSE")};
    d->kind = DOC_BOOL;
    d->b = s.n == 4;
    return is_one_of(s, words, ARRAY_SIZE(words));
}

static bool set_magnitude(struct doc *d, uint64_t magnitude, bool is_negative) {
    if (is_negative && magnitude > (uint64_t)INT64_MAX + 1) {
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

static bool has_sign(struct str s) {
    return s.n && (s.p[0] == '+' || s.p[0] == '-');
}

/* False also for an integer that does not fit 64 bits: it becomes a double. */
static bool set_integer(struct doc *d, struct str s) {
    uint64_t magnitude;
    if (str_starts(s, STR("0o")) || str_starts(s, STR("0x"))) {
        return str_to_u64(str_from(s, 2), s.p[1] == 'o' ? 8 : 16, &magnitude) &&
               set_magnitude(d, magnitude, false);
    }
    return str_to_u64(str_from(s, has_sign(s)), 10, &magnitude) && set_magnitude(d, magnitude, s.p[0] == '-');
}

static size_t count_digits(struct str s) {
    size_t n = 0;
    while (n < s.n && ascii_is_digit(s.p[n])) {
        n++;
    }
    return n;
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool is_float(struct str s) {
    s = str_from(s, has_sign(s));
    size_t whole = count_digits(s), fraction = 0;
    s = str_from(s, whole);
    if (s.n && s.p[0] == '.') {
        fraction = count_digits(str_from(s, 1));
        s = str_from(s, 1 + fraction);
    }
    if (whole + fraction == 0) {
        return false;
    }
    if (s.n && ascii_lower(s.p[0]) == 'e') {
        s = str_from(s, 1);
        s = str_from(s, has_sign(s));
        return s.n > 0 && count_digits(s) == s.n;
    }
    return s.n == 0;
}

static bool set_special_float(struct doc *d, struct str s) {
    static const struct str infinities[] = {STR(".inf"), STR(".Inf"), STR(".INF")};
    static const struct str nans[] = {STR(".nan"), STR(".NaN"), STR(".NAN")};
    d->kind = DOC_DOUBLE;
    if (is_one_of(s, nans, ARRAY_SIZE(nans))) {
        d->d = NAN;
        return true;
    }
    d->d = has_sign(s) && s.p[0] == '-' ? -INFINITY : INFINITY;
    return is_one_of(str_from(s, has_sign(s)), infinities, ARRAY_SIZE(infinities));
}

static enum yaml_scalar_result set_float(struct doc *d, struct str s) {
    if (set_special_float(d, s)) {
        return YAML_SCALAR_OK;
    }
    if (!is_float(s)) {
        return YAML_SCALAR_WRONG;
    }
    return number_to_double(s, &d->d) ? YAML_SCALAR_OK : YAML_SCALAR_NO_MEMORY;
}

static enum yaml_scalar_result set_string(struct doc *d, struct str s, enum doc_kind kind) {
    d->kind = kind;
    d->s = s;
    return YAML_SCALAR_OK;
}

static enum yaml_scalar_result resolve_plain(struct doc *d, struct str s) {
    /* Most scalars are words: the first byte tells. */
    if (s.n && ascii_is_alpha(s.p[0]) && !memchr("nNtTfF", s.p[0], 6)) {
        return set_string(d, s, DOC_STRING);
    }
    if (set_null(d, s) || set_bool(d, s) || set_integer(d, s)) {
        return YAML_SCALAR_OK;
    }
    enum yaml_scalar_result result = set_float(d, s);
    return result == YAML_SCALAR_WRONG ? set_string(d, s, DOC_STRING) : result;
}

static enum yaml_scalar_result set_binary(struct arena *arena, struct doc *d, struct str s) {
    struct str bytes;
    int r = base64_decode(arena, s, &bytes);
    if (r == 0) {
        return set_string(d, bytes, DOC_BYTES);
    }
    return r == ERR_MEMORY ? YAML_SCALAR_NO_MEMORY : YAML_SCALAR_WRONG;
}

enum yaml_scalar_result yaml_scalar_resolve(struct arena *arena, struct doc *d, struct str text,
                                            struct str tag, bool is_plain) {
    if (tag.n == 0) {
        return is_plain ? resolve_plain(d, text) : set_string(d, text, DOC_STRING);
    }
    if (!str_starts(tag, STR("tag:yaml.org,2002:"))) {
        return set_string(d, text, DOC_STRING);
    }
    struct str type = str_from(tag, STR("tag:yaml.org,2002:").n);
    if (str_eq(type, STR("null"))) {
        return set_null(d, text) ? YAML_SCALAR_OK : YAML_SCALAR_WRONG;
    }
    if (str_eq(type, STR("bool"))) {
        return set_bool(d, text) ? YAML_SCALAR_OK : YAML_SCALAR_WRONG;
    }
    if (str_eq(type, STR("int"))) {
        return set_integer(d, text) ? YAML_SCALAR_OK : YAML_SCALAR_WRONG;
    }
    if (str_eq(type, STR("float"))) {
        return set_float(d, text);
    }
    if (str_eq(type, STR("binary"))) {
        return set_binary(arena, d, text);
    }
    return set_string(d, text, str_eq(type, STR("timestamp")) ? DOC_TIMESTAMP : DOC_STRING);
}

/* ---- YAML 1.1 (yaml.org/type/bool.html, yaml.org/type/int.html), without its integers to the base 60 ----
 */

static bool set_bool_1_1(struct doc *d, struct str s) {
    static const struct str yes[] = {STR("y"),   STR("Y"),  STR("yes"), STR("Yes"),
                                     STR("YES"), STR("on"), STR("On"),  STR("ON")};
    static const struct str no[] = {STR("n"),  STR("N"),   STR("no"),  STR("No"),
                                    STR("NO"), STR("off"), STR("Off"), STR("OFF")};
    d->kind = DOC_BOOL;
    d->b = is_one_of(s, yes, ARRAY_SIZE(yes));
    return d->b || is_one_of(s, no, ARRAY_SIZE(no));
}

static bool set_integer_1_1(struct doc *d, struct str s) {
    char digits[72]; /* of 64 bits to the base 2, with some zeros */
    size_t n = 0;
    uint64_t magnitude;
    bool is_negative = s.p[0] == '-';
    s = str_from(s, has_sign(s));
    if (!s.n || !ascii_is_digit(s.p[0])) {
        return false;
    }
    unsigned base = s.p[0] == '0' && s.n > 1 ? 8 : 10;
    if (base == 8 && (ascii_lower(s.p[1]) == 'b' || ascii_lower(s.p[1]) == 'x')) {
        base = ascii_lower(s.p[1]) == 'b' ? 2 : 16;
        s = str_from(s, 2);
    }
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '_' && n == sizeof digits) {
            return false;
        }
        if (s.p[i] != '_') {
            digits[n++] = s.p[i];
        }
    }
    return str_to_u64(str_n(digits, n), base, &magnitude) && set_magnitude(d, magnitude, is_negative);
}

bool yaml_scalar_resolve_1_1(struct doc *d, struct str text) {
    return text.n && (set_bool_1_1(d, text) || set_integer_1_1(d, text));
}
