/* RubyGems: Gem::Version. Runs of digits and of letters are segments, '-' reads ".pre."; a word makes a
 * pre-release and sorts before any number, and a missing segment is zero. */
#include "vuln/version/scheme.h"

struct gem_segment {
    struct str text;
    bool is_word;
};

/* Zeros before the first word go ("1.0.rc" is "1.rc"): head is the numbers that stay, rest begins at the
 * word. */
struct gem_cursor {
    struct str head, rest;
};

static bool take_segment(struct str *rest, struct gem_segment *out) {
    while (rest->n && !ascii_is_alnum(rest->p[0])) {
        if (take_byte(rest, '-')) {
            *out = (struct gem_segment){STR("pre"), true};
            return true;
        }
        *rest = str_from(*rest, 1);
    }
    struct str number = take_digits(rest);
    size_t n = 0;
    while (number.n == 0 && n < rest->n && ascii_is_alpha(rest->p[n])) {
        n++;
    }
    *out = (struct gem_segment){number.n ? number : str_sub(*rest, 0, n), number.n == 0 && n > 0};
    *rest = str_from(*rest, n);
    return out->text.n > 0;
}

static struct gem_cursor start(struct str s) {
    struct gem_cursor at = {.rest = s};
    struct gem_segment segment;
    for (struct str rest = s; take_segment(&rest, &segment) && !segment.is_word;) {
        at.rest = rest;
        if (!is_zero(segment.text)) {
            at.head = str_sub(s, 0, s.n - rest.n);
        }
    }
    return at;
}

/* Past the end, zeros without end. */
static bool next(struct gem_cursor *at, struct gem_segment *out) {
    return take_segment(at->head.n ? &at->head : &at->rest, out);
}

static int compare_segments(struct gem_segment a, struct gem_segment b) {
    if (a.is_word != b.is_word) {
        return a.is_word ? -1 : 1;
    }
    return a.is_word ? str_cmp(a.text, b.text) : digits_compare(a.text, b.text);
}

int rubygems_compare(struct str a, struct str b) {
    struct gem_cursor at_a = start(a), at_b = start(b);
    for (;;) {
        struct gem_segment segment_a, segment_b;
        bool has_a = next(&at_a, &segment_a), has_b = next(&at_b, &segment_b);
        int order = compare_segments(segment_a, segment_b);
        if (order || (!has_a && !has_b)) {
            return order;
        }
    }
}

/* Gem::Version::VERSION_PATTERN: number{.alnum}[-alnum{.alnum}], where the last part may hold dashes. */
bool rubygems_is_valid(struct str s) {
    struct str before, after, part;
    bool has_dash = str_cut(str_trim(s), '-', &before, &after), is_first = true;
    for (; str_split(&before, '.', &part); is_first = false) {
        if (is_first ? !is_digits(part) : !is_alnum_or(part, "")) {
            return false;
        }
    }
    while (has_dash && str_split(&after, '.', &part)) {
        if (!is_alnum_or(part, "-")) {
            return false;
        }
    }
    return !is_first;
}
