#include "base/hash.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "cel/regex/engine.h"

/* A state is where all ways stand before a code point: the instructions they go on with, nothing asserted
 * yet, because that takes the code point to come. */
struct dfa_state {
    struct dfa_state *chain; /* of its bucket */
    uint32_t hash;
    uint32_t n;
    unsigned before;          /* SIDE_* of the last code point; 0 where nothing is asserted */
    uint32_t *places;         /* ascending */
    struct dfa_state *next[]; /* by class; NULL until it is wanted */
};

enum {
    BUCKETS = 256,
    USE_MIN = 10,     /* bytes a state must have served on average, or building it did not pay */
    STATES_KEPT = 32, /* fewer states than this are no sign of anything */
};

struct regex_automaton {
    const struct program *program;
    enum match_mode mode;
    bool gave_up;
    struct dfa_state **buckets; /* in matcher->states, as all states are */
    size_t built;               /* states since the last new beginning */
    size_t served;              /* bytes of earlier texts since then */
    size_t began;               /* where in this text they began to serve */
    struct sparse_set now, seen;
    uint32_t *stack;                /* of `seen` */
    struct dfa_state *found, *dead; /* decided; in matcher->memory */
};

static int init(struct regex_matcher *matcher, const struct program *program) {
    struct regex_automaton *dfa = arena_alloc(&matcher->memory, sizeof *dfa);
    if (!dfa) {
        return ERR_MEMORY;
    }
    dfa->program = program;
    dfa->stack = arena_array(&matcher->memory, program->n + 1, sizeof *dfa->stack);
    dfa->found = arena_alloc(&matcher->memory, sizeof *dfa->found);
    dfa->dead = arena_alloc(&matcher->memory, sizeof *dfa->dead);
    if (!dfa->stack || !dfa->found || !dfa->dead ||
        sparse_set_init(&dfa->now, &matcher->memory, program->n) < 0 ||
        sparse_set_init(&dfa->seen, &matcher->memory, program->n) < 0) {
        return ERR_MEMORY;
    }
    matcher->states.cap = LIMIT_REGEX_STATES;
    matcher->dfa = dfa;
    return 0;
}

static int begin_anew(struct regex_matcher *matcher, size_t at) {
    struct regex_automaton *dfa = matcher->dfa;
    arena_reset(&matcher->states);
    dfa->buckets = arena_array(&matcher->states, BUCKETS, sizeof(struct dfa_state *));
    dfa->built = dfa->served = 0;
    dfa->began = at;
    return dfa->buckets ? 0 : ERR_MEMORY;
}

/* ---- states ---- */

static int compare_places(const void *a, const void *b) {
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static struct dfa_state *find_state(const struct regex_automaton *dfa, uint32_t hash, unsigned before) {
    struct dfa_state *state = dfa->buckets[hash % BUCKETS];
    while (state && !(state->hash == hash && state->before == before && state->n == dfa->now.n &&
                      memcmp(state->places, dfa->now.dense, state->n * sizeof *state->places) == 0)) {
        state = state->chain;
    }
    return state;
}

static struct dfa_state *new_state(struct regex_matcher *matcher) {
    struct regex_automaton *dfa = matcher->dfa;
    size_t classes = dfa->program->alphabet.count + 2;
    struct dfa_state *state =
        arena_alloc(&matcher->states, sizeof *state + classes * sizeof(struct dfa_state *));
    if (!state) {
        return NULL;
    }
    state->places = arena_array(&matcher->states, dfa->now.n, sizeof *state->places);
    return state->places ? state : NULL;
}

/* The state of dfa->now; NULL when there is no room for it. */
static struct dfa_state *put_state(struct regex_matcher *matcher, unsigned before) {
    struct regex_automaton *dfa = matcher->dfa;
    if (!dfa->now.n) {
        return dfa->dead;
    }
    qsort(dfa->now.dense, dfa->now.n, sizeof *dfa->now.dense, compare_places);
    uint32_t hash =
        (uint32_t)hash_bytes(str_n((const char *)dfa->now.dense, dfa->now.n * sizeof *dfa->now.dense));
    struct dfa_state *state = find_state(dfa, hash, before);
    if (state) {
        return state;
    }
    state = new_state(matcher);
    if (!state) {
        return NULL;
    }
    state->hash = hash;
    state->before = before;
    state->n = (uint32_t)dfa->now.n;
    memcpy(state->places, dfa->now.dense, state->n * sizeof *state->places);
    state->chain = dfa->buckets[hash % BUCKETS];
    dfa->buckets[hash % BUCKETS] = state;
    dfa->built++;
    return state;
}

static struct dfa_state *start_state(struct regex_matcher *matcher, struct str text, size_t at) {
    struct regex_automaton *dfa = matcher->dfa;
    dfa->now.n = 0;
    sparse_set_put(&dfa->now, dfa->program->start);
    unsigned before = dfa->program->has_assertions ? side_before(text, at) : 0;
    struct dfa_state *state = put_state(matcher, before);
    return state || begin_anew(matcher, at) < 0 ? state : put_state(matcher, before);
}

/* Nothing of the pattern has been seen yet. */
static bool is_start(const struct program *program, const struct dfa_state *state) {
    return state->n == 1 && state->places[0] == program->start;
}

/* ---- ways on ---- */

struct step {
    uint8_t class;
    uint32_t code; /* one of the class */
    unsigned before, after;
    bool is_end;
};

static void push(struct regex_automaton *dfa, size_t *height, uint32_t place) {
    if (!sparse_set_has(&dfa->seen, place)) {
        sparse_set_put(&dfa->seen, place);
        dfa->stack[(*height)++] = place;
    }
}

/* Follows one instruction; true when the pattern has matched. */
static bool follow(struct regex_automaton *dfa, const struct step *step, uint32_t place, size_t *height) {
    const struct instruction *in = &dfa->program->code[place];
    switch (in->op) {
    case OP_MATCH:
        return step->is_end || dfa->mode != MODE_WHOLE;
    case OP_SPLIT:
        push(dfa, height, in->a);
        push(dfa, height, in->next);
        break;
    case OP_NOP:
    case OP_CAPTURE:
        push(dfa, height, in->next);
        break;
    case OP_ASSERT:
        if (assertion_holds(in->a, step->before, step->after)) {
            push(dfa, height, in->next);
        }
        break;
    case OP_RANGE:
    case OP_SET:
        if (instruction_takes(dfa->program, in, step->code) && !sparse_set_has(&dfa->now, in->next)) {
            sparse_set_put(&dfa->now, in->next);
        }
        break;
    case OP_FAIL:
        break;
    }
    return false;
}

/* All ways from a state over one class into dfa->now; true when the pattern has matched before it. */
static bool advance(struct regex_matcher *matcher, const struct dfa_state *state, const struct step *step) {
    struct regex_automaton *dfa = matcher->dfa;
    dfa->now.n = dfa->seen.n = 0;
    if (dfa->mode == MODE_SEARCH && !step->is_end) {
        sparse_set_put(&dfa->now, dfa->program->start);
    }
    for (size_t i = 0; i < state->n; i++) {
        size_t height = 0;
        push(dfa, &height, state->places[i]);
        while (height) {
            matcher->steps++;
            if (follow(dfa, step, dfa->stack[--height], &height)) {
                return true;
            }
        }
    }
    return false;
}

/* The state that follows and is remembered; NULL with *gave_up or for want of memory. */
static struct dfa_state *next_state(struct regex_matcher *matcher, struct dfa_state *state, uint8_t class,
                                    size_t at) {
    struct regex_automaton *dfa = matcher->dfa;
    const struct alphabet *alphabet = &dfa->program->alphabet;
    struct step step = {.class = class, .code = alphabet->member[class], .before = state->before};
    step.is_end = class == alphabet->end;
    step.after = step.is_end ? SIDE_EDGE : side_of(step.code);
    if (advance(matcher, state, &step)) {
        return state->next[class] = dfa->found;
    }
    unsigned before = dfa->program->has_assertions ? step.after : 0;
    struct dfa_state *next = put_state(matcher, before);
    if (next) {
        return state->next[class] = next;
    }
    if (dfa->built < STATES_KEPT || dfa->served + (at - dfa->began) < USE_MIN * dfa->built) {
        dfa->gave_up = true;
        return NULL;
    }
    return begin_anew(matcher, at) < 0 ? NULL : put_state(matcher, before);
}

/* ---- the run ---- */

/* The class of the code point at `at`, and its length. */
static uint8_t class_at(const struct alphabet *alphabet, struct str text, size_t at, size_t *n) {
    unsigned char first = (unsigned char)text.p[at];
    if (first < 0x80) {
        *n = 1;
        return alphabet->ascii[first];
    }
    uint32_t code;
    *n = utf8_next(str_from(text, at), &code);
    if (*n) {
        return alphabet_class(alphabet, code);
    }
    *n = 1;
    return alphabet->foreign;
}

/* Up to the state behind the last byte, or to one that decides before; NULL as next_state(). */
static struct dfa_state *run(struct regex_matcher *matcher, const struct search *search, size_t *place) {
    struct regex_automaton *dfa = matcher->dfa;
    const struct program *program = dfa->program;
    struct str text = search->text;
    bool may_skip = search->mode == MODE_SEARCH && program->prefix.n;
    size_t at = may_skip ? find_prefix_from(program, text, search->from, text.n) : search->from;
    struct dfa_state *state = start_state(matcher, text, at);
    while (state && at < text.n) {
        size_t n;
        uint8_t class = class_at(&program->alphabet, text, at, &n);
        struct dfa_state *next = state->next[class];
        state = next ? next : next_state(matcher, state, class, at);
        at += n;
        if (!state || state == dfa->found || state == dfa->dead) {
            break;
        }
        if (may_skip && is_start(program, state)) {
            at = find_prefix_from(program, text, at, text.n);
        }
    }
    *place = at;
    return state;
}

static int decide(struct regex_matcher *matcher, const struct search *search) {
    struct regex_automaton *dfa = matcher->dfa;
    uint8_t end = dfa->program->alphabet.end;
    size_t at = search->from;
    dfa->began = at;
    struct dfa_state *state = run(matcher, search, &at);
    if (state && state != dfa->found && state != dfa->dead) {
        struct dfa_state *next = state->next[end];
        state = next ? next : next_state(matcher, state, end, at);
    }
    matcher->steps += at - search->from;
    dfa->served += at - dfa->began;
    return state ? state == dfa->found : dfa->gave_up ? DFA_GAVE_UP : ERR_MEMORY;
}

int dfa_run(struct regex_matcher *matcher, const struct search *search) {
    const struct program *program = &matcher->regex->program;
    if (!program->alphabet.is_small) {
        return DFA_GAVE_UP;
    }
    if (!matcher->dfa && init(matcher, program) < 0) {
        return ERR_MEMORY;
    }
    struct regex_automaton *dfa = matcher->dfa;
    if (dfa->gave_up) {
        return DFA_GAVE_UP;
    }
    if (!dfa->buckets || dfa->mode != search->mode) {
        dfa->mode = search->mode;
        if (begin_anew(matcher, search->from) < 0) {
            return ERR_MEMORY;
        }
    }
    return decide(matcher, search);
}
