/* Python: PEP 440 as the packaging library reads it (PEP 440, appendix B has the expression).
 *
 * Versions from before PEP 440 sort before all others, among themselves as setuptools' pkg_resources did. */
#include "vuln/version/scheme.h"

enum pre_kind { PRE_NONE, PRE_ALPHA, PRE_BETA, PRE_RC };

struct pep440 {
    struct str epoch, release, pre_number, post_number, dev_number, local;
    enum pre_kind pre;
    bool has_post, has_dev, has_local;
};

/* Longer words before those that they begin with. */
static const struct {
    struct str word;
    enum pre_kind kind;
} pre_words[] = {
    {STR("alpha"), PRE_ALPHA}, {STR("a"), PRE_ALPHA}, {STR("beta"), PRE_BETA}, {STR("b"), PRE_BETA},
    {STR("preview"), PRE_RC},  {STR("pre"), PRE_RC},  {STR("c"), PRE_RC},      {STR("rc"), PRE_RC},
};
static const struct str post_words[] = {STR("post"), STR("rev"), STR("r")};

static void step_over_separator(struct str *rest) {
    if (!take_byte(rest, '-') && !take_byte(rest, '_')) {
        take_byte(rest, '.');
    }
}

/* [separator]word[separator][number]; *rest stays where it is when the word isn't there. */
static bool take_word(struct str *rest, struct str word, struct str *number) {
    struct str at = *rest;
    step_over_separator(&at);
    if (!take_nocase(&at, word)) {
        return false;
    }
    step_over_separator(&at);
    *number = take_digits(&at);
    *rest = at;
    return true;
}

static void take_pre(struct str *rest, struct pep440 *out) {
    for (size_t i = 0; i < ARRAY_SIZE(pre_words); i++) {
        if (take_word(rest, pre_words[i].word, &out->pre_number)) {
            out->pre = pre_words[i].kind;
            return;
        }
    }
}

static void take_post(struct str *rest, struct pep440 *out) {
    if (rest->n > 1 && rest->p[0] == '-' && ascii_is_digit(rest->p[1])) {
        take_byte(rest, '-');
        out->post_number = take_digits(rest);
        out->has_post = true;
        return;
    }
    for (size_t i = 0; i < ARRAY_SIZE(post_words) && !out->has_post; i++) {
        out->has_post = take_word(rest, post_words[i], &out->post_number);
    }
}

/* Numbers between dots; a dot that no digit follows belongs to what comes next. */
static bool take_release(struct str *rest, struct str *release) {
    struct str begin = *rest;
    if (take_digits(rest).n == 0) {
        return false;
    }
    while (rest->n > 1 && rest->p[0] == '.' && ascii_is_digit(rest->p[1])) {
        take_byte(rest, '.');
        take_digits(rest);
    }
    *release = str_sub(begin, 0, begin.n - rest->n);
    return true;
}

static bool take_local_part(struct str *rest, struct str *part) {
    *part = take_until(rest, ".-_");
    if (rest->n) {
        *rest = str_from(*rest, 1);
    }
    return part->n > 0;
}

static bool local_is_valid(struct str local) {
    bool ends_early = local.n == 0 || !ascii_is_alnum(local.p[local.n - 1]);
    for (struct str part; !ends_early && local.n;) {
        ends_early = !take_local_part(&local, &part) || !is_alnum_or(part, "");
    }
    return !ends_early;
}

static void take_epoch(struct str *rest, struct pep440 *out) {
    struct str at = *rest, digits = take_digits(&at);
    if (digits.n && take_byte(&at, '!')) {
        out->epoch = digits;
        *rest = at;
    }
}

/* False when s is not of PEP 440. */
static bool parse(struct str s, struct pep440 *out) {
    *out = (struct pep440){0};
    struct str rest = str_trim(s), local = STR_NONE;
    out->has_local = str_cut(rest, '+', &rest, &local);
    take_nocase(&rest, STR("v"));
    take_epoch(&rest, out);
    if (!take_release(&rest, &out->release)) {
        return false;
    }
    if (rest.n) {
        take_pre(&rest, out);
        take_post(&rest, out);
        out->has_dev = take_word(&rest, STR("dev"), &out->dev_number);
    }
    out->local = local;
    return rest.n == 0 && (!out->has_local || local_is_valid(local));
}

/* 1.0.dev1 < 1.0a1.dev1 < 1.0a1: a lone development release comes before the pre-releases. */
static int pre_rank(const struct pep440 *version) {
    if (version->pre != PRE_NONE) {
        return (int)version->pre;
    }
    return version->has_dev && !version->has_post ? PRE_NONE : PRE_RC + 1;
}

/* Part by part; numbers after texts, and the shorter first. */
static int compare_locals(struct str a, struct str b) {
    while (a.n && b.n) {
        struct str part_a, part_b;
        take_local_part(&a, &part_a);
        take_local_part(&b, &part_b);
        if (is_digits(part_a) != is_digits(part_b)) {
            return is_digits(part_a) ? 1 : -1;
        }
        int order = is_digits(part_a) ? digits_compare(part_a, part_b) : nocase_compare(part_a, part_b);
        if (order) {
            return order;
        }
    }
    return (a.n > 0) - (b.n > 0);
}

static int compare_parsed(const struct pep440 *a, const struct pep440 *b) {
    const int orders[] = {
        digits_compare(a->epoch, b->epoch),
        dotted_compare(a->release, b->release),
        pre_rank(a) - pre_rank(b),
        digits_compare(a->pre_number, b->pre_number),
        a->has_post - b->has_post,
        digits_compare(a->post_number, b->post_number),
        b->has_dev - a->has_dev,
        digits_compare(a->dev_number, b->dev_number),
        a->has_local - b->has_local,
    };
    for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
        if (orders[i]) {
            return orders[i];
        }
    }
    return compare_locals(a->local, b->local);
}

/* What a legacy version is made of: numbers, and words that sort before numbers. A word is compared in lower
 * case and after the replacements of legacy_words. */
struct legacy_part {
    struct str text;
    bool is_number;
};

/* "-" is a word that sorts just after the end of a version, and goes when a pre-release follows it. */
#define LEGACY_END  STR("final")
#define LEGACY_DASH STR("final-")

static const struct {
    struct str word, replacement;
} legacy_words[] = {
    {STR("pre"), STR("c")}, {STR("preview"), STR("c")}, {STR("rc"), STR("c")},
    {STR("dev"), STR("@")}, {STR("-"), LEGACY_DASH},
};

/* Dashes, zeros and the part after them, which says what becomes of the first two. */
struct legacy_cursor {
    struct str rest;
    size_t dashes, zeros;
    struct legacy_part part;
    bool has_part, is_done;
};

static size_t legacy_run(struct str s) {
    size_t n = 1;
    if (ascii_is_digit(s.p[0])) {
        while (n < s.n && ascii_is_digit(s.p[n])) {
            n++;
        }
    } else if (ascii_is_alpha(s.p[0])) {
        while (n < s.n && ascii_is_alpha(s.p[n])) {
            n++;
        }
    } else if (s.p[0] != '-' && s.p[0] != '.') {
        while (n < s.n && !ascii_is_alnum(s.p[n]) && s.p[n] != '-' && s.p[n] != '.') {
            n++;
        }
    }
    return n;
}

/* Dots only separate. The end of the text is a word of its own, given once. */
static struct legacy_part take_legacy_part(struct legacy_cursor *at) {
    while (take_byte(&at->rest, '.')) {
    }
    if (at->rest.n == 0) {
        at->is_done = true;
        return (struct legacy_part){LEGACY_END, false};
    }
    struct str text = str_sub(at->rest, 0, legacy_run(at->rest));
    at->rest = str_from(at->rest, text.n);
    for (size_t i = 0; i < ARRAY_SIZE(legacy_words); i++) {
        if (str_eq_nocase(text, legacy_words[i].word)) {
            text = legacy_words[i].replacement;
        }
    }
    return (struct legacy_part){text, ascii_is_digit(text.p[0])};
}

static bool is_legacy_zero(struct legacy_part part) {
    return part.is_number && part.text.n <= 8 && is_zero(part.text);
}

/* Reads up to the next part that stays: zeros go before a word, dashes before a pre-release word. */
static void fill_legacy(struct legacy_cursor *at) {
    while (!at->is_done && !at->has_part) {
        struct legacy_part part = take_legacy_part(at);
        if (is_legacy_zero(part)) {
            at->zeros++;
        } else if (!part.is_number && str_eq(part.text, LEGACY_DASH)) {
            at->zeros = 0;
            at->dashes++;
        } else {
            if (!part.is_number) {
                bool is_early = nocase_compare(part.text, LEGACY_END) < 0;
                at->dashes = is_early && at->zeros == 0 ? 0 : at->dashes;
                at->zeros = 0;
            }
            at->part = part;
            at->has_part = true;
        }
    }
}

static bool next_legacy(struct legacy_cursor *at, struct legacy_part *out) {
    if (at->dashes == 0 && at->zeros == 0 && !at->has_part) {
        fill_legacy(at);
    }
    if (at->dashes) {
        at->dashes--;
        *out = (struct legacy_part){LEGACY_DASH, false};
    } else if (at->zeros) {
        at->zeros--;
        *out = (struct legacy_part){STR("0"), true};
    } else if (at->has_part) {
        at->has_part = false;
        *out = at->part;
    } else {
        return false;
    }
    return true;
}

/* As texts of at least eight digits, zeros in front: longer numbers are not compared by their value. */
static int compare_padded(struct str a, struct str b) {
    size_t width = MAX((size_t)8, MAX(a.n, b.n));
    size_t zeros_a = a.n < 8 ? 8 - a.n : 0, zeros_b = b.n < 8 ? 8 - b.n : 0;
    for (size_t i = 0; i < width; i++) {
        int byte_a = i < zeros_a ? '0' : i - zeros_a < a.n ? a.p[i - zeros_a] : 0;
        int byte_b = i < zeros_b ? '0' : i - zeros_b < b.n ? b.p[i - zeros_b] : 0;
        if (byte_a != byte_b) {
            return byte_a - byte_b;
        }
    }
    return 0;
}

static int compare_legacy(struct str a, struct str b) {
    struct legacy_cursor at_a = {.rest = a}, at_b = {.rest = b};
    for (;;) {
        struct legacy_part part_a, part_b;
        bool has_a = next_legacy(&at_a, &part_a), has_b = next_legacy(&at_b, &part_b);
        if (!has_a || !has_b) {
            return has_a - has_b;
        }
        if (part_a.is_number != part_b.is_number) {
            return part_a.is_number ? 1 : -1;
        }
        int order = part_a.is_number ? compare_padded(part_a.text, part_b.text)
                                     : nocase_compare(part_a.text, part_b.text);
        if (order) {
            return order;
        }
    }
}

int pep440_compare(struct str a, struct str b) {
    struct pep440 va, vb;
    bool is_valid_a = parse(a, &va), is_valid_b = parse(b, &vb);
    if (is_valid_a != is_valid_b) {
        return is_valid_a ? 1 : -1;
    }
    return is_valid_a ? compare_parsed(&va, &vb) : compare_legacy(a, b);
}

bool pep440_is_valid(struct str s) {
    struct pep440 version;
    return parse(s, &version);
}
