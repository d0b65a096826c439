/* A pattern, a NUL, a text: both machines give the same answer, spans lie in the text, and the cost is
 * linear. */
#include "base/limits.h"
#include "cel/regex/regex.h"
#include "fuzz.h"

enum { GROUPS = 6 };

static void require(bool holds) {
    if (!holds) {
        abort();
    }
}

static void check_spans(struct str text, const struct regex_span *spans) {
    for (size_t i = 0; i < GROUPS; i++) {
        require((spans[i].start == REGEX_NONE && spans[i].end == REGEX_NONE) ||
                (spans[i].start <= spans[i].end && spans[i].end <= text.n));
    }
}

static void match(const struct regex *regex, struct str text) {
    _cleanup_(regex_matcher_free) struct regex_matcher matcher = regex_matcher_new(regex);
    struct regex_span spans[GROUPS], whole[GROUPS];
    int found = regex_search(&matcher, text, 0, spans, GROUPS, NULL);
    require(found >= 0 && regex_search(&matcher, text, 0, NULL, 0, NULL) == found);
    int all = regex_match_whole(&matcher, text, whole, GROUPS, NULL);
    require(all >= 0 && regex_match_whole(&matcher, text, NULL, 0, NULL) == all);
    require(!all || (found && whole[0].start == 0 && whole[0].end == text.n && spans[0].start == 0));
    if (found) {
        check_spans(text, spans);
        require(regex_match_here(&matcher, text, spans[0].start, whole, 1, NULL) == 1 &&
                whole[0].end == spans[0].end);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_REGEX_BYTES);
    struct str pattern, text;
    const struct regex *regex;
    str_cut(str_n((const char *)data, size), '\0', &pattern, &text);
    if (regex_compile(&arena, pattern, &regex, NULL) == 0) {
        match(regex, text);
    }
    return 0;
}
