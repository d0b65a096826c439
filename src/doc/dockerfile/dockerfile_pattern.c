#include "doc/dockerfile/dockerfile_pattern.h"

/* How much of the pattern one element takes: 2 for an escaped byte. */
static size_t element(struct str pattern, size_t i) {
    return pattern.p[i] == '\\' && i + 1 < pattern.n ? 2 : 1;
}

/* True when the whole of value matches: the last star takes what it must (linear but for stars, which go back
 * once). */
static bool matches(struct str pattern, struct str value) {
    size_t p = 0, v = 0, star = SIZE_MAX, from = 0;
    while (v < value.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            from = v;
            continue;
        }
        size_t n = p < pattern.n ? element(pattern, p) : 0;
        bool is_any = n == 1 && pattern.p[p] == '?';
        if (n && (is_any || pattern.p[p + n - 1] == value.p[v])) {
            p += n;
            v++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            v = ++from;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*') {
        p++;
    }
    return p == pattern.n;
}

/* Takes the cost of `tries` matches off the fuel. */
static bool spend(size_t *fuel, size_t tries, struct str pattern, struct str value) {
    size_t each, cost;
    if (!mul_fits(pattern.n + 1, value.n + 1, &each) || !mul_fits(each, tries, &cost) || cost > *fuel) {
        return false;
    }
    *fuel -= cost;
    return true;
}

bool pattern_trim(struct str pattern, struct str value, bool front, bool longest, size_t *fuel,
                  struct str *kept) {
    *kept = value;
    if (!spend(fuel, value.n + 1, pattern, value)) {
        return false;
    }
    for (size_t i = 0; i <= value.n; i++) {
        size_t n = longest ? value.n - i : i;
        struct str part = front ? str_sub(value, 0, n) : str_from(value, value.n - n);
        if (matches(pattern, part)) {
            *kept = front ? str_from(value, n) : str_sub(value, 0, value.n - n);
            return true;
        }
    }
    return true;
}

/* The longest match at the front of value; 0 when none. */
static size_t longest_match(struct str pattern, struct str value) {
    size_t n = value.n;
    while (n && !matches(pattern, str_sub(value, 0, n))) {
        n--;
    }
    return n;
}

bool pattern_replace(struct str pattern, struct str value, struct str with, bool all, size_t *fuel,
                     struct buf *out) {
    size_t tries;
    if (!mul_fits(value.n + 1, value.n + 1, &tries) || !spend(fuel, tries, pattern, value)) {
        return false;
    }
    bool is_done = false;
    while (value.n) {
        size_t n = is_done ? 0 : longest_match(pattern, value);
        buf_str(out, n ? with : str_sub(value, 0, 1));
        value = str_from(value, MAX(n, (size_t)1));
        is_done = is_done || (n && !all);
    }
    return true;
}
