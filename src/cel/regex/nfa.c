#include "base/limits.h"
#include "base/utf8.h"
#include "cel/regex/engine.h"

/* The slots of a thread, shared by all threads that have the same. */
struct capture {
    size_t owners;
    struct capture *free;
    size_t at[];
};

/* Threads in order of preference; one that stands at an instruction that takes nothing has no capture. */
struct threads {
    struct sparse_set set;
    struct capture **captures; /* by place in set.dense */
};

/* What to follow next; or, `place` 0, the capture to go back to. */
struct pending {
    uint32_t place;
    struct capture *back;
};

struct regex_threads {
    const struct program *program;
    struct threads lists[2];
    struct pending *stack;
    size_t height;
    struct capture *free;
    size_t room;  /* slots that a capture has room for */
    size_t slots; /* that are wanted now; 0 when a yes or no is enough */
    bool failed;
};

static int init(struct regex_matcher *matcher, const struct program *program) {
    struct arena *memory = &matcher->memory;
    struct regex_threads *nfa = arena_alloc(memory, sizeof *nfa);
    if (!nfa) {
        return ERR_MEMORY;
    }
    nfa->program = program;
    nfa->stack = arena_array(memory, 2 * program->n + 1, sizeof *nfa->stack);
    for (size_t i = 0; i < ARRAY_SIZE(nfa->lists); i++) {
        nfa->lists[i].captures = arena_array(memory, program->n, sizeof(struct capture *));
        if (!nfa->stack || !nfa->lists[i].captures ||
            sparse_set_init(&nfa->lists[i].set, memory, program->n) < 0) {
            return ERR_MEMORY;
        }
    }
    matcher->nfa = nfa;
    return 0;
}

/* ---- captures ---- */

static struct capture *hold(struct capture *capture) {
    if (capture) {
        capture->owners++;
    }
    return capture;
}

static void release(struct regex_threads *nfa, struct capture *capture) {
    if (capture && --capture->owners == 0) {
        capture->free = nfa->free;
        nfa->free = capture;
    }
}

/* With one owner; all slots REGEX_NONE. */
static struct capture *new_capture(struct regex_matcher *matcher) {
    struct regex_threads *nfa = matcher->nfa;
    struct capture *capture = nfa->free;
    if (capture) {
        nfa->free = capture->free;
    } else {
        capture = arena_alloc(&matcher->memory, sizeof *capture + nfa->room * sizeof *capture->at);
    }
    if (!capture) {
        nfa->failed = true;
        return NULL;
    }
    capture->owners = 1;
    for (size_t i = 0; i < nfa->slots; i++) {
        capture->at[i] = REGEX_NONE;
    }
    return capture;
}

/* Those that are free may be too small for more slots, and are then left behind. */
static void want_slots(struct regex_threads *nfa, size_t slots) {
    nfa->slots = slots;
    if (slots > nfa->room) {
        nfa->room = slots;
        nfa->free = NULL;
    }
}

/* ---- threads ---- */

struct place {
    size_t at;
    unsigned before, after;
};

static void push(struct regex_threads *nfa, uint32_t place, struct capture *back) {
    assert(nfa->height <= 2 * nfa->program->n);
    nfa->stack[nfa->height++] = (struct pending){place, back};
}

/* A capture of its own with the slot set; the shared one comes back when its ways are followed. */
static struct capture *set_slot(struct regex_matcher *matcher, struct capture *shared, uint32_t slot,
                                size_t at) {
    struct regex_threads *nfa = matcher->nfa;
    if (slot >= nfa->slots) {
        return shared;
    }
    struct capture *own = new_capture(matcher);
    if (!own) {
        return shared;
    }
    memcpy(own->at, shared->at, nfa->slots * sizeof *own->at);
    own->at[slot] = at;
    push(nfa, 0, shared);
    return own;
}

/* Follows what takes no code point from `place` on; the way preferred first. Gives the capture it ends with.
 */
static struct capture *follow(struct regex_matcher *matcher, struct threads *list, uint32_t place,
                              struct capture *capture, const struct place *here) {
    struct regex_threads *nfa = matcher->nfa;
    while (!sparse_set_has(&list->set, place)) {
        list->captures[list->set.n] = NULL;
        sparse_set_put(&list->set, place);
        matcher->steps++;
        const struct instruction *in = &nfa->program->code[place];
        switch (in->op) {
        case OP_SPLIT:
            push(nfa, in->a, NULL);
            break;
        case OP_CAPTURE:
            capture = set_slot(matcher, capture, in->a, here->at);
            break;
        case OP_NOP:
            break;
        case OP_ASSERT:
            if (!assertion_holds(in->a, here->before, here->after)) {
                return capture;
            }
            break;
        default:
            list->captures[list->set.n - 1] = hold(capture);
            return capture;
        }
        place = in->next;
    }
    return capture;
}

/* Adds a thread at `place` with all it can reach. */
static void add_thread(struct regex_matcher *matcher, struct threads *list, uint32_t place,
                       struct capture *capture, const struct place *here) {
    struct regex_threads *nfa = matcher->nfa;
    assert(nfa->height == 0);
    push(nfa, place, NULL);
    while (nfa->height && !nfa->failed) {
        struct pending next = nfa->stack[--nfa->height];
        if (next.place) {
            capture = follow(matcher, list, next.place, capture, here);
        } else {
            release(nfa, capture);
            capture = next.back;
        }
    }
}

static void empty_list(struct regex_threads *nfa, struct threads *list, size_t from) {
    for (size_t i = from; i < list->set.n; i++) {
        release(nfa, list->captures[i]);
    }
    list->set.n = 0;
}

/* ---- the run ---- */

struct run {
    const struct search *search;
    struct str text;
    struct place here;
    struct capture *best; /* of the match that is preferred so far */
    bool has_matched;
};

static void start_thread(struct regex_matcher *matcher, struct run *run, struct threads *list) {
    struct regex_threads *nfa = matcher->nfa;
    struct capture *capture = nfa->slots ? new_capture(matcher) : NULL;
    if (capture) {
        capture->at[0] = run->here.at;
    }
    add_thread(matcher, list, nfa->program->start, capture, &run->here);
    release(nfa, capture);
}

static void keep_match(struct regex_threads *nfa, struct run *run, struct capture *capture) {
    run->has_matched = true;
    release(nfa, run->best);
    run->best = hold(capture);
    if (run->best) {
        run->best->at[1] = run->here.at;
    }
}

/* One code point over all threads, into the other list; a match ends those that are preferred less. */
static void step(struct regex_matcher *matcher, struct run *run, struct threads *from, struct threads *to,
                 uint32_t code, const struct place *next) {
    struct regex_threads *nfa = matcher->nfa;
    for (size_t i = 0; i < from->set.n && !nfa->failed; i++) {
        const struct instruction *in = &nfa->program->code[from->set.dense[i]];
        matcher->steps++;
        if (in->op == OP_MATCH && (run->search->mode != MODE_WHOLE || run->here.at == run->text.n)) {
            keep_match(nfa, run, from->captures[i]);
            break;
        }
        if (code != RUNE_NONE && instruction_takes(nfa->program, in, code)) {
            add_thread(matcher, to, in->next, from->captures[i], next);
        }
    }
    empty_list(nfa, from, 0);
}

/* The place behind the code point at `here`, RUNE_NONE where there is none. */
static struct place next_place(const struct run *run, uint32_t *code) {
    *code = RUNE_NONE;
    size_t n = utf8_next(str_from(run->text, run->here.at), code);
    *code = n ? *code : RUNE_NONE;
    size_t at = MIN(run->here.at + MAX(n, (size_t)1), run->text.n);
    return (struct place){at, side_before(run->text, at), side_after(run->text, at)};
}

static void skip_to_prefix(const struct program *program, struct run *run) {
    size_t at = find_prefix_from(program, run->text, run->here.at, run->text.n);
    run->here = (struct place){at, side_before(run->text, at), side_after(run->text, at)};
}

static void run_all(struct regex_matcher *matcher, struct run *run) {
    struct regex_threads *nfa = matcher->nfa;
    struct threads *now = &nfa->lists[0], *later = &nfa->lists[1];
    bool may_start = true, is_search = run->search->mode == MODE_SEARCH;
    for (;;) {
        if (now->set.n == 0 && is_search && !run->has_matched && nfa->program->prefix.n) {
            skip_to_prefix(nfa->program, run);
        }
        if (may_start && !run->has_matched) {
            start_thread(matcher, run, now);
        }
        may_start = is_search;
        uint32_t code;
        struct place next = next_place(run, &code);
        step(matcher, run, now, later, code, &next);
        bool is_decided = run->has_matched && (later->set.n == 0 || !nfa->slots);
        if (nfa->failed || is_decided || (later->set.n == 0 && !is_search) || run->here.at == run->text.n) {
            break;
        }
        run->here = next;
        struct threads *swap = now;
        now = later;
        later = swap;
    }
    empty_list(nfa, now, 0);
    empty_list(nfa, later, 0);
}

static void fill_spans(const struct capture *best, struct regex_span *spans, size_t n) {
    for (size_t i = 0; i < n; i++) {
        spans[i] = (struct regex_span){best->at[2 * i], best->at[2 * i + 1]};
        if (spans[i].start == REGEX_NONE || spans[i].end == REGEX_NONE) {
            spans[i] = (struct regex_span){REGEX_NONE, REGEX_NONE};
        }
    }
}

/* After a failure captures may still be held: all begin anew. */
static int give_up(struct regex_threads *nfa) {
    nfa->failed = false;
    nfa->free = NULL;
    nfa->height = 0;
    nfa->lists[0].set.n = nfa->lists[1].set.n = 0;
    return ERR_MEMORY;
}

int nfa_run(struct regex_matcher *matcher, const struct search *search, struct regex_span *spans, size_t n) {
    if (!matcher->nfa && init(matcher, &matcher->regex->program) < 0) {
        return ERR_MEMORY;
    }
    struct regex_threads *nfa = matcher->nfa;
    want_slots(nfa, 2 * n);
    struct run run = {.search = search, .text = search->text};
    run.here = (struct place){search->from, side_before(search->text, search->from),
                              side_after(search->text, search->from)};
    run_all(matcher, &run);
    if (nfa->failed) {
        return give_up(nfa);
    }
    if (run.has_matched && n) {
        fill_spans(run.best, spans, n);
    }
    release(nfa, run.best);
    return run.has_matched;
}
