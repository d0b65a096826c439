#include "doc/number.h"

#include "base/mem.h"

#include <locale.h>

/* A double holds every integer of 53 bits and every power of ten up to 22 exactly, so that one multiplication
 * or division of two such is rounded once, to the nearest (W. Clinger, "How to read floating point numbers
 * accurately"). */
enum { EXACT_POWER = 22, SMALL_EXPONENT = 10000 };
static const double powers[EXACT_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                               1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                               1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

struct decimal {
    uint64_t digits;
    int exponent;
    bool is_negative, is_exact;
};

static void add_digit(struct decimal *d, char c) {
    if (d->digits >= ((uint64_t)1 << 53) / 10) {
        d->is_exact = false;
        return;
    }
    d->digits = d->digits * 10 + (uint64_t)(c - '0');
}

static int read_exponent(struct str s) {
    int sign = s.n && s.p[0] == '-' ? -1 : 1, value = 0;
    for (size_t i = 0; i < s.n && value < SMALL_EXPONENT; i++) {
        value = ascii_is_digit(s.p[i]) ? value * 10 + (s.p[i] - '0') : value;
    }
    return sign * value;
}

static struct decimal read_decimal(struct str text) {
    struct decimal d = {.is_exact = true, .is_negative = text.n && text.p[0] == '-'};
    bool is_fraction = false;
    for (size_t i = 0; i < text.n && d.is_exact; i++) {
        char c = text.p[i];
        if (ascii_is_digit(c)) {
            add_digit(&d, c);
            d.exponent -= is_fraction;
        } else if (c == '.') {
            is_fraction = true;
        } else if (ascii_lower(c) == 'e') {
            d.exponent += read_exponent(str_from(text, i + 1));
            break;
        }
    }
    return d;
}

/* "C" is a static object of the C library: nothing to free, and it can't fail. */
static locale_t c_locale(void) {
    return newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

static bool read_slowly(struct str text, double *out) {
    char small[128];
    _cleanup_(mem_freep) char *large = NULL;
    char *copy = small;
    if (text.n >= sizeof small) {
        large = mem_alloc(text.n + 1);
        if (!large) {
            return false;
        }
        copy = large;
    }
    memcpy(copy, text.p, text.n);
    copy[text.n] = 0;
    *out = strtod_l(copy, NULL, c_locale());
    return true;
}

bool number_to_double(struct str text, double *out) {
    struct decimal d = read_decimal(text);
    if (!d.is_exact || d.exponent < -EXACT_POWER || d.exponent > EXACT_POWER) {
        return read_slowly(text, out);
    }
    double value = (double)d.digits;
    value = d.exponent < 0 ? value / powers[-d.exponent] : value * powers[d.exponent];
    *out = d.is_negative ? -value : value;
    return true;
}

size_t number_from_uint(uint64_t u, char out[NUMBER_TEXT]) {
    char digits[NUMBER_TEXT];
    size_t n = 0, at = sizeof digits;
    do {
        digits[--at] = (char)('0' + u % 10);
        u /= 10;
    } while (u);
    while (at < sizeof digits) {
        out[n++] = digits[at++];
    }
    out[n] = 0;
    return n;
}

/* Scores and shares have few decimals: as thousandths they are whole, and need no search. Dividing by 1000
 * rounds as reading the text does, so the text reads back as d. 0 when d is none of these. */
static size_t write_short(double d, char out[NUMBER_TEXT]) {
    if (!(d >= 0.001 && d < 1e6)) {
        return 0;
    }
    uint32_t thousandths = (uint32_t)(d * 1000 + 0.5), whole = thousandths / 1000, rest = thousandths % 1000;
    if (thousandths / 1000.0 != d) {
        return 0;
    }
    size_t n = number_from_uint(whole, out);
    if (rest) {
        out[n++] = '.';
    }
    for (uint32_t unit = 100; rest; unit /= 10) {
        out[n++] = (char)('0' + rest / unit);
        rest %= unit;
    }
    out[n] = 0;
    return n;
}

size_t number_from_double(double d, char out[NUMBER_TEXT]) {
    size_t brief = write_short(d, out);
    if (brief) {
        return brief;
    }
    locale_t before = uselocale(c_locale());
    int n = 0;
    for (int digits = 15; digits <= 17; digits++) {
        n = snprintf(out, NUMBER_TEXT, "%.*g", digits, d);
        if (strtod(out, NULL) == d) {
            break;
        }
    }
    uselocale(before);
    assert(n > 0 && n < NUMBER_TEXT);
    return (size_t)n;
}
