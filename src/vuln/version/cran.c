/* CRAN: R's numeric_version, numbers between '.' and '-'; of two that begin alike the longer is newer. What
 * is no number sorts before all numbers. */
#include "vuln/version/scheme.h"

static int compare_number(struct str a, struct str b) {
    if (is_digits(a) != is_digits(b)) {
        return is_digits(a) ? 1 : -1;
    }
    return is_digits(a) ? digits_compare(a, b) : str_cmp(a, b);
}

static struct str take_number(struct str *rest, const char *separators) {
    struct str number = take_until(rest, separators);
    if (rest->n) {
        *rest = str_from(*rest, 1);
    }
    return number;
}

int list_compare(struct str a, struct str b, const char *separators) {
    while (a.n && b.n) {
        int order = compare_number(take_number(&a, separators), take_number(&b, separators));
        if (order) {
            return order;
        }
    }
    return (a.n > 0) - (b.n > 0);
}

int cran_compare(struct str a, struct str b) {
    return list_compare(a, b, ".-");
}

/* R takes a lone number nowhere but in package_version(strict = FALSE); CRAN asks for two. */
bool cran_is_valid(struct str s) {
    size_t count = 0;
    do {
        count = is_digits(take_until(&s, ".-")) ? count + 1 : 0;
    } while (count && (take_byte(&s, '.') || take_byte(&s, '-')));
    return count >= 2;
}
