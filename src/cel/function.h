/* How a library of functions is written: rows in a table.
 *
 *     static struct cel_value char_at(struct cel_call *call, const struct cel_value *args, size_t n) {
 *         int64_t i = args[1].i;
 *         if (i < 0 || ...)
 *             return cel_error(call, "index %" PRId64 " is out of range", i);
 *         return cel_string(...);
 *     }
 *     static const struct cel_function functions[] = {
 *         {"charAt", "string.(int) string", char_at},
 *         {"math.abs", "(int) int", abs_int},
 *         {"math.abs", "(double) double", abs_double},
 *         {"lists.flatten", "list(~A).(int) list(dyn)", flatten},
 *     };
 *     const struct cel_library cel_library_strings = {"strings", functions, ARRAY_SIZE(functions), NULL, 0};
 *
 * A row is one overload; rows with one name are tried in order, and the first whose parameters accept the
 * arguments is called. So a function may read its arguments by the types of its signature without a look at
 * their kinds, where these are not dyn or a parameter.
 *
 * Signature: "receiver.(parameters) result" or "(parameters) result"; types as in cel/type.h, "~A" stands for
 * any type. "..." behind the last parameter: as often as wanted, also never. args[0] is the receiver.
 *
 * Arguments are never errors or unknowns: those flow past the function. Results live in call->arena, in the
 * arguments, or are static. */
#ifndef PLIMSOLL_CEL_FUNCTION_H
#define PLIMSOLL_CEL_FUNCTION_H

#include "base/err.h"
#include "cel/value.h"

struct cel_cache;

/* What a function is given of the evaluation that calls it. */
struct cel_call {
    struct arena *arena;
    void *user;              /* of the caller of cel_eval() */
    struct cel_cache *cache; /* of the thread, see cel/cache.h; or NULL */
    uint64_t budget;         /* what may still be spent */
    const char *stop;        /* why the evaluation can't go on, or NULL; see cel_stop() */
};

typedef struct cel_value cel_function_fn(struct cel_call *call, const struct cel_value *args, size_t n);

struct cel_function {
    const char *name; /* with its name space: "math.abs" */
    const char *signature;
    cel_function_fn *fn;
};

/* One for each file of src/cel/library, and for each of a higher layer. */
struct cel_library {
    const char *name;
    const struct cel_function *functions;
    size_t function_count;
    const struct cel_opaque_kind *const *kinds; /* whose names are then types */
    size_t kind_count;
};

/* An error as a value; the message is formatted into the arena. */
struct cel_value cel_error(struct cel_call *call, const char *fmt, ...) _printf_(2, 3);
/* As cel_error() with the message of err; ERR_MEMORY and ERR_LIMIT of memory become cel_no_memory(). */
struct cel_value cel_error_from(struct cel_call *call, const struct err *err);
/* No error handling of the expression absorbs this one: the evaluation ends. */
struct cel_value cel_stop(struct cel_call *call, const char *reason);
/* cel_stop() because the arena is full. */
struct cel_value cel_no_memory(struct cel_call *call);

/* Takes n steps from the budget, one for each item or (about) byte looked at or made; the machine itself
 * takes one for each call. When it says false, return cel_over_budget(call). */
static inline bool cel_spend(struct cel_call *call, uint64_t n) {
    if (n > call->budget) {
        return false;
    }
    call->budget -= n;
    return true;
}
struct cel_value cel_over_budget(struct cel_call *call);

/* A string (bytes) in the arena with the content of s, its bytes paid for; or cel_no_memory(),
 * cel_over_budget(). */
struct cel_value cel_copy_string(struct cel_call *call, struct str s);
/* What a builder holds, as a result. */
struct cel_value cel_optional_result(struct cel_call *call, struct cel_value v);
struct cel_value cel_opaque_result(struct cel_call *call, const struct cel_opaque_kind *kind, const void *p);

#endif
