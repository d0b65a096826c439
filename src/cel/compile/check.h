/* Between check.c and check_call.c. */
#ifndef PLIMSOLL_CEL_CHECK_H
#define PLIMSOLL_CEL_CHECK_H

#include "cel/compile/compile.h"
#include "cel/compile/unify.h"

struct checker {
    struct cel_compilation *c;
    struct cel_unifier u;
    const struct cel_type **slots; /* of locals */
};

/* The type of what the function gives for arguments of these types; NULL when no overload takes them. */
const struct cel_type *check_overloads(struct checker *checker, struct str function, bool is_receiver,
                                       const struct cel_type *const *args, size_t n);

#endif
