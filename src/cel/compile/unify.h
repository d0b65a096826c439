/* Types that are partly not known yet: parameters stand for them, each with at most one type bound to it.
 *
 * The rules are those of langdef, "Gradual type checking" and "Type parameters": dyn goes with everything,
 * null with what may be null, a parameter with the most general of the types it met. */
#ifndef PLIMSOLL_CEL_UNIFY_H
#define PLIMSOLL_CEL_UNIFY_H

#include "cel/type.h"

struct cel_binding {
    uint32_t number;
    const struct cel_type *before;
};

struct cel_unifier {
    struct arena *arena;
    VEC(const struct cel_type *) bound; /* by the parameter's number; NULL: free */
    VEC(struct cel_binding) trail;      /* what to undo */
    uint32_t steps;
    bool failed; /* memory, or types that grew past LIMIT_CEL_TYPE_STEPS */
};

extern const struct cel_type cel_dyn, cel_bool_type, cel_int_type;

/* kind with one or two parameters. NULL, and failed, without memory. */
const struct cel_type *cel_type_of(struct cel_unifier *u, enum cel_type_kind kind, const struct cel_type *a,
                                   const struct cel_type *b);
/* A parameter that nothing is bound to. */
const struct cel_type *cel_type_fresh(struct cel_unifier *u);

/* A signature's type with a fresh parameter for each name; names has room for CEL_TYPE_NAMES pairs and begins
 * empty, and is shared by the types of one signature. */
enum { CEL_TYPE_NAMES = 8 };
struct cel_type_names {
    struct str name[CEL_TYPE_NAMES];
    const struct cel_type *type[CEL_TYPE_NAMES];
    size_t n;
};
const struct cel_type *cel_type_instantiate(struct cel_unifier *u, const struct cel_type *type,
                                            struct cel_type_names *names);

/* Whether a value of type a may stand where b is wanted; binds parameters of both. Undo with cel_unify_undo()
 * when the answer is no, or is not wanted. */
bool cel_type_fits(struct cel_unifier *u, const struct cel_type *a, const struct cel_type *b);
static inline size_t cel_unify_mark(const struct cel_unifier *u) {
    return u->trail.n;
}
void cel_unify_undo(struct cel_unifier *u, size_t mark);

/* The more general of two that fit. */
const struct cel_type *cel_type_general(struct cel_unifier *u, const struct cel_type *a,
                                        const struct cel_type *b);
bool cel_type_same(struct cel_unifier *u, const struct cel_type *a, const struct cel_type *b);
/* The type itself, when it is a bound parameter; only the outermost level. */
const struct cel_type *cel_type_look(const struct cel_unifier *u, const struct cel_type *type);
/* Without parameters: the bound ones replaced, the free ones dyn. */
const struct cel_type *cel_type_close(struct cel_unifier *u, const struct cel_type *type);

#endif
