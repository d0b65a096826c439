/* Lists, maps and optionals that an expression makes. */
#include "cel/machine/machine.h"

/* What [?x] and {?k: x} leave on the stack for an optional without value: an optional that none makes. */
static const uint32_t hole_mark = 1;

static bool is_hole(const struct cel_value *v) {
    return v->kind == CEL_OPTIONAL && v->n == hole_mark;
}

/* The fault that n values make together, or NULL. */
static const struct cel_value *fault_among(const struct cel_value *v, size_t n) {
    const struct cel_value *fault = NULL;
    for (size_t i = 0; i < n; i++) {
        if (cel_is_fault(&v[i])) {
            fault = fault ? machine_fault(fault, &v[i]) : &v[i];
        }
    }
    return fault;
}

static struct cel_value make_list(struct machine *m, const struct cel_value *parts, size_t n) {
    if (!cel_spend(&m->call, n)) {
        return cel_over_budget(&m->call);
    }
    struct cel_value *items = arena_array(m->call.arena, n ? n : 1, sizeof *items);
    if (!items) {
        return cel_no_memory(&m->call);
    }
    size_t kept = 0;
    const struct doc *from = NULL;
    for (size_t i = 0; i < n; i++) {
        if (!is_hole(&parts[i])) {
            items[kept++] = parts[i];
            from = machine_join(m, from, parts[i].from);
        }
    }
    struct cel_value list = cel_list(items, kept);
    list.from = from;
    return list;
}

const struct instruction *step_list(struct machine *m, const struct instruction *i) {
    struct cel_value *parts = m->top - i->c + 1;
    const struct cel_value *fault = fault_among(parts, i->c);
    struct cel_value list = fault ? *fault : make_list(m, parts, i->c);
    m->top = parts - 1;
    machine_push(m, list);
    return i + 1;
}

static struct cel_value make_map(struct machine *m, const struct instruction *i,
                                 const struct cel_value *parts, size_t n) {
    struct cel_map_builder map = {0};
    const struct doc *from = NULL;
    if (!cel_spend(&m->call, n)) {
        return cel_over_budget(&m->call);
    }
    for (size_t k = 0; k < n; k += 2) {
        if (is_hole(&parts[k + 1])) {
            continue;
        }
        switch (cel_map_put(m->call.arena, &map, parts[k], parts[k + 1])) {
        case CEL_PUT:
            from = machine_join(m, from, parts[k + 1].from);
            break;
        case CEL_PUT_REPEATED:
            return machine_error(m, i, parts[k].from, "a key of the map repeats");
        case CEL_PUT_BAD_KEY:
            return machine_error(m, i, parts[k].from, "%.*s can't be a key",
                                 STR_ARG(cel_type_name(&parts[k])));
        case CEL_PUT_NO_MEMORY:
            return cel_no_memory(&m->call);
        }
    }
    struct cel_value v = cel_map_done(&map);
    v.from = from;
    return v;
}

const struct instruction *step_map(struct machine *m, const struct instruction *i) {
    struct cel_value *parts = m->top - i->c + 1;
    const struct cel_value *fault = fault_among(parts, i->c);
    struct cel_value map = fault ? *fault : make_map(m, i, parts, i->c);
    m->top = parts - 1;
    machine_push(m, map);
    return i + 1;
}

static struct cel_value not_optional(struct machine *m, const struct instruction *i,
                                     const struct cel_value *v) {
    return machine_error(m, i, v->from, "expected an optional, not %.*s", STR_ARG(cel_type_name(v)));
}

const struct instruction *step_element(struct machine *m, const struct instruction *i) {
    struct cel_value *v = m->top;
    if (cel_is_fault(v)) {
        return i + 1;
    }
    if (v->kind != CEL_OPTIONAL) {
        *v = not_optional(m, i, v);
    } else if (v->optional) {
        *v = *v->optional;
    } else {
        v->n = hole_mark;
    }
    return i + 1;
}

const struct instruction *step_unwrap(struct machine *m, const struct instruction *i) {
    struct cel_value *v = m->top;
    if (!cel_is_fault(v) && v->kind != CEL_OPTIONAL) {
        *v = not_optional(m, i, v);
    }
    if (cel_is_fault(v) || !v->optional) {
        return machine_go(m, i->c);
    }
    m->slots[i->b] = *v->optional;
    m->top--;
    return i + 1;
}

const struct instruction *step_wrap(struct machine *m, const struct instruction *i) {
    struct cel_value *v = m->top;
    if (cel_is_fault(v)) {
        return i + 1;
    }
    if (i->a && v->kind != CEL_OPTIONAL) {
        *v = not_optional(m, i, v);
    } else if (!i->a) {
        const struct doc *from = v->from;
        *v = cel_optional_result(&m->call, *v);
        v->from = from;
    }
    return i + 1;
}
