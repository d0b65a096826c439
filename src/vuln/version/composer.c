/* Packagist: PHP's version_compare (php.net/version_compare), which Composer orders by; a leading "v" goes.
 *
 * Runs of digits and of other bytes are parts. Part against part, and nothing left against what is left:
 * unknown word < dev < alpha = a < beta = b < RC = rc < # (any number) < pl = p; words count by how they
 * begin. A '#' in a version is as any number and numbers differ, so with it the order is not transitive.
 * Composer itself first normalizes ("RC1" and "Rc1", "1.0" and "1.0.0.0"); advisories are not written to
 * that. */
#include "vuln/version/scheme.h"

enum { RANK_UNKNOWN = -1, RANK_NUMBER = 4 };

static const struct {
    struct str begin;
    int rank;
} words[] = {
    {STR("dev"), 0}, {STR("alpha"), 1}, {STR("a"), 1}, {STR("beta"), 2}, {STR("b"), 2},
    {STR("RC"), 3},  {STR("rc"), 3},    {STR("#"), 4}, {STR("pl"), 5},   {STR("p"), 5},
};

static int rank_of(struct str part) {
    if (is_digits(part) || part.n == 0) {
        return RANK_NUMBER;
    }
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (str_starts(part, words[i].begin)) {
            return words[i].rank;
        }
    }
    return RANK_UNKNOWN;
}

static bool is_separator(char c) {
    return !ascii_is_alnum(c) && c != '#';
}

/* False at the end, with an empty part, which ranks as a number and is below each. */
static bool next_part(struct str *rest, struct str *part) {
    while (rest->n && is_separator(rest->p[0])) {
        *rest = str_from(*rest, 1);
    }
    *part = take_digits(rest);
    size_t n = 0;
    while (part->n == 0 && n < rest->n && !is_separator(rest->p[n]) && !ascii_is_digit(rest->p[n])) {
        n++;
    }
    if (n) {
        *part = str_sub(*rest, 0, n);
        *rest = str_from(*rest, n);
    }
    return part->n > 0;
}

static struct str without_v(struct str s) {
    if (s.n > 1 && ascii_lower(s.p[0]) == 'v' && ascii_is_digit(s.p[1])) {
        s = str_from(s, 1);
    }
    return s;
}

int composer_compare(struct str a, struct str b) {
    a = without_v(a);
    b = without_v(b);
    for (;;) {
        struct str part_a, part_b;
        bool has_a = next_part(&a, &part_a), has_b = next_part(&b, &part_b);
        if (!has_a && !has_b) {
            return 0;
        }
        int order = rank_of(part_a) - rank_of(part_b);
        if (order) {
            return order;
        }
        if (is_digits(part_a) && is_digits(part_b)) {
            order = digits_compare(part_a, part_b);
        } else if (is_digits(part_a) || is_digits(part_b)) {
            order = !has_b - !has_a;
        }
        if (order) {
            return order;
        }
    }
}

static const struct str stabilities[] = {STR("stable"), STR("beta"),  STR("b"),  STR("rc"), STR("alpha"),
                                         STR("a"),      STR("patch"), STR("pl"), STR("p")};

static void step_over(struct str *rest, const char *bytes) {
    if (rest->n && rest->p[0] && strchr(bytes, rest->p[0])) {
        *rest = str_from(*rest, 1);
    }
}

/* A word and any count of [.-]number, if there. */
static void take_stability(struct str *rest) {
    for (size_t i = 0; i < ARRAY_SIZE(stabilities); i++) {
        if (take_nocase(rest, stabilities[i])) {
            struct str at = *rest;
            do {
                *rest = at;
                step_over(&at, ".-");
            } while (take_digits(&at).n);
            return;
        }
    }
}

/* [._-][stability][[.-]dev], the whole of rest. */
static bool is_modifier(struct str rest) {
    step_over(&rest, "._-");
    take_stability(&rest);
    struct str at = rest;
    step_over(&at, ".-");
    return rest.n == 0 || str_eq_nocase(at, STR("dev"));
}

/* Up to four numbers, the first of at most five digits. */
static bool take_classic(struct str *rest) {
    size_t first = take_digits(rest).n;
    for (int i = 0; i < 3 && rest->n > 1 && rest->p[0] == '.' && ascii_is_digit(rest->p[1]); i++) {
        take_byte(rest, '.');
        take_digits(rest);
    }
    return first >= 1 && first <= 5;
}

/* [.:-] and at least min, at most max digits, if there. */
static bool take_group(struct str *rest, size_t min, size_t max) {
    struct str at = *rest;
    step_over(&at, ".:-");
    struct str after = at, digits = take_digits(&after);
    size_t n = MIN(digits.n, max);
    if (n < min) {
        return false;
    }
    *rest = str_from(at, n);
    return true;
}

/* A year, one to six groups of two digits, up to two groups of up to three. */
static bool take_date(struct str *rest) {
    struct str year = *rest;
    if (take_digits(&year).n < 4) {
        return false;
    }
    *rest = str_from(*rest, 4);
    int n = 0;
    while (n < 6 && take_group(rest, 2, 2)) {
        n++;
    }
    for (int i = 0; i < 2; i++) {
        take_group(rest, 1, 3);
    }
    return n > 0;
}

/* Composer's VersionParser::normalize() takes it; branch names ("dev-main") have no order. */
bool composer_is_valid(struct str s) {
    struct str rest = without_v(str_trim(s)), build = STR_NONE;
    if (str_cut(rest, '+', &rest, &build) && build.n == 0) {
        return false;
    }
    struct str classic = rest, date = rest;
    return (take_classic(&classic) && is_modifier(classic)) || (take_date(&date) && is_modifier(date));
}
