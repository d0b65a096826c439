#include "cel/values/quantity.h"

#include <math.h>
#include <stdlib.h>

/* What Kubernetes promises to hold, and the digits that it lets into an int64. */
enum { NANO = -9, INT64_DIGITS = 18, SHORT_BINARY_DIGITS = 15 };
/* Past any exponent that means something, and far from where sums of exponents leave 32 bits. */
enum { LARGEST_EXPONENT = 1000000 };

static const struct {
    struct str text;
    enum quantity_format format;
    int exponent; /* of 10, or of 2 with a binary suffix */
} suffixes[] = {
    {{"", 0}, QUANTITY_DECIMAL_SI, 0},   {{"n", 1}, QUANTITY_DECIMAL_SI, -9},
    {{"u", 1}, QUANTITY_DECIMAL_SI, -6}, {{"m", 1}, QUANTITY_DECIMAL_SI, -3},
    {{"k", 1}, QUANTITY_DECIMAL_SI, 3},  {{"M", 1}, QUANTITY_DECIMAL_SI, 6},
    {{"G", 1}, QUANTITY_DECIMAL_SI, 9},  {{"T", 1}, QUANTITY_DECIMAL_SI, 12},
    {{"P", 1}, QUANTITY_DECIMAL_SI, 15}, {{"E", 1}, QUANTITY_DECIMAL_SI, 18},
    {{"Ki", 2}, QUANTITY_BINARY_SI, 10}, {{"Mi", 2}, QUANTITY_BINARY_SI, 20},
    {{"Gi", 2}, QUANTITY_BINARY_SI, 30}, {{"Ti", 2}, QUANTITY_BINARY_SI, 40},
    {{"Pi", 2}, QUANTITY_BINARY_SI, 50}, {{"Ei", 2}, QUANTITY_BINARY_SI, 60},
};

static int too_long(struct err *err) {
    return err_set(err, ERR_LIMIT, "a quantity of more than %d digits", QUANTITY_DIGITS);
}

/* ---- Magnitudes */

static void trim(struct quantity *q) {
    while (q->n && q->digits[q->n - 1] == 0) {
        q->n--;
    }
    if (q->n == 0) {
        q->sign = 0;
    }
}

static bool push_digit(struct quantity *q, unsigned digit) {
    if (q->n == QUANTITY_DIGITS) {
        return false;
    }
    q->digits[q->n++] = (uint8_t)digit;
    return true;
}

/* Times a small number; false when it gets too long. */
static bool multiply(struct quantity *q, unsigned factor) {
    unsigned carry = 0;
    for (uint32_t i = 0; i < q->n; i++) {
        carry += q->digits[i] * factor;
        q->digits[i] = (uint8_t)(carry % 10);
        carry /= 10;
    }
    for (; carry; carry /= 10) {
        if (!push_digit(q, carry % 10)) {
            return false;
        }
    }
    return true;
}

/* By a small number; returns what is left over. */
static unsigned divide(struct quantity *q, unsigned divisor) {
    unsigned rest = 0;
    for (uint32_t i = q->n; i-- > 0;) {
        rest = rest * 10 + q->digits[i];
        q->digits[i] = (uint8_t)(rest / divisor);
        rest %= divisor;
    }
    trim(q);
    return rest;
}

/* The same value with a lower scale: zeros come in at the low end. */
static bool lower_scale(struct quantity *q, int32_t scale) {
    int64_t zeros = (int64_t)q->scale - scale;
    assert(zeros >= 0);
    if (q->n && zeros > (int64_t)(QUANTITY_DIGITS - q->n)) {
        return false;
    }
    if (q->n) {
        memmove(q->digits + zeros, q->digits, q->n);
        memset(q->digits, 0, (size_t)zeros);
        q->n += (uint32_t)zeros;
    }
    q->scale = scale;
    return true;
}

/* Away from zero, to a higher scale. */
static void round_up(struct quantity *q, int32_t scale) {
    int64_t cut = (int64_t)scale - q->scale;
    bool is_exact = true;
    size_t drop = (size_t)MIN(cut, (int64_t)q->n);
    for (size_t i = 0; i < drop; i++) {
        is_exact = is_exact && q->digits[i] == 0;
    }
    q->n -= (uint32_t)drop;
    memmove(q->digits, q->digits + drop, q->n);
    q->scale = scale;
    if (!is_exact) {
        size_t i = 0;
        for (; i < q->n && q->digits[i] == 9; i++) {
            q->digits[i] = 0;
        }
        if (i < q->n) {
            q->digits[i]++;
        } else {
            q->digits[q->n++] = 1; /* a digit was dropped, so that there is room */
        }
    }
}

static int compare_digits(const struct quantity *a, const struct quantity *b) {
    int64_t high_a = (int64_t)a->n + a->scale, high_b = (int64_t)b->n + b->scale;
    if (high_a != high_b) {
        return high_a > high_b ? 1 : -1;
    }
    for (uint32_t i = 1; i <= MAX(a->n, b->n); i++) {
        int x = i <= a->n ? a->digits[a->n - i] : 0, y = i <= b->n ? b->digits[b->n - i] : 0;
        if (x != y) {
            return x > y ? 1 : -1;
        }
    }
    return 0;
}

/* a += b, of one scale. */
static bool add_digits(struct quantity *a, const struct quantity *b) {
    unsigned carry = 0;
    for (uint32_t i = 0; i < b->n || carry; i++) {
        if (i == a->n && !push_digit(a, 0)) {
            return false;
        }
        carry += a->digits[i] + (i < b->n ? b->digits[i] : 0u);
        a->digits[i] = (uint8_t)(carry % 10);
        carry /= 10;
    }
    return true;
}

/* a -= b, of one scale, a the larger. */
static void sub_digits(struct quantity *a, const struct quantity *b) {
    int borrow = 0;
    for (uint32_t i = 0; i < a->n; i++) {
        int digit = a->digits[i] - (i < b->n ? b->digits[i] : 0) - borrow;
        borrow = digit < 0;
        a->digits[i] = (uint8_t)(digit + (borrow ? 10 : 0));
    }
    assert(borrow == 0);
    trim(a);
}

static void set_magnitude(struct quantity *q, uint64_t value) {
    q->n = 0;
    for (; value; value /= 10) {
        push_digit(q, (unsigned)(value % 10));
    }
}

/* The digits as they stand, without the scale. */
static bool unscaled_int(const struct quantity *q, int64_t *out) {
    int64_t value = 0;
    for (uint32_t i = q->n; i-- > 0;) {
        if (!mul_fits(value, INT64_C(10), &value) ||
            !add_fits(value, (int64_t)(q->sign < 0 ? -q->digits[i] : q->digits[i]), &value)) {
            return false;
        }
    }
    *out = value;
    return true;
}

/* ---- Reading */

/* A quantity's text in its parts. whole has no zeros in front, but is "0" rather than nothing: Kubernetes
 * takes "Mi", "-" and "." for zero, though its documents say otherwise. */
struct parts {
    struct str whole, fraction, suffix;
    bool is_negative;
};

static struct str take_digits(struct str *s) {
    size_t n = 0;
    while (n < s->n && ascii_is_digit(s->p[n])) {
        n++;
    }
    struct str digits = str_sub(*s, 0, n);
    *s = str_from(*s, n);
    return digits;
}

static struct parts split(struct str text) {
    struct parts parts = {.is_negative = str_starts(text, STR("-"))};
    struct str rest = parts.is_negative || str_starts(text, STR("+")) ? str_from(text, 1) : text;
    parts.whole = take_digits(&rest);
    if (str_starts(rest, STR("."))) {
        rest = str_from(rest, 1);
        parts.fraction = take_digits(&rest);
    }
    while (parts.whole.n && parts.whole.p[0] == '0') {
        parts.whole = str_from(parts.whole, 1);
    }
    if (parts.whole.n == 0) {
        parts.whole = STR("0");
    }
    parts.suffix = rest;
    return parts;
}

/* "e9", "E-3" */
static int read_exponent(struct str s, int *exponent, struct err *err) {
    uint64_t value;
    struct str digits = str_from(s, 1);
    bool is_negative = str_starts(digits, STR("-"));
    if (is_negative || str_starts(digits, STR("+"))) {
        digits = str_from(digits, 1);
    }
    struct str rest = digits;
    if (s.n == 0 || ascii_lower(s.p[0]) != 'e' || take_digits(&rest).n == 0 || rest.n) {
        return err_set(err, ERR_INPUT, "there is no suffix \"%.*s\"", STR_ARG(str_sub(s, 0, 16)));
    }
    if (!str_to_u64(digits, 10, &value) || value > LARGEST_EXPONENT) {
        return err_set(err, ERR_LIMIT, "an exponent above %d", LARGEST_EXPONENT);
    }
    *exponent = is_negative ? -(int)value : (int)value;
    return 0;
}

static int read_suffix(struct str s, enum quantity_format *format, int *exponent, struct err *err) {
    for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
        if (str_eq(s, suffixes[i].text)) {
            *format = suffixes[i].format;
            *exponent = suffixes[i].exponent;
            return 0;
        }
    }
    *format = QUANTITY_DECIMAL_EXPONENT;
    return read_exponent(s, exponent, err);
}

/* Whole and fraction as one number. */
static int read_digits(const struct parts *parts, struct quantity *q, struct err *err) {
    if (parts->whole.n + parts->fraction.n > QUANTITY_DIGITS) {
        return too_long(err);
    }
    for (size_t i = parts->fraction.n; i-- > 0;) {
        push_digit(q, (unsigned)(parts->fraction.p[i] - '0'));
    }
    for (size_t i = parts->whole.n; i-- > 0;) {
        push_digit(q, (unsigned)(parts->whole.p[i] - '0'));
    }
    trim(q);
    return 0;
}

/* Whether Kubernetes keeps it as an int64. It counts digits as written. */
static bool is_short(const struct parts *parts, enum quantity_format format, int exponent) {
    size_t digits = parts->whole.n + parts->fraction.n;
    if (format == QUANTITY_BINARY_SI) {
        return parts->fraction.n == 0 && digits + (size_t)exponent * 3 / 10 + 1 <= SHORT_BINARY_DIGITS;
    }
    return digits <= INT64_DIGITS && exponent - (int)parts->fraction.n >= NANO;
}

/* To exactly nano-units, and binary ones no further than int64: what Kubernetes does to long ones. */
static int settle(struct quantity *q, struct err *err) {
    static const uint64_t largest = INT64_MAX;
    q->is_long = true;
    if (q->scale < NANO) {
        round_up(q, NANO);
    } else if (q->n && !lower_scale(q, NANO)) {
        return too_long(err);
    }
    struct quantity bound = {.sign = 1}, one = quantity_from_int(1);
    set_magnitude(&bound, largest);
    if (q->format != QUANTITY_BINARY_SI || q->n == 0) {
        return 0;
    }
    if (compare_digits(q, &bound) > 0) {
        q->n = 0;
        q->scale = 0;
        set_magnitude(q, largest);
    } else if (compare_digits(q, &one) < 0) {
        q->format = QUANTITY_DECIMAL_SI;
    }
    return 0;
}

static int parse(const struct parts *parts, struct quantity *q, struct err *err) {
    int exponent = 0, status = read_suffix(parts->suffix, &q->format, &exponent, err);
    if (status == 0) {
        status = read_digits(parts, q, err);
    }
    if (status < 0) {
        return status;
    }
    q->scale = -(int32_t)parts->fraction.n;
    if (q->format != QUANTITY_BINARY_SI) {
        q->scale += exponent;
    } else {
        for (int i = 0; i < exponent; i += 10) {
            if (!multiply(q, 1024)) {
                return too_long(err);
            }
        }
    }
    return is_short(parts, q->format, exponent) ? 0 : settle(q, err);
}

int quantity_parse(struct str text, struct quantity *out, struct err *err) {
    struct parts parts = split(text);
    *out = (struct quantity){.sign = parts.is_negative ? -1 : 1};
    struct err fault = ERR_NONE;
    int status = text.n ? parse(&parts, out, &fault) : err_set(&fault, ERR_INPUT, "it is empty");
    if (status < 0) {
        return err_set(err, (enum err_code)status, "\"%.*s\" is not a quantity: %s",
                       STR_ARG(str_sub(text, 0, 64)), fault.message);
    }
    return 0;
}

/* ---- Arithmetic */

struct quantity quantity_from_int(int64_t value) {
    struct quantity q = {.format = QUANTITY_DECIMAL_EXPONENT, .sign = (value > 0) - (value < 0)};
    set_magnitude(&q, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
    return q;
}

int quantity_compare(const struct quantity *a, const struct quantity *b) {
    if (a->sign != b->sign) {
        return a->sign > b->sign ? 1 : -1;
    }
    return a->sign == 0 ? 0 : a->sign * compare_digits(a, b);
}

/* a += b, of one scale. */
static bool add_signed(struct quantity *a, const struct quantity *b) {
    if (a->sign == b->sign) {
        return add_digits(a, b);
    }
    if (compare_digits(a, b) >= 0) {
        sub_digits(a, b);
        return true;
    }
    struct quantity larger = *b;
    sub_digits(&larger, a);
    memcpy(a->digits, larger.digits, larger.n);
    a->n = larger.n;
    a->sign = larger.sign;
    return true;
}

static int add(const struct quantity *a, struct quantity b, struct quantity *out, struct err *err) {
    struct quantity sum = *a;
    int64_t value;
    if (a->sign == 0) {
        sum = b;
    } else if (b.sign != 0) {
        int32_t scale = MIN(a->scale, b.scale);
        if (!lower_scale(&sum, scale) || !lower_scale(&b, scale) || !add_signed(&sum, &b)) {
            return too_long(err);
        }
    }
    sum.is_long = a->is_long || b.is_long || !unscaled_int(&sum, &value);
    *out = sum;
    return 0;
}

int quantity_add(const struct quantity *a, const struct quantity *b, struct quantity *out, struct err *err) {
    return add(a, *b, out, err);
}

int quantity_sub(const struct quantity *a, const struct quantity *b, struct quantity *out, struct err *err) {
    struct quantity negative = *b;
    negative.sign = -b->sign;
    return add(a, negative, out, err);
}

bool quantity_to_int(const struct quantity *q, int64_t *out) {
    struct quantity whole = *q;
    int64_t value;
    if (q->is_long || (q->scale < 0) || !lower_scale(&whole, 0) || !unscaled_int(&whole, &value)) {
        return false;
    }
    if (out) {
        *out = value;
    }
    return true;
}

/* ---- Writing */

static size_t put_digits(const struct quantity *q, char *out) {
    size_t n = 0;
    if (q->sign < 0) {
        out[n++] = '-';
    }
    for (uint32_t i = q->n; i-- > 0;) {
        out[n++] = (char)('0' + q->digits[i]);
    }
    out[n] = 0;
    return n;
}

/* Two steps, as Kubernetes takes them: the digits to the nearest, then times a power of ten. */
double quantity_to_double(const struct quantity *q) {
    char text[QUANTITY_TEXT] = "0";
    if (q->n) {
        put_digits(q, text); /* digits alone: no locale changes their meaning */
    }
    double value = strtod(text, NULL);
    return q->scale && q->n ? value * pow(10, q->scale) : value;
}

static void strip_zeros(struct quantity *q) {
    uint32_t zeros = 0;
    while (zeros < q->n && q->digits[zeros] == 0) {
        zeros++;
    }
    q->n -= zeros;
    memmove(q->digits, q->digits + zeros, q->n);
    q->scale += (int32_t)zeros;
}

static struct str find_suffix(enum quantity_format format, int exponent) {
    for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
        if (suffixes[i].format == format && suffixes[i].exponent == exponent) {
            return suffixes[i].text;
        }
    }
    return STR_NONE;
}

static size_t put_suffix(const struct quantity *q, enum quantity_format format, int exponent, char *out) {
    size_t n = put_digits(q, out);
    struct str suffix = find_suffix(format, exponent);
    if (suffix.p) {
        memcpy(out + n, suffix.p, suffix.n);
        out[n += suffix.n] = 0;
    } else if (exponent) {
        n += (size_t)snprintf(out + n, QUANTITY_TEXT - n, "e%d", exponent);
    }
    return n;
}

/* A power of 1024, when it is one at all: false for fractions and what is too long. */
static bool format_binary(struct quantity q, char out[QUANTITY_TEXT], size_t *n) {
    if (q.scale < 0 || !lower_scale(&q, 0)) {
        return false;
    }
    int exponent = 0;
    for (struct quantity part = q; exponent < 60 && divide(&part, 1024) == 0; exponent += 10) {
        q = part;
    }
    *n = put_suffix(&q, exponent ? QUANTITY_BINARY_SI : QUANTITY_DECIMAL_SI, exponent, out);
    return true;
}

size_t quantity_format(const struct quantity *q, char out[QUANTITY_TEXT]) {
    struct quantity canonical = *q, bound = quantity_from_int(1024);
    size_t n;
    strip_zeros(&canonical);
    if (q->n == 0) {
        canonical.scale = 0;
        out[0] = '0';
        out[1] = 0;
        return 1;
    }
    if (q->format == QUANTITY_BINARY_SI && compare_digits(&canonical, &bound) >= 0 &&
        format_binary(canonical, out, &n)) {
        return n;
    }
    int over = (canonical.scale % 3 + 3) % 3;
    if (!lower_scale(&canonical, canonical.scale - over)) {
        assert(canonical.n > QUANTITY_DIGITS - 3); /* then its exponent is none of three */
    }
    enum quantity_format format =
        q->format == QUANTITY_DECIMAL_EXPONENT ? QUANTITY_DECIMAL_EXPONENT : QUANTITY_DECIMAL_SI;
    return put_suffix(&canonical, format, canonical.scale, out);
}
