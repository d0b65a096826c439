#include "cel/machine/machine.h"

#include "base/limits.h"
#include "cel/syntax/lex.h"

#include <stdarg.h>

enum { SMALL_VALUES = 64, SMALL_LOOPS = 4 };

struct cel_value machine_error(struct machine *m, const struct instruction *i, const struct doc *from,
                               const char *fmt, ...) {
    char message[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    struct cel_value error = cel_error(&m->call, "%s", message);
    error.from = from;
    machine_place(m, i, &error);
    return error;
}

void machine_place(const struct machine *m, const struct instruction *i, struct cel_value *v) {
    size_t number = (size_t)(i - m->program->code) + 1;
    if (v->kind == CEL_ERROR && !v->at && number <= UINT16_MAX) {
        v->at = (uint16_t)number;
    }
}

const struct cel_value *machine_fault(const struct cel_value *a, const struct cel_value *b) {
    if (a->kind == CEL_UNKNOWN || !cel_is_fault(b)) {
        return a;
    }
    return b->kind == CEL_UNKNOWN || !cel_is_fault(a) ? b : a;
}

static const struct instruction *step_constant(struct machine *m, const struct instruction *i) {
    const struct block_constant *c = &m->program->constants[i->c];
    struct cel_value v = {.head = cel_head((enum cel_kind)c->kind, CEL_HELD_ARENA, c->n), .u = c->bits};
    if (c->kind == CEL_STRING || c->kind == CEL_BYTES || c->kind == CEL_TYPE) {
        v.p = (const char *)m->program->block + c->bits;
    }
    machine_push(m, v);
    return i + 1;
}

static const struct instruction *step_local(struct machine *m, const struct instruction *i) {
    return machine_push_member(m, i, &m->slots[i->b]);
}

static const struct instruction *not_bound(struct machine *m, const struct instruction *i) {
    machine_push(m, machine_error(m, i, NULL, "a variable has no value"));
    return i + 1;
}

static const struct instruction *step_variable(struct machine *m, const struct instruction *i) {
    uint32_t number = m->program->variables[i->c];
    return number < m->variable_count ? machine_push_member(m, i, &m->variables[number]) : not_bound(m, i);
}

static const struct instruction *step_fail(struct machine *m, const struct instruction *i) {
    machine_push(m, cel_text(CEL_ERROR, machine_text(m, i->c)));
    machine_place(m, i, m->top);
    return i + 1;
}

static const struct instruction *step_not(struct machine *m, const struct instruction *i) {
    struct cel_value *v = m->top;
    if (v->kind == CEL_BOOL) {
        v->b = !v->b;
    } else if (!cel_is_fault(v)) {
        *v = machine_error(m, i, v->from, "'!' does not take %.*s", STR_ARG(cel_type_name(v)));
    }
    return i + 1;
}

static const struct instruction *step_jump(struct machine *m, const struct instruction *i) {
    return machine_go(m, i->c);
}

static const struct instruction *step_and_jump(struct machine *m, const struct instruction *i) {
    return m->top->kind == CEL_BOOL && !m->top->b ? machine_go(m, i->c) : i + 1;
}

static const struct instruction *step_or_jump(struct machine *m, const struct instruction *i) {
    return m->top->kind == CEL_BOOL && m->top->b ? machine_go(m, i->c) : i + 1;
}

/* What && and || make of operands that are not both bool and of which none decides. */
static struct cel_value logic_fault(struct machine *m, const struct instruction *i, const struct cel_value *a,
                                    const struct cel_value *b) {
    if (cel_is_fault(a) || cel_is_fault(b)) {
        return *machine_fault(a, b);
    }
    const struct cel_value *wrong = a->kind == CEL_BOOL ? b : a;
    return machine_error(m, i, wrong->from, "'%s' does not take %.*s", i->code == CODE_AND ? "&&" : "||",
                         STR_ARG(cel_type_name(wrong)));
}

/* The first operand did not decide: that b decides alone is all that is left to look for. */
static const struct instruction *logic(struct machine *m, const struct instruction *i, bool decides) {
    struct cel_value *b = m->top--, *a = m->top;
    if (b->kind == CEL_BOOL && b->b == decides) {
        cel_copy(a, b);
    } else if (a->kind == CEL_BOOL && b->kind == CEL_BOOL) {
        a->from = machine_join(m, b->from, a->from);
    } else {
        *a = logic_fault(m, i, a, b);
    }
    return i + 1;
}

static const struct instruction *step_and(struct machine *m, const struct instruction *i) {
    return logic(m, i, false);
}

static const struct instruction *step_or(struct machine *m, const struct instruction *i) {
    return logic(m, i, true);
}

/* The jump in front of the other branch leads behind the conditional. */
static const struct instruction *step_branch(struct machine *m, const struct instruction *i) {
    struct cel_value *v = m->top;
    if (v->kind == CEL_BOOL) {
        return v->b ? i + 1 : machine_go(m, i->c);
    }
    if (!cel_is_fault(v)) {
        *v = machine_error(m, i, v->from, "'?' does not take %.*s", STR_ARG(cel_type_name(v)));
    }
    return machine_go(m, machine_go(m, i->c - 1)->c);
}

static const struct instruction *step_merge(struct machine *m, const struct instruction *i) {
    struct cel_value *v = m->top--;
    v->from = machine_join(m, v->from, m->top->from);
    cel_copy(m->top, v);
    return i + 1;
}

static const struct instruction *step_store(struct machine *m, const struct instruction *i) {
    m->slots[i->b] = *m->top--;
    return i + 1;
}

static step_fn *const steps[CODE_COUNT] = {
    [CODE_CONSTANT] = step_constant,
    [CODE_LOCAL] = step_local,
    [CODE_VARIABLE] = step_variable,
    [CODE_FAIL] = step_fail,
    [CODE_SELECT] = step_select,
    [CODE_SELECT_MAYBE] = step_select_maybe,
    [CODE_HAS] = step_has,
    [CODE_INDEX] = step_index,
    [CODE_INDEX_MAYBE] = step_index_maybe,
    [CODE_NOT] = step_not,
    [CODE_NEGATE] = step_negate,
    [CODE_AND_JUMP] = step_and_jump,
    [CODE_AND] = step_and,
    [CODE_OR_JUMP] = step_or_jump,
    [CODE_OR] = step_or,
    [CODE_BRANCH] = step_branch,
    [CODE_MERGE] = step_merge,
    [CODE_JUMP] = step_jump,
    [CODE_EQUAL] = step_equal,
    [CODE_NOT_EQUAL] = step_not_equal,
    [CODE_LESS] = step_less,
    [CODE_LESS_EQUAL] = step_less_equal,
    [CODE_GREATER] = step_greater,
    [CODE_GREATER_EQUAL] = step_greater_equal,
    [CODE_IN] = step_in,
    [CODE_IN_TEXTS] = step_in_texts,
    [CODE_ARITHMETIC] = step_arithmetic,
    [CODE_LIST] = step_list,
    [CODE_MAP] = step_map,
    [CODE_ELEMENT] = step_element,
    [CODE_CALL] = step_call,
    [CODE_LOOP] = step_loop,
    [CODE_FILTER] = step_filter,
    [CODE_NEXT] = step_next,
    [CODE_STORE] = step_store,
    [CODE_UNWRAP] = step_unwrap,
    [CODE_WRAP] = step_wrap,
};

static struct cel_value run(struct machine *m) {
    const struct instruction *i = m->program->code;
    while (i->code != CODE_RETURN && !m->call.stop) {
        i = steps[i->code](m, i);
    }
    if (m->call.stop) {
        return cel_stop(&m->call, NULL);
    }
    struct cel_value result;
    cel_copy(&result, m->top);
    return result;
}

struct cel_value cel_eval(const struct cel_program *program, struct cel_evaluation *e) {
    const struct block_header *h = program->header;
    struct cel_value small[SMALL_VALUES];
    struct loop small_loops[SMALL_LOOPS];
    struct cel_value *values = small;
    struct loop *loops = small_loops;
    struct machine m = {.program = program,
                        .call = {.arena = e->arena,
                                 .user = e->user,
                                 .cache = e->cache,
                                 .budget = e->budget ? e->budget : LIMIT_CEL_STEPS},
                        .variables = e->variables,
                        .variable_count = e->variable_count,
                        .explain = e->explain};
    size_t need = (size_t)h->slots + h->stack + 1;
    if (need > SMALL_VALUES) {
        values = arena_array(e->arena, need, sizeof *values);
    }
    if (h->loops >= SMALL_LOOPS) {
        loops = arena_array(e->arena, (size_t)h->loops + 1, sizeof *loops);
    }
    if (!values || !loops) {
        return cel_no_memory(&m.call);
    }
    if (!cel_spend(&m.call, h->code.n)) {
        return cel_over_budget(&m.call);
    }
    m.slots = values;
    m.top = values + h->slots;
    m.loop = loops;
    return run(&m);
}

struct doc_place cel_error_place(const struct cel_program *program, const struct cel_value *error) {
    if (error->kind != CEL_ERROR || !error->at || error->at > program->header->places.n) {
        return (struct doc_place){0, 0};
    }
    const struct block_header *h = program->header;
    const uint32_t *places = (const uint32_t *)(const void *)(program->block + h->places.at);
    struct str text = str_n((const char *)program->block + h->text.at, h->text.n);
    return cel_place(text, places[error->at - 1]);
}
