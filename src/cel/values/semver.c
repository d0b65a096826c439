#include "cel/values/semver.h"

#include <inttypes.h>

static bool is_digits(struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        if (!ascii_is_digit(s.p[i])) {
            return false;
        }
    }
    return s.n > 0;
}

static bool take_number(struct str s, bool is_normalized, uint64_t *out) {
    bool is_padded = s.n > 1 && s.p[0] == '0';
    return (is_normalized || !is_padded) && str_to_u64(s, 10, out);
}

/* Item 9 and 10 of semver.org: letters, digits and hyphens, with dots between. The numbers of a pre-release
 * have no zeros in front, and here must fit 64 bits. */
static bool is_identifiers(struct str s, bool is_build) {
    struct str rest = s.n ? s : STR("");
    uint64_t number;
    for (struct str part; str_split(&rest, '.', &part);) {
        if (part.n == 0) {
            return false;
        }
        for (size_t i = 0; i < part.n; i++) {
            if (!ascii_is_alnum(part.p[i]) && part.p[i] != '-') {
                return false;
            }
        }
        if (!is_build && is_digits(part) && !take_number(part, false, &number)) {
            return false;
        }
    }
    return true;
}

static int refuse(struct str text, const char *why, struct err *err) {
    return err_set(err, ERR_INPUT, "\"%.*s\" is not a semantic version: %s", STR_ARG(str_sub(text, 0, 64)),
                   why);
}

/* "1.2.3" in front of *rest; with normalization also "1" and "1.2", when that is all. */
static int take_core(struct str text, bool is_normalized, struct str rest, struct cel_semver *out,
                     struct err *err) {
    struct str major, minor, patch;
    bool has_minor = str_cut(rest, '.', &major, &rest), has_patch = str_cut(rest, '.', &minor, &patch);
    if (!is_normalized && !has_patch) {
        return refuse(text, "three numbers with dots between are wanted", err);
    }
    if (!has_minor) {
        minor = STR("0");
    }
    if (!has_patch) {
        patch = STR("0");
    }
    bool has_build = str_cut(patch, '+', &patch, &out->build);
    bool has_prerelease = str_cut(patch, '-', &patch, &out->prerelease);
    if (!take_number(major, is_normalized, &out->major) || !take_number(minor, is_normalized, &out->minor) ||
        !take_number(patch, is_normalized, &out->patch)) {
        return refuse(text, "each of its three numbers has digits alone, no zeros in front, and fits 64 bits",
                      err);
    }
    if ((has_prerelease && !is_identifiers(out->prerelease, false)) ||
        (has_build && !is_identifiers(out->build, true))) {
        return refuse(text, "its pre-release or build is not made of identifiers", err);
    }
    return 0;
}

int cel_semver_parse(struct str text, bool is_normalized, struct cel_semver *out, struct err *err) {
    struct str rest = text;
    *out = (struct cel_semver){0};
    if (is_normalized && str_starts(rest, STR("v"))) {
        rest = str_from(rest, 1);
    }
    return take_core(text, is_normalized, rest, out, err);
}

static int compare_numbers(uint64_t a, uint64_t b) {
    return (a > b) - (a < b);
}

/* Item 11: numbers before words, numbers by value, words by bytes. */
static int compare_identifiers(struct str a, struct str b) {
    if (is_digits(a) != is_digits(b)) {
        return is_digits(a) ? -1 : 1;
    }
    if (is_digits(a) && a.n != b.n) {
        return a.n < b.n ? -1 : 1;
    }
    int order = str_cmp(a, b);
    return (order > 0) - (order < 0);
}

static int compare_prereleases(struct str a, struct str b) {
    if (a.n == 0 || b.n == 0) {
        return (a.n == 0) - (b.n == 0);
    }
    for (;;) {
        struct str part_a, part_b;
        bool has_a = str_split(&a, '.', &part_a), has_b = str_split(&b, '.', &part_b);
        int order = has_a && has_b ? compare_identifiers(part_a, part_b) : 0;
        if (order || !has_a || !has_b) {
            return order ? order : has_a - has_b;
        }
    }
}

int cel_semver_compare(const struct cel_semver *a, const struct cel_semver *b) {
    int order = compare_numbers(a->major, b->major);
    order = order ? order : compare_numbers(a->minor, b->minor);
    order = order ? order : compare_numbers(a->patch, b->patch);
    return order ? order : compare_prereleases(a->prerelease, b->prerelease);
}

void cel_semver_write(const struct cel_semver *version, struct buf *out) {
    buf_printf(out, "%" PRIu64 ".%" PRIu64 ".%" PRIu64, version->major, version->minor, version->patch);
    if (version->prerelease.n) {
        buf_byte(out, '-');
        buf_str(out, version->prerelease);
    }
    if (version->build.n) {
        buf_byte(out, '+');
        buf_str(out, version->build);
    }
}
