/* A set of values by CEL's equality, for distinct() and the sets library: strings and whole numbers are found
 * by hash, others one by one. */
#ifndef PLIMSOLL_CEL_LIBRARY_VALUE_SET_H
#define PLIMSOLL_CEL_LIBRARY_VALUE_SET_H

#include "cel/function.h"

struct cel_value_set {
    struct cel_map_builder keyed;
    struct cel_list_builder others;
};

/* Both take what they look at from the budget; when they say false the evaluation has been stopped. */
bool cel_value_set_has(struct cel_call *call, const struct cel_value_set *set, const struct cel_value *item,
                       bool *has) _nodiscard_;
bool cel_value_set_add(struct cel_call *call, struct cel_value_set *set, const struct cel_value *item,
                       bool *is_new) _nodiscard_;
/* With all items of a list that are known. */
bool cel_value_set_fill(struct cel_call *call, struct cel_value_set *set,
                        const struct cel_value *list) _nodiscard_;

#endif
