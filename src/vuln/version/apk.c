/* Alpine, Wolfi, Chainguard: number{.number}...{letter}{_suffix{number}}...{~hash}{-r#}, the package version
 * specification of apk-tools ("apk-package(5)"), in the order of apk-tools 3.
 *
 * Advisories also hold versions that only apk-tools 2 took ("6.6.2p1", "0.8.21.r2", "1-r"); these sort here
 * as they did there: a letter may be followed by a number, and a number may be missing. */
#include "vuln/version/scheme.h"

/* In the order in which they may follow each other; where two versions part, the earlier kind is the newer.
 */
enum token {
    TOKEN_FIRST,
    TOKEN_NUMBER,
    TOKEN_LETTER,
    TOKEN_SUFFIX,
    TOKEN_SUFFIX_NUMBER,
    TOKEN_HASH,
    TOKEN_REVISION,
    TOKEN_END,
    TOKEN_INVALID
};

struct apk_cursor {
    struct str rest;
    enum token token;
    struct str text;
    int suffix;      /* below 0 sorts before the version without a suffix */
    bool is_lenient; /* apk-tools 3 would refuse what was read so far */
};

static const struct {
    struct str name;
    int order;
} suffixes[] = {
    {STR("alpha"), -4}, {STR("beta"), -3}, {STR("pre"), -2}, {STR("rc"), -1}, {STR("cvs"), 1},
    {STR("svn"), 2},    {STR("git"), 3},   {STR("hg"), 4},   {STR("p"), 5},
};

static bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}

static void read_number(struct apk_cursor *at, enum token token) {
    at->text = take_digits(&at->rest);
    at->token = token;
    at->is_lenient |= at->text.n == 0;
}

static void read_suffix(struct apk_cursor *at) {
    size_t n = 0;
    while (n < at->rest.n && is_lower(at->rest.p[n])) {
        n++;
    }
    struct str name = str_sub(at->rest, 0, n);
    at->rest = str_from(at->rest, n);
    at->token = TOKEN_INVALID;
    for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
        if (str_eq(suffixes[i].name, name)) {
            at->suffix = suffixes[i].order;
            at->token = TOKEN_SUFFIX;
        }
    }
}

static void read_hash(struct apk_cursor *at) {
    size_t n = 0;
    while (n < at->rest.n &&
           (ascii_is_digit(at->rest.p[n]) || (at->rest.p[n] >= 'a' && at->rest.p[n] <= 'f'))) {
        n++;
    }
    at->text = str_sub(at->rest, 0, n);
    at->rest = str_from(at->rest, n);
    at->token = n ? TOKEN_HASH : TOKEN_INVALID;
}

/* "-r" with its number; the number may only be missing at the end. */
static void read_revision(struct apk_cursor *at) {
    if (!take_byte(&at->rest, 'r')) {
        at->token = TOKEN_INVALID;
        return;
    }
    read_number(at, TOKEN_REVISION);
    if (at->text.n == 0 && at->rest.n) {
        at->token = TOKEN_INVALID;
    }
}

static void read_digits(struct apk_cursor *at) {
    at->is_lenient |= at->token == TOKEN_LETTER;
    read_number(at, at->token == TOKEN_SUFFIX ? TOKEN_SUFFIX_NUMBER : TOKEN_NUMBER);
}

static void read_letter(struct apk_cursor *at) {
    at->text = str_sub(at->rest, 0, 1);
    at->rest = str_from(at->rest, 1);
    at->token = TOKEN_LETTER;
}

static void next(struct apk_cursor *at) {
    enum token before = at->token;
    if (at->rest.n == 0) {
        at->token = TOKEN_END;
    } else if (before <= TOKEN_NUMBER && is_lower(at->rest.p[0])) {
        read_letter(at);
    } else if (before <= TOKEN_SUFFIX && ascii_is_digit(at->rest.p[0])) {
        read_digits(at);
    } else if (before <= TOKEN_NUMBER && take_byte(&at->rest, '.')) {
        read_number(at, TOKEN_NUMBER);
    } else if (before <= TOKEN_SUFFIX_NUMBER && take_byte(&at->rest, '_')) {
        read_suffix(at);
    } else if (before < TOKEN_HASH && take_byte(&at->rest, '~')) {
        read_hash(at);
    } else if (before < TOKEN_REVISION && take_byte(&at->rest, '-')) {
        read_revision(at);
    } else {
        at->token = TOKEN_INVALID;
    }
}

static struct apk_cursor start(struct str s) {
    struct apk_cursor at = {.rest = s};
    read_number(&at, TOKEN_FIRST);
    return at;
}

static bool has_leading_zero(struct str digits) {
    return digits.n == 0 || digits.p[0] == '0';
}

/* Two tokens of one kind. A number after a dot that has a leading zero is a decimal fraction: text order. */
static int compare_token(const struct apk_cursor *a, const struct apk_cursor *b) {
    switch (a->token) {
    case TOKEN_NUMBER:
        if (has_leading_zero(a->text) || has_leading_zero(b->text)) {
            return str_cmp(a->text, b->text);
        }
        return digits_compare(a->text, b->text);
    case TOKEN_FIRST:
    case TOKEN_SUFFIX_NUMBER:
    case TOKEN_REVISION:
        return digits_compare(a->text, b->text);
    case TOKEN_SUFFIX:
        return a->suffix - b->suffix;
    default:
        return str_cmp(a->text, b->text);
    }
}

static bool is_before_release(const struct apk_cursor *at) {
    return at->token == TOKEN_SUFFIX && at->suffix < 0;
}

int apk_compare(struct str a, struct str b) {
    struct apk_cursor at_a = start(a), at_b = start(b);
    while (at_a.token == at_b.token) {
        if (at_a.token >= TOKEN_END) {
            return 0;
        }
        int order = compare_token(&at_a, &at_b);
        if (order) {
            return order;
        }
        next(&at_a);
        next(&at_b);
    }
    if (is_before_release(&at_a) != is_before_release(&at_b)) {
        return is_before_release(&at_a) ? -1 : 1;
    }
    return at_a.token > at_b.token ? -1 : 1;
}

bool apk_is_valid(struct str s) {
    struct apk_cursor at = start(s);
    while (at.token < TOKEN_END) {
        next(&at);
    }
    return at.token == TOKEN_END && !at.is_lenient;
}
