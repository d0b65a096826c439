/* Reads cases as tests/integration/regex/cases.go writes them, says where the engine differs, and counts. */
#include "base/buf.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"
#include "cel/regex/regex.h"

enum { GROUPS_MAX = 64 };

struct tally {
    size_t cases, refused, wrong;
};

static struct str unhex(struct arena *arena, struct str digits) {
    unsigned char *bytes = arena_alloc(arena, digits.n / 2 + 1);
    if (!bytes || !hex_decode(digits, bytes, digits.n / 2)) {
        abort();
    }
    return str_n((const char *)bytes, digits.n / 2);
}

/* As Go prints a list of ends: -1 for a group that took no part; nothing without a match. */
static void write_spans(struct buf *out, int found, const struct regex_span *spans, size_t n) {
    for (size_t i = 0; found > 0 && i < n; i++) {
        buf_printf(out, i ? " %zd %zd" : "%zd %zd", (ssize_t)spans[i].start, (ssize_t)spans[i].end);
    }
}

static bool agrees(const struct regex *regex, struct str text, struct str ends, struct str whole,
                   struct buf *said) {
    _cleanup_(regex_matcher_free) struct regex_matcher matcher = regex_matcher_new(regex);
    struct regex_span spans[GROUPS_MAX], first;
    size_t n = MIN(regex_group_count(regex) + 1, (size_t)GROUPS_MAX);
    int found = regex_search(&matcher, text, 0, spans, n, NULL);
    int decided = regex_search(&matcher, text, 0, NULL, 0, NULL);
    int again = regex_search(&matcher, text, 0, &first, 1, NULL);
    int all = regex_match_whole(&matcher, text, NULL, 0, NULL);
    int all_spans = regex_match_whole(&matcher, text, &first, 1, NULL);
    write_spans(said, found, spans, n);
    buf_printf(said, "; %d %d %d, whole %d %d", found, decided, again, all, all_spans);
    return str_eq(str_sub(buf_view(said), 0, ends.n), ends) && said->p[ends.n] == ';' && found == decided &&
           found == again && all == all_spans && (whole.p[0] == '?' || all == whole.p[0] - '0');
}

static void run_case(struct str line, struct tally *tally) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_REGEX_BYTES);
    _cleanup_(buf_free) struct buf said = buf_new(MIB);
    struct str word[4] = {{NULL, 0}};
    struct str rest = line;
    for (size_t i = 0; i < ARRAY_SIZE(word) && str_split(&rest, '\t', &word[i]); i++) {
    }
    struct str pattern = unhex(&arena, word[0]);
    const struct regex *regex;
    struct err err = ERR_NONE;
    bool is_refused = regex_compile(&arena, pattern, &regex, &err) < 0,
         is_expected = str_eq(word[1], STR("refused"));
    tally->cases++;
    tally->refused += is_expected;
    if (is_refused != is_expected) {
        tally->wrong++;
        printf("%.*s: %s\n", STR_ARG(pattern), is_refused ? err.message : "should be refused");
    } else if (!is_refused && !agrees(regex, unhex(&arena, word[1]), word[2], word[3], &said)) {
        tally->wrong++;
        printf("%.*s on \"%.*s\": expected %.*s; whole %.*s, said %.*s\n", STR_ARG(pattern),
               STR_ARG(unhex(&arena, word[1])), STR_ARG(word[2]), STR_ARG(word[3]), STR_ARG(buf_view(&said)));
    }
}

int main(void) {
    struct tally tally = {0};
    char *line = NULL;
    size_t room = 0;
    for (ssize_t n; (n = getline(&line, &room, stdin)) > 0;) {
        run_case(str_n(line, (size_t)n - 1), &tally);
    }
    free(line);
    printf("%zu cases, %zu of them refused patterns; %zu differ\n", tally.cases, tally.refused, tally.wrong);
    return tally.wrong || !tally.cases ? EXIT_FAILURE : EXIT_SUCCESS;
}
