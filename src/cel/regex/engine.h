/* The two machines that run a program. */
#ifndef PLIMSOLL_CEL_REGEX_ENGINE_H
#define PLIMSOLL_CEL_REGEX_ENGINE_H

#include "cel/regex/program.h"

enum match_mode {
    MODE_SEARCH, /* begins anywhere at or after a place */
    MODE_HERE,   /* begins at the place */
    MODE_WHOLE,  /* is the whole text */
};

struct search {
    struct str text;
    size_t from;
    enum match_mode mode;
};

/* Instructions in the order they were put in; whether one is in is known at once. */
struct sparse_set {
    uint32_t *sparse, *dense;
    size_t n;
};

int sparse_set_init(struct sparse_set *set, struct arena *arena, size_t room);

static inline bool sparse_set_has(const struct sparse_set *set, uint32_t item) {
    uint32_t at = set->sparse[item];
    return at < set->n && set->dense[at] == item;
}
static inline void sparse_set_put(struct sparse_set *set, uint32_t item) {
    set->sparse[item] = (uint32_t)set->n;
    set->dense[set->n++] = item;
}

/* The first place at or after `at` where the prefix stands; `none` when there is none. */
size_t find_prefix_from(const struct program *program, struct str text, size_t at, size_t none);

/* The deterministic automaton, built as far as texts lead: says whether there is a match. 1, 0, ERR_MEMORY,
 * or DFA_GAVE_UP when it would build more than it uses. */
#define DFA_GAVE_UP 2
int dfa_run(struct regex_matcher *matcher, const struct search *search);

/* Pike's simulation: all ways at once, in order of preference. Fills spans[0..n), n at most the groups + 1.
 * 1, 0 or ERR_MEMORY. */
int nfa_run(struct regex_matcher *matcher, const struct search *search, struct regex_span *spans, size_t n);

#endif
