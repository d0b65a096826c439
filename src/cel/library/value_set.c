#include "cel/library/value_set.h"

static bool spend(struct cel_call *call, uint64_t n) {
    if (!cel_spend(call, n)) {
        cel_over_budget(call);
        return false;
    }
    return true;
}

bool cel_value_set_has(struct cel_call *call, const struct cel_value_set *set, const struct cel_value *item,
                       bool *has) {
    struct cel_value map = cel_map_done(&set->keyed), found;
    *has = cel_map_get(&map, item, &found);
    uint64_t steps = 1 + (item->kind == CEL_STRING ? item->n / 16 : 0);
    for (size_t i = 0; !*has && i < set->others.n; i++) {
        *has = cel_equal(&set->others.p[i], item, &steps);
        if (steps > call->budget) {
            break;
        }
    }
    return spend(call, steps);
}

bool cel_value_set_add(struct cel_call *call, struct cel_value_set *set, const struct cel_value *item,
                       bool *is_new) {
    bool has;
    if (!cel_value_set_has(call, set, item, &has)) {
        return false;
    }
    *is_new = !has;
    if (has) {
        return true;
    }
    enum cel_put put = cel_map_put(call->arena, &set->keyed, *item, cel_null());
    bool is_in =
        put == CEL_PUT_BAD_KEY ? cel_list_add(call->arena, &set->others, *item) : put != CEL_PUT_NO_MEMORY;
    if (!is_in) {
        cel_no_memory(call);
    }
    return is_in;
}

bool cel_value_set_fill(struct cel_call *call, struct cel_value_set *set, const struct cel_value *list) {
    bool is_new;
    for (size_t i = 0; i < list->n; i++) {
        struct cel_value item = cel_list_at(list, i);
        if (!cel_is_fault(&item) && !cel_value_set_add(call, set, &item, &is_new)) {
            return false;
        }
    }
    return true;
}
