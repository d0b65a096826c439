/* Go: modules are SemVer with a "v" (go.dev/ref/mod, "Versions" and "Pseudo-versions"; "+incompatible" is a
 * build and does not order), and the standard library goes by toolchain names, with or without "go" in front:
 * "go1.21.3", "1.22rc1".
 *
 * A toolchain name stands where the Go vulnerability database writes it as SemVer: go1.22rc1 is 1.22.0-rc.1,
 * go1.21 is 1.21.0. What a vendor adds ("go1.21.3-vendor", "go1.21.3 X:arenas") does not order. */
#include "vuln/version/scheme.h"

static const struct str kinds[] = {STR("alpha"), STR("beta"), STR("rc")};

static bool is_toolchain(struct str s) {
    return s.n > 2 && str_starts(s, STR("go")) && ascii_is_digit(s.p[2]);
}

/* Of "go1.22rc1" the core is "1.22" and the pre-release "rc1"; so is it when "go" was left out. */
static struct semver parse(struct str s) {
    if (is_toolchain(s)) {
        s = str_from(s, 2);
        s = take_until(&s, " -+");
    }
    return semver_parse(s);
}

/* "rc1" is read as the identifiers "rc" and "1". False when it isn't such a name. */
static bool split_kind(struct str prerelease, struct str *kind, struct str *number) {
    *number = prerelease;
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        if (str_starts(prerelease, kinds[i])) {
            *kind = kinds[i];
            *number = str_from(prerelease, kinds[i].n);
            return is_digits(*number);
        }
    }
    return false;
}

struct identifiers {
    struct str rest, pending;
};

/* The pre-release of a version; toolchain names carry no dot in it. */
static struct identifiers identifiers_of(struct str s, const struct semver *version) {
    struct identifiers at = {version->prerelease, STR_NONE};
    struct str kind, number;
    bool is_marked = version->prerelease.n && version->prerelease.p > s.p && version->prerelease.p[-1] == '-';
    if (!is_marked && split_kind(version->prerelease, &kind, &number)) {
        at.rest = kind;
        at.pending = number;
    }
    return at;
}

static bool next_identifier(struct identifiers *at, struct str *part) {
    if (str_split(&at->rest, '.', part)) {
        return true;
    }
    *part = at->pending;
    at->pending = STR_NONE;
    return part->n > 0;
}

static int compare_prereleases(struct identifiers a, struct identifiers b) {
    for (;;) {
        struct str part_a, part_b;
        bool has_a = next_identifier(&a, &part_a), has_b = next_identifier(&b, &part_b);
        if (!has_a || !has_b) {
            return has_a - has_b;
        }
        int order = semver_compare_identifiers(part_a, part_b, str_cmp);
        if (order) {
            return order;
        }
    }
}

int go_compare(struct str a, struct str b) {
    struct semver va = parse(a), vb = parse(b);
    int order = dotted_compare(va.core, vb.core);
    if (order || va.has_prerelease != vb.has_prerelease) {
        return order ? order : vb.has_prerelease - va.has_prerelease;
    }
    return compare_prereleases(identifiers_of(a, &va), identifiers_of(b, &vb));
}

bool go_is_valid(struct str s) {
    if (!is_toolchain(s) && (semver_is_valid(s) || !s.n || !ascii_is_digit(*s.p))) {
        return semver_is_valid(s);
    }
    struct semver version = parse(s);
    struct str kind, number;
    return is_dotted(version.core, NULL) &&
           (version.prerelease.n == 0 || split_kind(version.prerelease, &kind, &number));
}
