/* The machine that runs a block: a stack of values, slots for locals, a row of loops. Internal to the
 * machine's files: each instruction has one step function, in the table of machine.c. */
#ifndef PLIMSOLL_CEL_MACHINE_H
#define PLIMSOLL_CEL_MACHINE_H

#include "cel/cel.h"
#include "cel/compile/block.h"
#include "cel/env.h"

/* A call of the block with the overloads that may be meant. */
struct cel_callable {
    const struct cel_overload *const *overloads;
    uint32_t n;
};

struct cel_program {
    const unsigned char *block;
    const struct block_header *header;
    const struct instruction *code;
    const struct block_constant *constants;
    const struct cel_callable *calls;
    const uint32_t *variables; /* of the block: their numbers in the env */
};

struct loop {
    struct cel_value range;
    struct cel_value fault; /* the one that counts so far; CEL_NULL: none */
    uint32_t i, slot, n_true;
    uint8_t kind;
    bool has_two;
    union {
        struct cel_list_builder list;
        struct cel_map_builder map;
    };
};

struct machine {
    const struct cel_program *program;
    struct cel_call call;
    struct cel_value *top;   /* of the stack; grows upward */
    struct cel_value *slots; /* locals */
    struct loop *loop;       /* the innermost, or one before the first */
    const struct cel_value *variables;
    size_t variable_count;
    bool explain;
};

typedef const struct instruction *step_fn(struct machine *m, const struct instruction *i);

/* ---- Helpers of the steps */

static inline void machine_push(struct machine *m, struct cel_value v) {
    cel_copy(++m->top, &v);
}
static inline void machine_set_bool(struct cel_value *v, bool b, const struct doc *from) {
    struct cel_value made = cel_bool(b);
    made.from = from;
    cel_copy(v, &made);
}
static inline const struct instruction *machine_go(const struct machine *m, uint32_t to) {
    return m->program->code + to;
}
static inline struct str machine_text(const struct machine *m, uint32_t constant) {
    const struct block_constant *c = &m->program->constants[constant];
    return str_n((const char *)m->program->block + c->bits, c->n);
}

/* The members that the next i->a instructions select, as far as they lie in documents: v or the last of them
 * goes on the stack. Returns the first instruction that is left to do. */
static inline const struct instruction *machine_push_member(struct machine *m, const struct instruction *i,
                                                            const struct cel_value *v) {
    const struct instruction *next = i + 1, *end = next + i->a;
    const struct doc *found = v->kind == CEL_MAP && v->held == CEL_HELD_DOC ? v->doc : NULL, *last = NULL;
    while (next < end && (found = doc_get(found, machine_text(m, next->c)))) {
        last = found;
        next++;
    }
    if (last) {
        cel_set_doc(++m->top, last);
    } else {
        cel_copy(++m->top, v);
    }
    return next;
}

/* The node for a result that a decided, or b when a has none; with .explain, both. */
const struct doc *machine_join_slowly(struct machine *m, const struct doc *a, const struct doc *b);
static inline const struct doc *machine_join(struct machine *m, const struct doc *a, const struct doc *b) {
    return !m->explain ? (a ? a : b) : machine_join_slowly(m, a, b);
}

/* An error at the instruction, decided by from. */
struct cel_value machine_error(struct machine *m, const struct instruction *i, const struct doc *from,
                               const char *fmt, ...) _printf_(4, 5);
/* Marks an error that has no place yet. */
void machine_place(const struct machine *m, const struct instruction *i, struct cel_value *v);
/* Of two of which one is a fault: an unknown before an error, the first before the second. */
const struct cel_value *machine_fault(const struct cel_value *a, const struct cel_value *b);

step_fn step_select, step_select_maybe, step_has, step_index, step_index_maybe;
step_fn step_equal, step_not_equal, step_less, step_less_equal, step_greater, step_greater_equal, step_in,
    step_in_texts, step_arithmetic, step_negate;
step_fn step_list, step_map, step_element, step_unwrap, step_wrap;
step_fn step_loop, step_filter, step_next;
step_fn step_call;

#endif
