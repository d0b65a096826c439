#include "vuln/version/scheme.h"

struct str take_digits(struct str *rest) {
    size_t n = 0;
    while (n < rest->n && ascii_is_digit(rest->p[n])) {
        n++;
    }
    struct str digits = str_sub(*rest, 0, n);
    *rest = str_from(*rest, n);
    return digits;
}

struct str take_until(struct str *rest, const char *stops) {
    size_t n = 0;
    while (n < rest->n && (rest->p[n] == '\0' || !strchr(stops, rest->p[n]))) {
        n++;
    }
    struct str part = str_sub(*rest, 0, n);
    *rest = str_from(*rest, n);
    return part;
}

bool take_byte(struct str *rest, char c) {
    if (rest->n == 0 || rest->p[0] != c) {
        return false;
    }
    *rest = str_from(*rest, 1);
    return true;
}

bool take_nocase(struct str *rest, struct str word) {
    if (!str_eq_nocase(str_sub(*rest, 0, word.n), word)) {
        return false;
    }
    *rest = str_from(*rest, word.n);
    return true;
}

bool is_digits(struct str s) {
    struct str rest = s;
    return take_digits(&rest).n > 0 && rest.n == 0;
}

static struct str without_zeros(struct str digits) {
    while (take_byte(&digits, '0')) {
    }
    return digits;
}

bool is_zero(struct str digits) {
    return without_zeros(digits).n == 0;
}

int digits_compare(struct str a, struct str b) {
    a = without_zeros(a);
    b = without_zeros(b);
    return a.n != b.n ? (a.n > b.n) - (a.n < b.n) : str_cmp(a, b);
}

int nocase_compare(struct str a, struct str b) {
    for (size_t i = 0; i < MIN(a.n, b.n); i++) {
        int order = (unsigned char)ascii_lower(a.p[i]) - (unsigned char)ascii_lower(b.p[i]);
        if (order) {
            return order;
        }
    }
    return (a.n > b.n) - (a.n < b.n);
}

int dotted_compare(struct str a, struct str b) {
    while (a.n || b.n) {
        int order = digits_compare(take_digits(&a), take_digits(&b));
        if (order) {
            return order;
        }
        take_byte(&a, '.');
        take_byte(&b, '.');
    }
    return 0;
}

bool is_dotted(struct str s, size_t *n) {
    size_t count = 0;
    for (struct str rest = s, part; str_split(&rest, '.', &part); count++) {
        if (!is_digits(part)) {
            return false;
        }
    }
    if (n) {
        *n = count;
    }
    return count > 0;
}

bool is_alnum_or(struct str s, const char *others) {
    for (size_t i = 0; i < s.n; i++) {
        if (!ascii_is_alnum(s.p[i]) && (s.p[i] == '\0' || !strchr(others, s.p[i]))) {
            return false;
        }
    }
    return s.n > 0;
}
