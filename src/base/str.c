#include "base/str.h"

struct str str_c(const char *c) {
    return c ? str_n(c, strlen(c)) : STR_NONE;
}

bool str_eq_nocase(struct str a, struct str b) {
    if (a.n != b.n) {
        return false;
    }
    for (size_t i = 0; i < a.n; i++) {
        if (ascii_lower(a.p[i]) != ascii_lower(b.p[i])) {
            return false;
        }
    }
    return true;
}

int str_cmp_nocase(struct str a, struct str b) {
    for (size_t i = 0; i < a.n && i < b.n; i++) {
        unsigned char x = (unsigned char)ascii_lower(a.p[i]), y = (unsigned char)ascii_lower(b.p[i]);
        if (x != y) {
            return x < y ? -1 : 1;
        }
    }
    return (a.n > b.n) - (a.n < b.n);
}

int str_cmp(struct str a, struct str b) {
    size_t n = MIN(a.n, b.n);
    int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str s, struct str prefix) {
    return s.n >= prefix.n && str_eq(str_n(s.p, prefix.n), prefix);
}

bool str_ends(struct str s, struct str suffix) {
    return s.n >= suffix.n && str_eq(str_from(s, s.n - suffix.n), suffix);
}

ptrdiff_t str_find(struct str s, struct str needle) {
    if (needle.n == 0) {
        return 0;
    }
    if (s.n == 0) {
        return -1;
    }
    const char *hit = memmem(s.p, s.n, needle.p, needle.n);
    return hit ? hit - s.p : -1;
}

ptrdiff_t str_find_byte(struct str s, char c) {
    const char *hit = s.n ? memchr(s.p, c, s.n) : NULL;
    return hit ? hit - s.p : -1;
}

ptrdiff_t str_rfind_byte(struct str s, char c) {
    const char *hit = s.n ? memrchr(s.p, c, s.n) : NULL;
    return hit ? hit - s.p : -1;
}

struct str str_from(struct str s, size_t offset) {
    return offset >= s.n ? STR_NONE : str_n(s.p + offset, s.n - offset);
}

struct str str_sub(struct str s, size_t offset, size_t n) {
    struct str tail = str_from(s, offset);
    return str_n(tail.p, MIN(n, tail.n));
}

struct str str_trim(struct str s) {
    while (s.n && ascii_is_space(s.p[0])) {
        s = str_n(s.p + 1, s.n - 1);
    }
    while (s.n && ascii_is_space(s.p[s.n - 1])) {
        s.n--;
    }
    return s;
}

bool str_split(struct str *rest, char sep, struct str *part) {
    if (!rest->p) {
        return false;
    }
    ptrdiff_t at = str_find_byte(*rest, sep);
    if (at < 0) {
        *part = *rest;
        *rest = STR_NONE;
        return true;
    }
    *part = str_n(rest->p, (size_t)at);
    *rest = str_n(rest->p + at + 1, rest->n - (size_t)at - 1);
    return true;
}

static bool cut_at(struct str s, ptrdiff_t at, struct str *before, struct str *after) {
    if (at < 0) {
        *before = s;
        *after = STR_NONE;
        return false;
    }
    *before = str_n(s.p, (size_t)at);
    *after = str_n(s.p + at + 1, s.n - (size_t)at - 1);
    return true;
}

bool str_cut(struct str s, char sep, struct str *before, struct str *after) {
    return cut_at(s, str_find_byte(s, sep), before, after);
}

bool str_cut_last(struct str s, char sep, struct str *before, struct str *after) {
    return cut_at(s, str_rfind_byte(s, sep), before, after);
}

bool str_line(struct str *rest, struct str *line) {
    if (rest->n == 0 || !str_split(rest, '\n', line)) {
        return false;
    }
    if (line->n && line->p[line->n - 1] == '\r') {
        line->n--;
    }
    return true;
}

static unsigned digit_value(char c) {
    if (ascii_is_digit(c)) {
        return (unsigned)(c - '0');
    }
    char lower = ascii_lower(c);
    return lower >= 'a' && lower <= 'f' ? (unsigned)(lower - 'a') + 10 : 16;
}

bool str_to_u64(struct str s, unsigned base, uint64_t *out) {
    assert(base == 2 || base == 8 || base == 10 || base == 16);
    uint64_t value = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned digit = digit_value(s.p[i]);
        if (digit >= base || !mul_fits(value, (uint64_t)base, &value) ||
            !add_fits(value, (uint64_t)digit, &value)) {
            return false;
        }
    }
    *out = value;
    return s.n > 0;
}

struct str str_basename(struct str path) {
    return str_from(path, (size_t)(str_rfind_byte(path, '/') + 1));
}

struct str str_dirname(struct str path) {
    ptrdiff_t at = str_rfind_byte(path, '/');
    return at < 0 ? STR_NONE : str_n(path.p, (size_t)at);
}

/* Goes back to the last star only, so time is the product of both lengths. */
bool str_glob(struct str glob, struct str s, bool ignores_case) {
    size_t g = 0, i = 0, star = SIZE_MAX, from = 0;
    while (i < s.n) {
        bool is_same = g < glob.n && (glob.p[g] == s.p[i] ||
                                      (ignores_case && ascii_lower(glob.p[g]) == ascii_lower(s.p[i])));
        if (g < glob.n && glob.p[g] == '*') {
            star = g++;
            from = i;
        } else if (is_same || (g < glob.n && glob.p[g] == '?')) {
            g++;
            i++;
        } else if (star != SIZE_MAX) {
            g = star + 1;
            i = ++from;
        } else {
            return false;
        }
    }
    while (g < glob.n && glob.p[g] == '*') {
        g++;
    }
    return g == glob.n;
}
