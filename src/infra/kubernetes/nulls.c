#include "infra/kubernetes/nulls.h"

#include "base/limits.h"
#include "doc/build.h"

struct pruning {
    struct arena *arena;
    size_t seen;
};

static const struct doc *prune(struct pruning *p, const struct doc *d);

static const struct doc *prune_map(struct pruning *p, const struct doc *map) {
    struct doc_member *members = NULL;
    size_t n = 0;
    for (size_t i = 0; i < map->map.n; i++) {
        const struct doc_member *member = &map->map.members[i];
        const struct doc *value = doc_is(member->value, DOC_NULL) ? NULL : prune(p, member->value);
        if (!value && !doc_is(member->value, DOC_NULL)) {
            return NULL;
        }
        if (!members && value != member->value) {
            members = arena_array(p->arena, map->map.n, sizeof *members);
            if (!members) {
                return NULL;
            }
            memcpy(members, map->map.members, i * sizeof *members);
        }
        if (members && value) {
            members[n] = *member;
            members[n].value = value;
        }
        n += value != NULL;
    }
    return members ? doc_new_map(p->arena, map->at, members, n, NULL) : map;
}

static const struct doc *prune_list(struct pruning *p, const struct doc *list) {
    const struct doc **items = NULL;
    for (size_t i = 0; i < list->list.n; i++) {
        const struct doc *item = prune(p, list->list.items[i]);
        if (!item) {
            return NULL;
        }
        if (!items && item != list->list.items[i]) {
            items = arena_array(p->arena, list->list.n, sizeof *items);
            if (!items) {
                return NULL;
            }
            memcpy(items, list->list.items, i * sizeof *items);
        }
        if (items) {
            items[i] = item;
        }
    }
    return items ? doc_new_list(p->arena, list->at, items, list->list.n) : list;
}

static const struct doc *prune(struct pruning *p, const struct doc *d) {
    if (++p->seen > LIMIT_OBJECT_VALUES) {
        return d;
    }
    switch (d->kind) {
    case DOC_MAP:
        return prune_map(p, d);
    case DOC_LIST:
        return prune_list(p, d);
    default:
        return d;
    }
}

const struct doc *kubernetes_without_nulls(struct arena *arena, const struct doc *object) {
    struct pruning p = {.arena = arena};
    return prune(&p, object);
}
