#include "cel/regex/regex.h"

#include "base/limits.h"
#include "cel/regex/engine.h"

enum { SCREEN_MIN = 64 }; /* bytes of text from which on it pays to ask first whether there is a match */

static int keep_names(struct arena *arena, const struct syntax *syntax, struct regex *regex) {
    regex->groups = syntax->names.n;
    regex->names = arena_array(arena, regex->groups, sizeof *regex->names);
    if (!regex->names) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < regex->groups; i++) {
        struct str name = syntax->names.p[i];
        regex->names[i] = name.p ? arena_str(arena, name) : STR_NONE;
        if (name.p && !regex->names[i].p) {
            return ERR_MEMORY;
        }
    }
    return 0;
}

int regex_compile(struct arena *arena, struct str pattern, const struct regex **regex, struct err *err) {
    _cleanup_(arena_free) struct arena work = arena_new(LIMIT_REGEX_BYTES);
    struct syntax syntax;
    int rc = syntax_parse(&work, pattern, &syntax, err);
    if (rc < 0) {
        return rc;
    }
    struct regex *made = arena_alloc(arena, sizeof *made);
    if (!made || keep_names(arena, &syntax, made) < 0) {
        return err_memory(err);
    }
    rc = program_build(arena, &syntax, &made->program, err);
    if (rc == 0) {
        *regex = made;
    }
    return rc;
}

size_t regex_group_count(const struct regex *regex) {
    return regex->groups;
}

struct str regex_group_name(const struct regex *regex, size_t group) {
    assert(group >= 1 && group <= regex->groups);
    return regex->names[group - 1];
}

size_t regex_group_named(const struct regex *regex, struct str name) {
    for (size_t i = 0; i < regex->groups; i++) {
        if (regex->names[i].p && str_eq(regex->names[i], name)) {
            return i + 1;
        }
    }
    return 0;
}

void regex_matcher_free(struct regex_matcher *matcher) {
    arena_free(&matcher->memory);
    arena_free(&matcher->states);
    matcher->dfa = NULL;
    matcher->nfa = NULL;
}

int sparse_set_init(struct sparse_set *set, struct arena *arena, size_t room) {
    set->sparse = arena_array(arena, room, sizeof *set->sparse);
    set->dense = arena_array(arena, room, sizeof *set->dense);
    set->n = 0;
    return set->sparse && set->dense ? 0 : ERR_MEMORY;
}

size_t find_prefix_from(const struct program *program, struct str text, size_t at, size_t none) {
    if (text.n - at < program->prefix.n) {
        return none;
    }
    const char *found = memmem(text.p + at, text.n - at, program->prefix.p, program->prefix.n);
    return found ? (size_t)(found - text.p) : none;
}

/* Where only a yes or no is wanted, and before the spans of a long text are looked for, the automaton. */
static int match(struct regex_matcher *matcher, struct search search, struct regex_span *spans, size_t n) {
    const struct regex *regex = matcher->regex;
    size_t wanted = MIN(n, regex->groups + 1);
    for (size_t i = wanted; i < n; i++) {
        spans[i] = (struct regex_span){REGEX_NONE, REGEX_NONE};
    }
    matcher->memory.cap = LIMIT_REGEX_MATCH_BYTES - LIMIT_REGEX_STATES;
    if (search.mode == MODE_SEARCH && regex->program.is_anchored) {
        search.mode = MODE_HERE;
    }
    if (n == 0 || search.text.n - search.from >= SCREEN_MIN) {
        int rc = dfa_run(matcher, &search);
        if (rc <= 0 || (rc == 1 && n == 0)) {
            return rc;
        }
    }
    return nfa_run(matcher, &search, spans, wanted);
}

static int match_or_say(struct regex_matcher *matcher, struct search search, struct regex_span *spans,
                        size_t n, struct err *err) {
    assert(search.from <= search.text.n);
    int rc = match(matcher, search, spans, n);
    return rc < 0 ? err_memory(err) : rc;
}

int regex_search(struct regex_matcher *matcher, struct str text, size_t from, struct regex_span *spans,
                 size_t n, struct err *err) {
    return match_or_say(matcher, (struct search){text, from, MODE_SEARCH}, spans, n, err);
}

int regex_match_here(struct regex_matcher *matcher, struct str text, size_t from, struct regex_span *spans,
                     size_t n, struct err *err) {
    return match_or_say(matcher, (struct search){text, from, MODE_HERE}, spans, n, err);
}

int regex_match_whole(struct regex_matcher *matcher, struct str text, struct regex_span *spans, size_t n,
                      struct err *err) {
    return match_or_say(matcher, (struct search){text, 0, MODE_WHOLE}, spans, n, err);
}
