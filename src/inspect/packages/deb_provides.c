#include "inspect/packages/deb_provides.h"

#include "base/limits.h"

struct provider {
    struct str package;
    bool has_version;
    size_t n; /* of the first: how many there are */
    struct provider *next;
};

struct deb_provides deb_provides_new(struct arena *arena) {
    return (struct deb_provides){.arena = arena, .by_name = map_new(arena)};
}

static void add(struct deb_provides *provides, struct str name, bool has_version, struct str package) {
    uint64_t *slot = map_put(&provides->by_name, name, NULL);
    struct provider *first = slot ? (struct provider *)(uintptr_t)*slot : NULL;
    if (first && first->n == LIMIT_PROVIDERS) {
        return;
    }
    struct provider *provider = slot ? arena_alloc(provides->arena, sizeof *provider) : NULL;
    if (!provider) {
        provides->has_no_memory = true;
        return;
    }
    *provider = (struct provider){package, has_version, 1, NULL};
    if (first) {
        first->n++;
        provider->next = first->next;
        first->next = provider;
    } else {
        *slot = (uint64_t)(uintptr_t)provider;
    }
}

void deb_provides_add(struct deb_provides *provides, struct str package, struct str field) {
    struct str name;
    bool has_version;
    while (relation_next(&field, &name, &has_version)) {
        if (name.n && name.n <= LIMIT_FIELD) {
            add(provides, name, has_version, package);
        }
    }
}

void deb_provides_needs(const struct deb_provides *provides, struct str relation, struct needs *needs) {
    struct str name;
    bool has_version;
    needs_add_relation(needs, relation);
    while (relation_next(&relation, &name, &has_version)) {
        const uint64_t *slot = map_get(&provides->by_name, name);
        const struct provider *provider = slot ? (const struct provider *)(uintptr_t)*slot : NULL;
        for (; provider; provider = provider->next) {
            if (provider->has_version || !has_version) {
                needs_add(needs, provider->package);
            }
        }
    }
}
