/* Comparison, `in` and arithmetic. */
#include "cel/machine/machine.h"

#include "base/limits.h"
#include "cel/compile/compile.h"
#include "cel/number.h"
#include "cel/times.h"

/* Takes the second operand off the stack. False when a fault is the result, which is then in place. */
static bool take_two(struct machine *m, struct cel_value **a, struct cel_value **b) {
    *b = m->top--;
    *a = m->top;
    if (cel_is_fault(*a) || cel_is_fault(*b)) {
        **a = *machine_fault(*a, *b);
        return false;
    }
    return true;
}

/* Puts the result in a's place. */
static void give(struct machine *m, struct cel_value *a, const struct cel_value *b, bool result) {
    machine_set_bool(a, result, machine_join(m, a->from, b->from));
}

static void spend(struct machine *m, uint64_t steps) {
    if (!cel_spend(&m->call, steps)) {
        cel_over_budget(&m->call);
    }
}

static struct cel_value equality(struct machine *m, const struct cel_value *a, const struct cel_value *b) {
    if (cel_are_plain(a, b)) {
        return cel_bool(cel_plain_equal(a, b));
    }
    uint64_t steps = 0;
    struct cel_value v = cel_equal_value(a, b, &steps);
    spend(m, steps);
    return v;
}

static const struct instruction *compare_equal(struct machine *m, const struct instruction *i, bool wanted) {
    struct cel_value *a, *b;
    if (take_two(m, &a, &b)) {
        struct cel_value v = equality(m, a, b);
        if (v.kind == CEL_BOOL) {
            give(m, a, b, v.b == wanted);
        } else {
            *a = v;
        }
    }
    return i + 1;
}

const struct instruction *step_equal(struct machine *m, const struct instruction *i) {
    return compare_equal(m, i, true);
}

const struct instruction *step_not_equal(struct machine *m, const struct instruction *i) {
    return compare_equal(m, i, false);
}

static struct cel_value not_taken(struct machine *m, const struct instruction *i, const struct cel_value *a,
                                  const struct cel_value *b) {
    return machine_error(m, i, machine_join(m, a->from, b->from), "'%s' does not take %.*s and %.*s",
                         cel_operator_text((enum cel_operator)i->b), STR_ARG(cel_type_name(a)),
                         STR_ARG(cel_type_name(b)));
}

static bool have_order(const struct cel_value *a, const struct cel_value *b) {
    static const bool ordered[CEL_KIND_COUNT] = {
        [CEL_BOOL] = true, [CEL_STRING] = true, [CEL_BYTES] = true,     [CEL_INT] = true,
        [CEL_UINT] = true, [CEL_DOUBLE] = true, [CEL_TIMESTAMP] = true, [CEL_DURATION] = true};
    return (a->kind == b->kind && ordered[a->kind]) || (cel_is_number(a) && cel_is_number(b));
}

/* wanted has bit (order + 1) of each order that makes the result true. */
static const struct instruction *compare_order(struct machine *m, const struct instruction *i,
                                               unsigned wanted) {
    struct cel_value *a, *b;
    if (!take_two(m, &a, &b)) {
        return i + 1;
    }
    if (have_order(a, b)) {
        give(m, a, b, (wanted >> (cel_compare(a, b) + 1) & 1) != 0);
    } else {
        *a = not_taken(m, i, a, b);
    }
    return i + 1;
}

const struct instruction *step_less(struct machine *m, const struct instruction *i) {
    return compare_order(m, i, 1);
}

const struct instruction *step_less_equal(struct machine *m, const struct instruction *i) {
    return compare_order(m, i, 1 | 2);
}

const struct instruction *step_greater(struct machine *m, const struct instruction *i) {
    return compare_order(m, i, 4);
}

const struct instruction *step_greater_equal(struct machine *m, const struct instruction *i) {
    return compare_order(m, i, 4 | 2);
}

/* Sets *unknown to the last item that is not known, when none is equal. */
static bool list_has(struct machine *m, const struct cel_value *list, const struct cel_value *item,
                     struct cel_value *unknown) {
    for (size_t i = 0; i < list->n && !m->call.stop; i++) {
        struct cel_value part = cel_list_at(list, i);
        struct cel_value v = equality(m, &part, item);
        if (cel_is_true(&v)) {
            return true;
        }
        if (v.kind == CEL_UNKNOWN) {
            *unknown = v;
        }
    }
    return false;
}

const struct instruction *step_in(struct machine *m, const struct instruction *i) {
    struct cel_value *a, *b, out, unknown = cel_null();
    if (!take_two(m, &a, &b)) {
        return i + 1;
    }
    if (b->kind == CEL_MAP) {
        give(m, a, b, cel_map_get(b, a, &out));
    } else if (b->kind == CEL_LIST) {
        spend(m, b->n);
        bool has = list_has(m, b, a, &unknown);
        if (!has && unknown.kind == CEL_UNKNOWN) {
            *a = unknown;
        } else {
            give(m, a, b, has);
        }
    } else {
        *a = not_taken(m, i, a, b);
    }
    return i + 1;
}

static bool find_text(const struct machine *m, struct str s, uint32_t first, uint32_t n) {
    while (n) {
        uint32_t half = n / 2;
        int order = block_compare_texts(machine_text(m, first + half), s);
        if (order == 0) {
            return true;
        }
        if (order < 0) {
            first += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return false;
}

const struct instruction *step_in_texts(struct machine *m, const struct instruction *i) {
    struct cel_value *v = m->top;
    if (!cel_is_fault(v)) {
        machine_set_bool(v, v->kind == CEL_STRING && find_text(m, cel_str(v), i->c, i->b), v->from);
    }
    return i + 1;
}

static struct cel_value join_texts(struct machine *m, const struct cel_value *a, const struct cel_value *b) {
    size_t n = (size_t)a->n + b->n;
    if (n > LIMIT_CEL_VALUE) {
        return cel_no_memory(&m->call);
    }
    if (!cel_spend(&m->call, n)) {
        return cel_over_budget(&m->call);
    }
    char *p = arena_alloc(m->call.arena, n + 1);
    if (!p) {
        return cel_no_memory(&m->call);
    }
    if (a->n) {
        memcpy(p, a->p, a->n);
    }
    if (b->n) {
        memcpy(p + a->n, b->p, b->n);
    }
    return cel_text((enum cel_kind)a->kind, str_n(p, n));
}

static struct cel_value join_lists(struct machine *m, const struct cel_value *a, const struct cel_value *b) {
    size_t n = (size_t)a->n + b->n;
    if (n > LIMIT_CEL_VALUE / sizeof *a) {
        return cel_no_memory(&m->call);
    }
    if (!cel_spend(&m->call, n)) {
        return cel_over_budget(&m->call);
    }
    struct cel_value *items = arena_array(m->call.arena, n ? n : 1, sizeof *items);
    if (!items) {
        return cel_no_memory(&m->call);
    }
    for (size_t i = 0; i < n; i++) {
        items[i] = i < a->n ? cel_list_at(a, i) : cel_list_at(b, i - a->n);
    }
    return cel_list(items, n);
}

static struct cel_value arithmetic(struct machine *m, const struct instruction *i, const struct cel_value *a,
                                   const struct cel_value *b) {
    enum cel_operator op = (enum cel_operator)i->b;
    struct cel_value out;
    if (a->kind == b->kind && cel_is_number(a) && !(op == OP_MODULO && a->kind == CEL_DOUBLE)) {
        return cel_calculate(&m->call, op, a, b);
    }
    if (op == OP_ADD && a->kind == b->kind && (a->kind == CEL_STRING || a->kind == CEL_BYTES)) {
        return join_texts(m, a, b);
    }
    if (op == OP_ADD && a->kind == CEL_LIST && b->kind == CEL_LIST) {
        return join_lists(m, a, b);
    }
    return cel_calculate_time(&m->call, op, a, b, &out) ? out : not_taken(m, i, a, b);
}

const struct instruction *step_arithmetic(struct machine *m, const struct instruction *i) {
    struct cel_value *a, *b;
    if (!take_two(m, &a, &b)) {
        return i + 1;
    }
    struct cel_value out = arithmetic(m, i, a, b);
    out.from = machine_join(m, a->from, b->from);
    machine_place(m, i, &out);
    cel_copy(a, &out);
    return i + 1;
}

const struct instruction *step_negate(struct machine *m, const struct instruction *i) {
    struct cel_value *v = m->top;
    if (v->kind == CEL_DOUBLE) {
        v->d = -v->d;
    } else if (v->kind == CEL_INT && v->i != INT64_MIN) {
        v->i = -v->i;
    } else if (v->kind == CEL_INT) {
        *v = machine_error(m, i, v->from, "the result does not fit int");
    } else if (!cel_is_fault(v)) {
        *v = machine_error(m, i, v->from, "'-' does not take %.*s", STR_ARG(cel_type_name(v)));
    }
    return i + 1;
}
