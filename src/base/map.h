/* A hash table from byte strings to 64-bit values, in an arena: open addressing, XXH3, grows by doubling.
 *
 * Keys are not copied: they must live as long as the map. There is no removal.
 *
 *     struct map seen = map_new(&arena);
 *     uint64_t *slot = map_put(&seen, key, &is_new);      NULL when there is no memory              */
#ifndef PLIMSOLL_BASE_MAP_H
#define PLIMSOLL_BASE_MAP_H

#include "base/arena.h"

struct map_slot {
    struct str key; /* p is NULL when the slot is free */
    uint64_t hash, value;
};

struct map {
    struct arena *arena;
    struct map_slot *slots;
    size_t n, size; /* size is 0 or a power of two */
};

static inline struct map map_new(struct arena *arena) {
    return (struct map){arena, NULL, 0, 0};
}

/* The value's place; its value is 0 when the key is new. Valid until the next map_put(). */
uint64_t *map_put(struct map *map, struct str key, bool *is_new) _nodiscard_;
/* NULL when the key is not there. */
uint64_t *map_get(const struct map *map, struct str key);

#endif
