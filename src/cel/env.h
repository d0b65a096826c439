/* What an expression may name: overloads by function name, variables, types. Made once, then only read. */
#ifndef PLIMSOLL_CEL_ENV_H
#define PLIMSOLL_CEL_ENV_H

#include "base/map.h"
#include "cel/cel.h"

struct cel_parameter {
    const struct cel_type *type;
    uint32_t kinds;                       /* bit of each enum cel_kind that it accepts */
    const struct cel_opaque_kind *opaque; /* for CEL_OPAQUE: the one; NULL: any */
};

struct cel_overload {
    struct str name;
    const struct cel_function *row;
    bool is_receiver; /* written a.f(b) */
    bool is_variadic; /* the last parameter as often as wanted */
    uint32_t parameter_count;
    struct cel_parameter *parameters;
    const struct cel_type *result;
    const struct cel_overload *next; /* of the same name, in the order of the tables */
};

struct cel_declared {
    struct str name;
    const struct cel_type *type;
};

struct cel_env {
    struct arena *arena;
    struct map functions; /* name: struct cel_overload * */
    struct map variables; /* name: number + 1 */
    struct map types;     /* name of an opaque kind: its row */
    const struct cel_declared *declared;
    size_t declared_count;
    struct str container;
};

/* The first overload of that name, or NULL. */
const struct cel_overload *cel_env_function(const struct cel_env *env, struct str name);
/* The variable's number, or -1. */
ptrdiff_t cel_env_variable(const struct cel_env *env, struct str name);
/* True for the name of a type; *type is then the type, parameters dyn. */
bool cel_env_type(const struct cel_env *env, struct str name, struct cel_type *type);

/* Whether n arguments may be given: counting the receiver. */
bool cel_overload_takes(const struct cel_overload *overload, size_t n, bool is_receiver);

/* The candidates of a name in the env's container "a.b": a.b.name, a.name, name; each into the arena.
 * Call with *step 0 and until false comes back. */
bool cel_env_candidate(const struct cel_env *env, struct arena *arena, struct str name, bool is_absolute,
                       size_t *step, struct str *out);

/* The known function or variable that looks most like name, or nothing. */
struct str cel_env_suggest_function(const struct cel_env *env, struct str name);
struct str cel_env_suggest_variable(const struct cel_env *env, struct str name, const struct str *locals,
                                    size_t n);

#endif
