/* Comprehensions: one loop over a list or map, its result grown in place. */
#include "cel/machine/machine.h"

/* What has no node itself has that of what it lies in. */
static void inherit(struct cel_value *slot, const struct loop *loop) {
    slot->from = slot->from ? slot->from : loop->range.from;
}

static void set_variables(struct machine *m, struct loop *loop) {
    struct cel_value *first = &m->slots[loop->slot], *second = first + 1, unused;
    if (loop->range.kind == CEL_MAP) {
        cel_map_at(&loop->range, loop->i, first, loop->has_two ? second : &unused);
    } else if (loop->has_two) {
        *first = cel_int(loop->i);
        cel_set_item(second, &loop->range, loop->i);
    } else {
        cel_set_item(first, &loop->range, loop->i);
    }
    inherit(first, loop);
    if (loop->has_two) {
        inherit(second, loop);
    }
}

static struct cel_value result_of(const struct loop *loop) {
    struct cel_value v;
    if (cel_is_fault(&loop->fault)) {
        return loop->fault;
    }
    switch ((enum cel_loop)loop->kind) {
    case LOOP_ALL:
    case LOOP_EXISTS:
        v = cel_bool(loop->kind == LOOP_ALL);
        break;
    case LOOP_EXISTS_ONE:
        v = cel_bool(loop->n_true == 1);
        break;
    case LOOP_LIST:
    case LOOP_FILTER:
        v = cel_list_done(&loop->list);
        break;
    default:
        v = cel_map_done(&loop->map);
        break;
    }
    v.from = loop->range.from;
    return v;
}

static const struct instruction *end_loop(struct machine *m, const struct instruction *next,
                                          struct cel_value result) {
    m->loop--;
    machine_push(m, result);
    return next + 1;
}

/* To the next item, or behind the loop. Each round costs its instructions. */
static const struct instruction *advance(struct machine *m, const struct instruction *next) {
    struct loop *loop = m->loop;
    const struct instruction *body = machine_go(m, next->c);
    if (!cel_spend(&m->call, (uint64_t)(next - body) + 1)) {
        return end_loop(m, next, cel_over_budget(&m->call));
    }
    if (++loop->i >= loop->range.n) {
        return end_loop(m, next, result_of(loop));
    }
    set_variables(m, loop);
    return body;
}

const struct instruction *step_loop(struct machine *m, const struct instruction *i) {
    struct cel_value *range = m->top;
    if (range->kind != CEL_LIST && range->kind != CEL_MAP) {
        if (!cel_is_fault(range)) {
            *range = machine_error(m, i, range->from, "%.*s can't be walked through",
                                   STR_ARG(cel_type_name(range)));
        }
        return machine_go(m, i->c);
    }
    m->top--;
    struct loop *loop = ++m->loop;
    *loop = (struct loop){.slot = i->b, .kind = i->a & 127, .has_two = i->a > 127};
    cel_copy(&loop->range, range);
    if (range->n == 0) {
        return end_loop(m, machine_go(m, i->c - 1), result_of(loop));
    }
    set_variables(m, loop);
    return i + 1;
}

static struct cel_value not_bool(struct machine *m, const struct instruction *i, const struct cel_value *v) {
    return machine_error(m, i, v->from, "a loop's condition must be bool, not %.*s",
                         STR_ARG(cel_type_name(v)));
}

/* A body's value that is no bool, as a fault. */
static struct cel_value fault_of(struct machine *m, const struct instruction *i, const struct cel_value *v) {
    return cel_is_fault(v) ? *v : not_bool(m, i, v);
}

const struct instruction *step_filter(struct machine *m, const struct instruction *i) {
    const struct cel_value *v = m->top--;
    const struct instruction *next = machine_go(m, i->c);
    if (v->kind != CEL_BOOL) {
        return end_loop(m, next, fault_of(m, i, v));
    }
    return v->b ? i + 1 : advance(m, next);
}

/* The body's node, else the item's. */
static struct cel_value decided(const struct machine *m, const struct cel_value *body) {
    struct cel_value v = *body;
    const struct loop *loop = m->loop;
    if (!v.from) {
        v.from = m->slots[loop->slot + (loop->has_two && loop->range.kind == CEL_LIST)].from;
    }
    return v;
}

static const struct instruction *next_test(struct machine *m, const struct instruction *i,
                                           const struct cel_value *v) {
    struct loop *loop = m->loop;
    if (v->kind != CEL_BOOL) {
        struct cel_value fault = fault_of(m, i, v);
        loop->fault = *machine_fault(&loop->fault, &fault);
        return advance(m, i);
    }
    if (loop->kind == LOOP_EXISTS_ONE) {
        loop->n_true += v->b != 0;
    } else if (v->b == (loop->kind == LOOP_EXISTS)) {
        return end_loop(m, i, decided(m, v));
    }
    loop->range.from = machine_join(m, loop->range.from, v->from);
    return advance(m, i);
}

static bool add_entries(struct machine *m, struct loop *loop, const struct cel_value *map,
                        enum cel_put *status) {
    *status = CEL_PUT;
    for (size_t i = 0; i < map->n && *status == CEL_PUT; i++) {
        struct cel_value key, value;
        cel_map_at(map, i, &key, &value);
        *status = cel_map_put(m->call.arena, &loop->map, key, value);
    }
    return *status == CEL_PUT;
}

static struct cel_value put_fault(struct machine *m, const struct instruction *i, enum cel_put status) {
    if (status == CEL_PUT_NO_MEMORY) {
        return cel_no_memory(&m->call);
    }
    return machine_error(m, i, NULL,
                         status == CEL_PUT_REPEATED ? "a key repeats" : "this type can't be a key");
}

static const struct instruction *next_entry(struct machine *m, const struct instruction *i,
                                            const struct cel_value *v) {
    struct loop *loop = m->loop;
    enum cel_put status;
    if (loop->kind == LOOP_MAP) {
        status = cel_map_put(m->call.arena, &loop->map, m->slots[loop->slot], *v);
    } else if (v->kind != CEL_MAP) {
        return end_loop(
            m, i, machine_error(m, i, v->from, "transformMapEntry() wants maps from its last argument"));
    } else {
        add_entries(m, loop, v, &status);
    }
    return status == CEL_PUT ? advance(m, i) : end_loop(m, i, put_fault(m, i, status));
}

static const struct instruction *next_item(struct machine *m, const struct instruction *i,
                                           const struct cel_value *v) {
    struct loop *loop = m->loop;
    if (loop->kind == LOOP_FILTER && v->kind != CEL_BOOL) {
        return end_loop(m, i, not_bool(m, i, v));
    }
    if (loop->kind == LOOP_FILTER && !v->b) {
        return advance(m, i);
    }
    const struct cel_value *item = loop->kind == LOOP_FILTER ? &m->slots[loop->slot] : v;
    return cel_list_add(m->call.arena, &loop->list, *item) ? advance(m, i)
                                                           : end_loop(m, i, cel_no_memory(&m->call));
}

const struct instruction *step_next(struct machine *m, const struct instruction *i) {
    const struct cel_value *v = m->top--;
    if (m->loop->kind <= LOOP_EXISTS_ONE) {
        return next_test(m, i, v);
    }
    if (cel_is_fault(v)) {
        return end_loop(m, i, *v);
    }
    return m->loop->kind >= LOOP_MAP ? next_entry(m, i, v) : next_item(m, i, v);
}
