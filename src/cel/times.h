/* Sums and differences of timestamps and durations (langdef, "Timestamps and durations"). */
#ifndef PLIMSOLL_CEL_TIMES_H
#define PLIMSOLL_CEL_TIMES_H

#include "cel/function.h"
#include "cel/syntax/ast.h"
#include "cel/values/time.h"

static inline struct timestamp cel_to_timestamp(const struct cel_value *v) {
    return (struct timestamp){v->i, (int32_t)v->n};
}
static inline struct cel_value cel_from_timestamp(struct timestamp t) {
    return cel_timestamp(t.seconds, (uint32_t)t.nanos);
}

/* OP_ADD or OP_SUBTRACT; false when the operands are none that it takes. */
bool cel_calculate_time(struct cel_call *call, enum cel_operator op, const struct cel_value *a,
                        const struct cel_value *b, struct cel_value *out);

#endif
