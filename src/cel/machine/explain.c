/* Which nodes decided. In an evaluation with .explain a value's `from` may be a set of nodes instead of one:
 * a pointer to struct nodes whose lowest bit is set. */
#include "cel/machine/machine.h"

enum { NODES_MAX = 16 };

struct nodes {
    size_t n;
    const struct doc *p[NODES_MAX];
};

static bool is_set(const struct doc *from) {
    return ((uintptr_t)from & 1) != 0;
}

static const struct nodes *set_of(const struct doc *from) {
    return (const struct nodes *)((uintptr_t)from - 1);
}

static void add(struct nodes *set, const struct doc *node) {
    for (size_t i = 0; i < set->n; i++) {
        if (set->p[i] == node) {
            return;
        }
    }
    if (set->n < NODES_MAX) {
        set->p[set->n++] = node;
    }
}

static void add_all(struct nodes *set, const struct doc *from) {
    if (!is_set(from)) {
        add(set, from);
        return;
    }
    for (size_t i = 0; i < set_of(from)->n; i++) {
        add(set, set_of(from)->p[i]);
    }
}

const struct doc *machine_join_slowly(struct machine *m, const struct doc *a, const struct doc *b) {
    if (!a || !b || a == b) {
        return a ? a : b;
    }
    struct nodes both = {0};
    add_all(&both, a);
    size_t before = both.n;
    add_all(&both, b);
    if (both.n == before) {
        return a;
    }
    struct nodes *set = arena_alloc(m->call.arena, sizeof *set);
    if (!set) {
        cel_no_memory(&m->call);
        return NULL;
    }
    *set = both;
    return (const struct doc *)((uintptr_t)set + 1);
}

size_t cel_deciders(const struct cel_value *result, const struct doc **nodes, size_t max) {
    struct nodes set = {0};
    if (result->from) {
        add_all(&set, result->from);
    }
    size_t n = MIN(set.n, max);
    for (size_t i = 0; i < n; i++) {
        nodes[i] = set.p[i];
    }
    return n;
}
