/* RPM: [epoch:]version[-release], rpm's manual "rpm-version(7)" and rpmvercmp.
 *
 * A part is read as segments of letters or digits; all else only separates, but for '~' (sorts before the
 * end) and '^' (sorts after the end, before any segment). */
#include "vuln/version/scheme.h"

struct rpm_version {
    struct str epoch, version, release;
    bool has_release;
};

/* How the next thing in a part sorts against another. */
enum segment { SEGMENT_TILDE, SEGMENT_END, SEGMENT_CARET, SEGMENT_ALPHA, SEGMENT_DIGITS };

static enum segment take_segment(struct str *rest, struct str *text) {
    while (rest->n && !ascii_is_alnum(rest->p[0]) && rest->p[0] != '~' && rest->p[0] != '^') {
        *rest = str_from(*rest, 1);
    }
    *text = STR_NONE;
    if (rest->n == 0) {
        return SEGMENT_END;
    }
    if (take_byte(rest, '~')) {
        return SEGMENT_TILDE;
    }
    if (take_byte(rest, '^')) {
        return SEGMENT_CARET;
    }
    *text = take_digits(rest);
    if (text->n) {
        return SEGMENT_DIGITS;
    }
    size_t n = 0;
    while (n < rest->n && ascii_is_alpha(rest->p[n])) {
        n++;
    }
    *text = str_sub(*rest, 0, n);
    *rest = str_from(*rest, n);
    return SEGMENT_ALPHA;
}

static int compare_part(struct str a, struct str b) {
    for (;;) {
        struct str text_a, text_b;
        enum segment kind_a = take_segment(&a, &text_a), kind_b = take_segment(&b, &text_b);
        if (kind_a != kind_b) {
            return kind_a < kind_b ? -1 : 1;
        }
        if (kind_a == SEGMENT_END) {
            return 0;
        }
        int order = kind_a == SEGMENT_DIGITS ? digits_compare(text_a, text_b) : str_cmp(text_a, text_b);
        if (order) {
            return order;
        }
    }
}

/* An epoch is the digits (even none) before a ':'; the release follows the last '-'. */
static struct rpm_version parse(struct str s) {
    struct rpm_version version = {0};
    struct str rest = s;
    version.epoch = take_digits(&rest);
    if (!take_byte(&rest, ':')) {
        version.epoch = STR_NONE;
        rest = s;
    }
    version.has_release = str_cut_last(rest, '-', &version.version, &version.release);
    return version;
}

int rpm_compare(struct str a, struct str b) {
    struct rpm_version va = parse(a), vb = parse(b);
    int order = digits_compare(va.epoch, vb.epoch);
    order = order ? order : compare_part(va.version, vb.version);
    if (order || va.has_release != vb.has_release) {
        return order ? order : va.has_release - vb.has_release;
    }
    return compare_part(va.release, vb.release);
}

bool rpm_is_valid(struct str s) {
    struct rpm_version version = parse(s);
    return is_alnum_or(version.version, "._+~^") &&
           (!version.has_release || is_alnum_or(version.release, "._+~^"));
}
