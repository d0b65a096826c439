#include "cel/compile/unify.h"

#include "base/limits.h"

const struct cel_type cel_dyn = {.kind = CEL_T_DYN};
const struct cel_type cel_bool_type = {.kind = CEL_T_BOOL};
const struct cel_type cel_int_type = {.kind = CEL_T_INT};

/* Types share their parts, so that a small one may be a large tree: what is looked at is counted. */
static bool step(struct cel_unifier *u) {
    if (u->failed || ++u->steps > LIMIT_CEL_TYPE_STEPS) {
        u->failed = true;
    }
    return !u->failed;
}

static struct cel_type *new_type(struct cel_unifier *u, struct cel_type type) {
    struct cel_type *t = arena_alloc(u->arena, sizeof *t);
    if (!t) {
        u->failed = true;
        return NULL;
    }
    *t = type;
    return t;
}

static const struct cel_type *or_dyn(const struct cel_type *t) {
    return t ? t : &cel_dyn;
}

const struct cel_type *cel_type_of(struct cel_unifier *u, enum cel_type_kind kind, const struct cel_type *a,
                                   const struct cel_type *b) {
    return or_dyn(new_type(u, (struct cel_type){.kind = kind, .n = b ? 2 : 1, .of = {a, b}}));
}

const struct cel_type *cel_type_fresh(struct cel_unifier *u) {
    const struct cel_type **slot = VEC_PUSH(u->arena, &u->bound);
    if (!slot) {
        u->failed = true;
        return &cel_dyn;
    }
    return or_dyn(
        new_type(u, (struct cel_type){.kind = CEL_T_PARAMETER, .number = (uint32_t)u->bound.n - 1}));
}

static const struct cel_type *named(struct cel_unifier *u, struct str name, struct cel_type_names *names) {
    for (size_t i = 0; i < names->n; i++) {
        if (str_eq(names->name[i], name)) {
            return names->type[i];
        }
    }
    const struct cel_type *fresh = cel_type_fresh(u);
    if (names->n < CEL_TYPE_NAMES) {
        names->name[names->n] = name;
        names->type[names->n++] = fresh;
    }
    return fresh;
}

const struct cel_type *cel_type_instantiate(struct cel_unifier *u, const struct cel_type *type,
                                            struct cel_type_names *names) {
    if (type->kind == CEL_T_PARAMETER) {
        return named(u, type->name, names);
    }
    struct cel_type *t = type->n && step(u) ? new_type(u, *type) : NULL;
    for (uint32_t i = 0; t && i < t->n; i++) {
        t->of[i] = cel_type_instantiate(u, type->of[i], names);
    }
    return t ? t : type;
}

const struct cel_type *cel_type_look(const struct cel_unifier *u, const struct cel_type *type) {
    while (type->kind == CEL_T_PARAMETER && u->bound.p[type->number]) {
        type = u->bound.p[type->number];
    }
    return type;
}

const struct cel_type *cel_type_close(struct cel_unifier *u, const struct cel_type *type) {
    type = cel_type_look(u, type);
    if (type->kind == CEL_T_PARAMETER || !step(u)) {
        return &cel_dyn;
    }
    struct cel_type *t = type->n ? new_type(u, *type) : NULL;
    for (uint32_t i = 0; t && i < t->n; i++) {
        t->of[i] = cel_type_close(u, type->of[i]);
    }
    return t ? t : type;
}

void cel_unify_undo(struct cel_unifier *u, size_t mark) {
    while (u->trail.n > mark) {
        const struct cel_binding *b = &u->trail.p[--u->trail.n];
        u->bound.p[b->number] = b->before;
    }
}

static void bind(struct cel_unifier *u, const struct cel_type *parameter, const struct cel_type *type) {
    struct cel_binding *b = VEC_PUSH(u->arena, &u->trail);
    if (!b) {
        u->failed = true;
        return;
    }
    *b = (struct cel_binding){parameter->number, u->bound.p[parameter->number]};
    u->bound.p[parameter->number] = type;
}

static bool is_parameter(const struct cel_type *t) {
    return t->kind == CEL_T_PARAMETER;
}

/* Whether the parameter occurs in the type, so that binding it would make the type hold itself. */
static bool occurs(struct cel_unifier *u, const struct cel_type *parameter, const struct cel_type *type) {
    if (!step(u)) {
        return true;
    }
    if (is_parameter(type)) {
        const struct cel_type *bound = u->bound.p[type->number];
        return type->number == parameter->number || (bound && occurs(u, parameter, bound));
    }
    for (uint32_t i = 0; i < type->n; i++) {
        if (occurs(u, parameter, type->of[i])) {
            return true;
        }
    }
    return false;
}

static bool same_head(const struct cel_type *a, const struct cel_type *b) {
    return a->kind == b->kind && a->n == b->n && str_eq(a->name, b->name);
}

bool cel_type_same(struct cel_unifier *u, const struct cel_type *a, const struct cel_type *b) {
    if (a == b) {
        return true;
    }
    if (!step(u) || !same_head(a, b) || (is_parameter(a) && a->number != b->number)) {
        return false;
    }
    for (uint32_t i = 0; i < a->n; i++) {
        if (!cel_type_same(u, a->of[i], b->of[i])) {
            return false;
        }
    }
    return true;
}

/* Whether a says as much as b or less. */
static bool is_general(struct cel_unifier *u, const struct cel_type *a, const struct cel_type *b) {
    if (!step(u) || a->kind == CEL_T_DYN || is_parameter(a)) {
        return true;
    }
    if (b->kind == CEL_T_DYN || is_parameter(b) || !same_head(a, b)) {
        return false;
    }
    for (uint32_t i = 0; i < a->n; i++) {
        if (!is_general(u, a->of[i], b->of[i])) {
            return false;
        }
    }
    return true;
}

const struct cel_type *cel_type_general(struct cel_unifier *u, const struct cel_type *a,
                                        const struct cel_type *b) {
    if (b->kind == CEL_T_NULL) { /* what goes with null may be null: that says more than null */
        return a;
    }
    return is_general(u, a, b) ? a : b;
}

enum match { MATCHES, CLASHES, IS_BOUND_OTHERWISE };

/* Whether a may be what the parameter stands for; then it is, or the more general of it and what was bound.
 */
static enum match match_parameter(struct cel_unifier *u, const struct cel_type *a,
                                  const struct cel_type *parameter) {
    const struct cel_type *bound = u->bound.p[parameter->number];
    if (cel_type_same(u, a, parameter)) {
        return MATCHES;
    }
    if (!bound) {
        if (occurs(u, parameter, a)) {
            return CLASHES;
        }
        bind(u, parameter, a);
        return MATCHES;
    }
    if (cel_type_same(u, a, bound)) {
        return MATCHES;
    }
    if (!cel_type_fits(u, a, bound)) {
        return IS_BOUND_OTHERWISE;
    }
    const struct cel_type *general = cel_type_general(u, a, bound);
    if (!occurs(u, parameter, general)) {
        bind(u, parameter, general);
    }
    return MATCHES;
}

static bool may_be_null(const struct cel_type *t) {
    return t->kind == CEL_T_NULL || t->kind == CEL_T_WRAPPER || t->kind == CEL_T_ABSTRACT ||
           t->kind == CEL_T_OPTIONAL || t->kind == CEL_T_TIMESTAMP || t->kind == CEL_T_DURATION;
}

static bool parts_fit(struct cel_unifier *u, const struct cel_type *a, const struct cel_type *b) {
    if (!same_head(a, b)) {
        return false;
    }
    for (uint32_t i = 0; i < a->n; i++) {
        if (!cel_type_fits(u, a->of[i], b->of[i])) {
            return false;
        }
    }
    return true;
}

bool cel_type_fits(struct cel_unifier *u, const struct cel_type *a, const struct cel_type *b) {
    if (!step(u)) {
        return false;
    }
    if (is_parameter(b)) {
        enum match match = match_parameter(u, a, b);
        if (match != CLASHES) {
            return match == MATCHES;
        }
    }
    if (is_parameter(a)) {
        return match_parameter(u, b, a) == MATCHES;
    }
    if (a->kind == CEL_T_DYN || b->kind == CEL_T_DYN) {
        return true;
    }
    if (a->kind == CEL_T_NULL || b->kind == CEL_T_NULL) {
        return may_be_null(a) && may_be_null(b);
    }
    if (a->kind == CEL_T_TYPE && b->kind == CEL_T_TYPE) {
        return true;
    }
    if (a->kind == CEL_T_WRAPPER && b->kind != CEL_T_WRAPPER) {
        return cel_type_fits(u, a->of[0], b);
    }
    if (b->kind == CEL_T_WRAPPER && a->kind != CEL_T_WRAPPER) {
        return cel_type_fits(u, a, b->of[0]);
    }
    return parts_fit(u, a, b);
}
