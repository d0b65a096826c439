/* Debian: [epoch:]upstream[-revision], Debian policy section 5.6.12, as dpkg compares them. */
#include "vuln/version/scheme.h"

struct dpkg_version {
    struct str epoch, upstream, revision;
};

/* '~' sorts before the end of a part, the end before letters, letters before everything else. */
static int rank_of(struct str s) {
    if (s.n == 0 || ascii_is_digit(s.p[0])) {
        return 0;
    }
    if (s.p[0] == '~') {
        return -1;
    }
    int byte = (unsigned char)s.p[0];
    return ascii_is_alpha(s.p[0]) ? byte : byte + 256;
}

static bool begins_with_text(struct str s) {
    return s.n && !ascii_is_digit(s.p[0]);
}

/* In turns: text byte by byte, then a number. */
static int compare_part(struct str a, struct str b) {
    while (a.n || b.n) {
        while (begins_with_text(a) || begins_with_text(b)) {
            int order = rank_of(a) - rank_of(b);
            if (order) {
                return order;
            }
            a = str_from(a, 1);
            b = str_from(b, 1);
        }
        int order = digits_compare(take_digits(&a), take_digits(&b));
        if (order) {
            return order;
        }
    }
    return 0;
}

/* An epoch is digits; a ':' after anything else belongs to the upstream version. */
static struct dpkg_version parse(struct str s) {
    struct dpkg_version version = {0};
    struct str rest = s;
    struct str epoch = take_digits(&rest);
    if (epoch.n && take_byte(&rest, ':')) {
        version.epoch = epoch;
    } else {
        rest = s;
    }
    str_cut_last(rest, '-', &version.upstream, &version.revision);
    return version;
}

int dpkg_compare(struct str a, struct str b) {
    struct dpkg_version va = parse(a), vb = parse(b);
    int order = digits_compare(va.epoch, vb.epoch);
    order = order ? order : compare_part(va.upstream, vb.upstream);
    return order ? order : compare_part(va.revision, vb.revision);
}

bool dpkg_is_valid(struct str s) {
    struct dpkg_version version = parse(s);
    bool has_revision = str_find_byte(s, '-') >= 0;
    return version.upstream.n && ascii_is_digit(version.upstream.p[0]) &&
           is_alnum_or(version.upstream, version.epoch.n ? ".+-~:" : ".+-~") &&
           (!has_revision || is_alnum_or(version.revision, ".+~"));
}
