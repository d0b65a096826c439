#include "inspect/secrets/candidate.h"

#include "base/limits.h"
#include "inspect/secrets/value.h"

enum {
    TRIES = 8,         /* matches in front of the one that ends at the place */
    NEAR_BEFORE = 256, /* how far keywords may stand from a value */
    NEAR_BEHIND = 128,
    NAME_MOST = 64, /* of a name, before the pattern's own part of it */
    HEX_MIN = 32,
};

static int make_matcher(struct secret_matcher *matcher, struct arena *arena, const struct secret_rule *rule,
                        struct err *err) {
    const struct regex *regex;
    if (matcher->is_made) {
        return 0;
    }
    int r = regex_compile(arena, rule->pattern, &regex, err);
    if (r < 0) {
        return r;
    }
    matcher->regex = regex_matcher_new(regex);
    matcher->is_made = true;
    return 0;
}

/* A place at which a character of UTF-8 begins. */
static size_t to_character(struct str window, size_t at) {
    while (at < window.n && ((unsigned char)window.p[at] & 0xc0) == 0x80) {
        at++;
    }
    return at;
}

/* The first match that ends at `end` or later. */
static int find_match(struct secret_matcher *matcher, const struct secret_rule *rule, struct str window,
                      size_t end, struct confirmed *out, struct err *err) {
    size_t from = to_character(window, end > rule->width ? end - rule->width : 0);
    struct str text = str_sub(window, 0, end + PROOF_REACH);
    struct regex_span spans[2];
    for (int i = 0; i < TRIES && from < end; i++) {
        int r = regex_search(&matcher->regex, text, from, spans, 2, err);
        if (r <= 0 || spans[0].start >= end) {
            return MIN(r, 0);
        }
        if (spans[0].end >= end) {
            struct regex_span value = spans[1].start == REGEX_NONE ? spans[0] : spans[1];
            out->match = str_sub(text, spans[0].start, spans[0].end - spans[0].start);
            out->value = str_sub(text, value.start, value.end - value.start);
            return out->value.n > 0;
        }
        from = spans[0].end > from ? spans[0].end : to_character(window, from + 1);
    }
    return 0;
}

/* Not a part of a longer word: letters beside letters. */
static bool stands_alone(struct str window, const struct confirmed *c) {
    size_t start = (size_t)(c->match.p - window.p), end = (size_t)(c->value.p - window.p) + c->value.n;
    bool joins_before = start > 0 && ascii_is_alnum(window.p[start - 1]) && ascii_is_alnum(window.p[start]);
    bool joins_behind = end < window.n && ascii_is_alnum(window.p[end]) && ascii_is_alnum(window.p[end - 1]);
    bool is_assigned = c->match.p != c->value.p; /* a name may be the end of a longer one */
    return (is_assigned || !joins_before) && !joins_behind;
}

static bool holds_word(struct str text, struct str word) {
    for (size_t i = 0; i + word.n <= text.n; i++) {
        if (ascii_lower(text.p[i]) == ascii_lower(word.p[0]) &&
            str_eq_nocase(str_sub(text, i, word.n), word)) {
            return true;
        }
    }
    return false;
}

static bool has_keyword(const struct secret_rule *rule, struct str window, struct str value) {
    size_t start = (size_t)(value.p - window.p);
    size_t from = start > NEAR_BEFORE ? start - NEAR_BEFORE : 0;
    struct str before = str_sub(window, from, start - from);
    struct str behind = str_sub(window, start + value.n, NEAR_BEHIND);
    for (struct str rest = rule->keywords, word; str_split(&rest, ',', &word);) {
        if (holds_word(before, word) || holds_word(behind, word)) {
            return true;
        }
    }
    return !rule->keywords.n;
}

/* The whole name that the value is given: patterns may begin inside of it. */
static bool is_named_otherwise(const struct secret_rule *rule, struct str window, const struct confirmed *c) {
    size_t start = (size_t)(c->match.p - window.p), behind = (size_t)(c->value.p - window.p);
    size_t least = start > NAME_MOST ? start - NAME_MOST : 0;
    while (rule->unless.n && start > least &&
           (ascii_is_alnum(window.p[start - 1]) || str_find_byte(STR("_.-"), window.p[start - 1]) >= 0)) {
        start--;
    }
    struct str name = str_sub(window, start, behind - start);
    for (struct str rest = rule->unless, word; str_split(&rest, ',', &word);) {
        if (holds_word(name, word)) {
            return true;
        }
    }
    return false;
}

/* Thirty-two of sixteen digits drawn by chance have 3.66 bits each on the average, and hardly ever less
 * than 3.2. */
static double least_entropy(const struct secret_rule *rule, struct str value) {
    bool is_hex = rule->rank >= RANK_GENERIC && value.n >= HEX_MIN;
    for (size_t i = 0; is_hex && i < value.n; i++) {
        is_hex = ascii_is_digit(value.p[i]) || (value.p[i] >= 'a' && value.p[i] <= 'f');
    }
    return is_hex ? MIN(rule->entropy, 3.2) : rule->entropy;
}

int candidate_confirm(struct secret_matcher *matcher, struct arena *arena, struct arena *scratch,
                      const struct secret_rule *rule, struct str window, size_t end, int64_t now,
                      struct confirmed *out, struct err *err) {
    int r = make_matcher(matcher, arena, rule, err);
    r = r == 0 ? find_match(matcher, rule, window, end, out, err) : r;
    if (r <= 0 || !stands_alone(window, out) || !has_keyword(rule, window, out->value) ||
        is_named_otherwise(rule, window, out)) {
        return MIN(r, 0);
    }
    bool is_block = rule->proof == PROOF_PRIVATE_KEY;
    if (!is_block &&
        (value_is_placeholder(out->value) || value_entropy(out->value) < least_entropy(rule, out->value))) {
        return 0;
    }
    if (rule->rank >= RANK_GENERIC && !value_looks_random(out->value)) {
        return 0;
    }
    const struct proof_input in = {.value = out->value,
                                   .rest = str_from(window, (size_t)(out->value.p - window.p)),
                                   .arena = scratch,
                                   .now = now};
    proof_check(rule->proof, &in, &out->proof);
    out->is_refuted = !out->proof.holds;
    out->value = out->proof.holds ? out->proof.value : out->value;
    return out->proof.holds;
}
