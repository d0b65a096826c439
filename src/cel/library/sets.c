/* The sets library of cel-go (ext/README.md): lists as sets. */
#include "cel/library/libraries.h"

#include "cel/library/support.h"
#include "cel/library/value_set.h"

/* Whether all, or any, of the items of a list that are known are in the set. */
static bool look(struct cel_call *call, const struct cel_value_set *set, const struct cel_value *list,
                 bool wants_all, bool *out) {
    *out = wants_all;
    for (size_t i = 0; i < list->n && *out == wants_all; i++) {
        struct cel_value item = cel_list_at(list, i);
        if (!cel_is_fault(&item) && !cel_value_set_has(call, set, &item, out)) {
            return false;
        }
    }
    return true;
}

/* Whether all, or any, of the items of b are in a. An item that is not known decides nothing where another
 * one does: what is found in a is found, whatever else is there. */
static struct cel_value relate(struct cel_call *call, const struct cel_value *a, const struct cel_value *b,
                               bool wants_all) {
    struct cel_value_set set = {0};
    struct cel_value fault;
    bool result;
    if (!cel_spend(call, (uint64_t)a->n + b->n)) {
        return cel_over_budget(call);
    }
    if (!cel_value_set_fill(call, &set, a) || !look(call, &set, b, wants_all, &result)) {
        return cel_stop(call, NULL);
    }
    bool b_is_open = wants_all == result; /* another item of b could change it */
    bool a_is_open = !result;             /* another item of a could */
    if ((b_is_open && cel_list_fault(b, &fault)) || (a_is_open && cel_list_fault(a, &fault))) {
        return fault;
    }
    return cel_bool(result);
}

static struct cel_value contains(struct cel_call *call, const struct cel_value *args, size_t n) {
    return relate(call, &args[0], &args[1], true);
}

static struct cel_value intersects(struct cel_call *call, const struct cel_value *args, size_t n) {
    return relate(call, &args[0], &args[1], false);
}

static struct cel_value equivalent(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct cel_value one = relate(call, &args[0], &args[1], true);
    return cel_is_true(&one) ? relate(call, &args[1], &args[0], true) : one;
}

static const struct cel_function functions[] = {
    {"sets.contains", "(list(~A), list(~A)) bool", contains},
    {"sets.equivalent", "(list(~A), list(~A)) bool", equivalent},
    {"sets.intersects", "(list(~A), list(~A)) bool", intersects},
};

const struct cel_library cel_library_sets = {"sets", functions, ARRAY_SIZE(functions), NULL, 0};
