/* Semantic Versioning 2.0.0, semver.org, item 11 for the order.
 *
 * Any count of numbers is read ("1.2", "1.2.3.4"); text that follows them without a '-' is a pre-release. A
 * leading "v" is stepped over: it is common and changes nothing. */
#include "vuln/version/scheme.h"

struct semver semver_parse(struct str s) {
    struct semver version = {0};
    if (!take_byte(&s, 'v')) {
        take_byte(&s, 'V');
    }
    size_t n = 0;
    while (n < s.n && (ascii_is_digit(s.p[n]) || s.p[n] == '.')) {
        n++;
    }
    version.core = str_sub(s, 0, n);
    struct str tail = str_from(s, n);
    version.has_prerelease = tail.n && tail.p[0] != '+';
    version.has_build = str_cut(tail, '+', &version.prerelease, &version.build);
    take_byte(&version.prerelease, '-');
    if (!version.has_prerelease) {
        version.prerelease = STR_NONE;
    }
    return version;
}

static int compare_identifier(struct str a, struct str b, int (*compare_text)(struct str, struct str)) {
    if (is_digits(a) != is_digits(b)) {
        return is_digits(a) ? -1 : 1;
    }
    return is_digits(a) ? digits_compare(a, b) : compare_text(a, b);
}

int semver_compare_identifiers(struct str a, struct str b, int (*compare_text)(struct str, struct str)) {
    for (;;) {
        struct str part_a, part_b;
        bool has_a = str_split(&a, '.', &part_a), has_b = str_split(&b, '.', &part_b);
        if (!has_a || !has_b) {
            return has_a - has_b;
        }
        int order = compare_identifier(part_a, part_b, compare_text);
        if (order) {
            return order;
        }
    }
}

int semver_compare_parts(const struct semver *a, const struct semver *b,
                         int (*compare_text)(struct str, struct str)) {
    int order = dotted_compare(a->core, b->core);
    if (order || a->has_prerelease != b->has_prerelease) {
        return order ? order : b->has_prerelease - a->has_prerelease;
    }
    return semver_compare_identifiers(a->prerelease, b->prerelease, compare_text);
}

int semver_compare(struct str a, struct str b) {
    struct semver va = semver_parse(a), vb = semver_parse(b);
    return semver_compare_parts(&va, &vb, str_cmp);
}

static bool is_number(struct str s) {
    return is_digits(s) && (s.n == 1 || s.p[0] != '0');
}

static bool identifiers_are_valid(struct str s, bool is_build) {
    size_t count = 0;
    for (struct str part; str_split(&s, '.', &part); count++) {
        if (!is_alnum_or(part, "-") || (!is_build && is_digits(part) && !is_number(part))) {
            return false;
        }
    }
    return count > 0;
}

bool semver_tail_is_valid(const struct semver *version) {
    return (!version->has_prerelease || identifiers_are_valid(version->prerelease, false)) &&
           (!version->has_build || identifiers_are_valid(version->build, true));
}

/* The byte after the core is '-' or '+'. */
static bool tail_is_marked(struct str s, const struct semver *version) {
    struct str tail = version->core.p ? str_from(s, (size_t)(version->core.p + version->core.n - s.p)) : s;
    return tail.n == 0 || tail.p[0] == '-' || tail.p[0] == '+';
}

bool semver_is_valid(struct str s) {
    struct semver version = semver_parse(s);
    size_t count = 0;
    for (struct str rest = version.core, part; str_split(&rest, '.', &part); count++) {
        if (!is_number(part)) {
            return false;
        }
    }
    return count == 3 && tail_is_marked(s, &version) && semver_tail_is_valid(&version);
}
