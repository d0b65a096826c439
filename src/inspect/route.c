#include "inspect/route.h"

/* One want of one inspector, in a chain of those that are found by the same key. */
struct route_rule {
    const struct want *want;
    unsigned inspector;
    const struct route_rule *next;
};

struct router {
    struct map by_name;            /* last part of the path → chain of rules */
    const struct route_rule *rest; /* rules without a name or a path */
};

static const struct want *magic_of(unsigned inspector) {
    for (size_t i = 0; i < INSPECTOR_WANTS; i++) {
        const struct want *want = &inspectors[inspector]->wants[i];
        if (want->magic) {
            return want;
        }
    }
    return NULL;
}

static bool is_empty(const struct want *want) {
    return !want->path && !want->under && !want->folder && !want->name && !want->prefix && !want->suffix &&
           !want->magic;
}

static int add(struct router *router, struct arena *arena, unsigned inspector, const struct want *want) {
    struct route_rule *rule = arena_alloc(arena, sizeof *rule);
    if (!rule) {
        return ERR_MEMORY;
    }
    *rule = (struct route_rule){want, inspector, NULL};
    if (!want->name && !want->path) {
        rule->next = router->rest;
        router->rest = rule;
        return 0;
    }
    struct str key = want->name ? str_c(want->name) : str_basename(str_c(want->path));
    uint64_t *chain = map_put(&router->by_name, key, NULL);
    if (!chain) {
        return ERR_MEMORY;
    }
    rule->next = (const struct route_rule *)(uintptr_t)*chain;
    *chain = (uint64_t)(uintptr_t)rule;
    return 0;
}

int router_new(struct router **out, struct arena *arena, bool of_sources, struct err *err) {
    struct router *router = arena_alloc(arena, sizeof *router);
    if (!router) {
        return err_memory(err);
    }
    assert(inspectors_n < 64);
    router->by_name = map_new(arena);
    for (unsigned i = 0; i < inspectors_n; i++) {
        bool is_wanted = of_sources || !inspectors[i]->is_of_sources;
        for (size_t w = 0; is_wanted && w < INSPECTOR_WANTS && !is_empty(&inspectors[i]->wants[w]); w++) {
            if (add(router, arena, i, &inspectors[i]->wants[w]) < 0) {
                return err_memory(err);
            }
        }
    }
    *out = router;
    return 0;
}

static bool fits_path(const struct want *want, struct str path, struct str name) {
    return (!want->path || str_eq(path, str_c(want->path))) &&
           (!want->under || str_starts(path, str_c(want->under))) &&
           (!want->folder || str_eq(str_basename(str_dirname(path)), str_c(want->folder))) &&
           (!want->name || str_eq(name, str_c(want->name))) &&
           (!want->prefix || str_starts(name, str_c(want->prefix))) &&
           (!want->suffix || str_ends(name, str_c(want->suffix)));
}

static void follow(const struct route_rule *rule, struct str path, struct str name, struct route *route) {
    for (; rule; rule = rule->next) {
        uint64_t bit = UINT64_C(1) << rule->inspector;
        if (fits_path(rule->want, path, name)) {
            *(rule->want->magic ? &route->by_magic : &route->certain) |= bit;
        }
    }
}

struct route route_path(const struct router *router, struct str path) {
    struct route route = {0, 0};
    struct str name = str_basename(path);
    const uint64_t *chain = map_get(&router->by_name, name);
    if (chain) {
        follow((const struct route_rule *)(uintptr_t)*chain, path, name, &route);
    }
    follow(router->rest, path, name, &route);
    route.by_magic &= ~route.certain;
    return route;
}

uint64_t route_head(const struct router *router, uint64_t by_magic, struct str head) {
    uint64_t wanted = 0;
    for (uint64_t left = by_magic; left; left &= left - 1) {
        unsigned inspector = (unsigned)__builtin_ctzll(left);
        const struct want *want = magic_of(inspector);
        if (want && str_starts(head, str_c(want->magic))) {
            wanted |= UINT64_C(1) << inspector;
        }
    }
    return wanted;
}
