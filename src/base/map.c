#include "base/map.h"

#include "base/hash.h"

static struct map_slot *find_slot(const struct map *map, struct str key, uint64_t hash) {
    size_t mask = map->size - 1;
    for (size_t i = (size_t)hash & mask;; i = (i + 1) & mask) {
        struct map_slot *slot = &map->slots[i];
        if (!slot->key.p || (slot->hash == hash && str_eq(slot->key, key))) {
            return slot;
        }
    }
}

static bool grow(struct map *map) {
    struct map larger = {map->arena, NULL, map->n, map->size ? map->size * 2 : 16};
    larger.slots = arena_array(map->arena, larger.size, sizeof *larger.slots);
    if (!larger.slots) {
        return false;
    }
    for (size_t i = 0; i < map->size; i++) {
        const struct map_slot *slot = &map->slots[i];
        if (slot->key.p) {
            *find_slot(&larger, slot->key, slot->hash) = *slot;
        }
    }
    *map = larger;
    return true;
}

uint64_t *map_put(struct map *map, struct str key, bool *is_new) {
    if (map->n * 4 >= map->size * 3 && !grow(map)) {
        return NULL;
    }
    uint64_t hash = hash_bytes(key);
    struct map_slot *slot = find_slot(map, key, hash);
    bool fresh = !slot->key.p;
    if (fresh) {
        *slot = (struct map_slot){{key.p ? key.p : "", key.n}, hash, 0};
        map->n++;
    }
    if (is_new) {
        *is_new = fresh;
    }
    return &slot->value;
}

uint64_t *map_get(const struct map *map, struct str key) {
    if (!map->n) {
        return NULL;
    }
    struct map_slot *slot = find_slot(map, key, hash_bytes(key));
    return slot->key.p ? &slot->value : NULL;
}
