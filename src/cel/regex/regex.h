/* Regular expressions with RE2's syntax and answers, in time linear in text and program.
 *
 * No backtracking: a search runs a lazily built automaton, or Pike's simulation where spans are wanted. No
 * pattern and no text can make it explode, and none that compiles gives an error for its difficulty.
 *
 * Syntax: https://github.com/google/re2/wiki/Syntax, all but \C. Refused as in RE2: backreferences and
 * look-around. Of several matches the leftmost counts, of those the one that Perl would find first. The unit
 * is the code point: a byte of the text that is no UTF-8 is matched by nothing, and no match begins or ends
 * inside of a character.
 *
 *     const struct regex *regex;
 *     if (regex_compile(&arena, STR("(?i)^v(\\d+)"), &regex, err) < 0)
 *         return err_at(err, "matches");             "matches: byte 3 of the pattern: ..."
 *     _cleanup_(regex_matcher_free) struct regex_matcher matcher = regex_matcher_new(regex);
 *     struct regex_span spans[2];
 *     int found = regex_search(&matcher, text, 0, spans, 2, err); */
#ifndef PLIMSOLL_CEL_REGEX_REGEX_H
#define PLIMSOLL_CEL_REGEX_REGEX_H

#include "base/arena.h"
#include "base/err.h"

/* A compiled pattern: lives in the arena it was compiled into, never changes, may be shared by threads. */
struct regex;

/* 0, or ERR_INPUT (the message names the byte of the pattern), ERR_LIMIT for a pattern too large
 * (LIMIT_REGEX_*), ERR_MEMORY. The pattern is not kept. */
int regex_compile(struct arena *arena, struct str pattern, const struct regex **regex, struct err *err);

/* The number of groups that capture; the whole match is group 0 and not counted. */
size_t regex_group_count(const struct regex *regex);
/* The name of group 1..count, p NULL when it has none. */
struct str regex_group_name(const struct regex *regex, size_t group);
/* The group of that name, 0 when there is none. */
size_t regex_group_named(const struct regex *regex, struct str name);

/* What one thread needs to match one pattern. Holds no memory before the first match and at most
 * LIMIT_REGEX_MATCH_BYTES then; used again it is faster, because it remembers the automaton. */
struct regex_matcher {
    const struct regex *regex;
    struct arena memory;         /* of both machines */
    struct arena states;         /* of the automaton, which begins anew when they are too many */
    struct regex_automaton *dfa; /* NULL until it is wanted */
    struct regex_threads *nfa;   /* NULL until it is wanted */
    uint64_t steps;              /* instructions looked at so far: the cost, whatever the clock says */
};

static inline struct regex_matcher regex_matcher_new(const struct regex *regex) {
    return (struct regex_matcher){.regex = regex};
}
void regex_matcher_free(struct regex_matcher *matcher);

/* Bytes [start, end) of the text; both REGEX_NONE for a group that took no part. */
struct regex_span {
    size_t start, end;
};
#define REGEX_NONE SIZE_MAX

/* The first match that begins at byte `from` or later (^ and \b still see what stands before it). 1 when
 * there is one, 0 when there is none, or ERR_MEMORY (also for spans of thousands of groups that would not
 * fit). Fills spans[0..n): the whole match, then the groups in order; n may be more than the groups, and 0 is
 * fastest. */
int regex_search(struct regex_matcher *matcher, struct str text, size_t from, struct regex_span *spans,
                 size_t n, struct err *err);
/* As regex_search(), for a match that begins at `from`. */
int regex_match_here(struct regex_matcher *matcher, struct str text, size_t from, struct regex_span *spans,
                     size_t n, struct err *err);
/* As regex_search(), for a match that is the whole text. */
int regex_match_whole(struct regex_matcher *matcher, struct str text, struct regex_span *spans, size_t n,
                      struct err *err);

#endif
