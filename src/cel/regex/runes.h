/* Sets of code points as ranges, while a pattern is read; and the pool where equal sets are one. */
#ifndef PLIMSOLL_CEL_REGEX_RUNES_H
#define PLIMSOLL_CEL_REGEX_RUNES_H

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"

#define RUNE_LAST UINT32_C(0x10ffff)

struct rune_range {
    uint32_t low, high; /* both in it */
};

/* A set that grows: in any order until runes_sort(). */
struct runes {
    struct arena *arena;
    VEC(struct rune_range) ranges;
    VEC(struct rune_range) before; /* of unicode_add_folded(), kept for its memory */
};

/* 0 or ERR_MEMORY. */
int runes_add(struct runes *set, uint32_t low, uint32_t high);
/* Ascending, no two ranges overlap or touch. */
void runes_sort(struct runes *set);
/* For a sorted set; gives a sorted one. */
int runes_negate(struct runes *set);

/* A sorted set that no longer changes. */
struct rune_set {
    const struct rune_range *ranges;
    size_t n;
};

static inline struct rune_set runes_view(const struct runes *set) {
    return (struct rune_set){set->ranges.p, set->ranges.n};
}
/* All of [low, high] is in it. */
bool rune_set_has(struct rune_set set, uint32_t low, uint32_t high);

struct rune_pool {
    struct arena *arena;
    struct map places;
    VEC(struct rune_set) sets;
    size_t ranges; /* of all sets, at most LIMIT_REGEX_SIZE */
};

static inline struct rune_pool rune_pool_new(struct arena *arena) {
    return (struct rune_pool){.arena = arena, .places = map_new(arena)};
}
/* The place in sets of a copy of a sorted set. 0, ERR_MEMORY or ERR_LIMIT. */
int rune_pool_put(struct rune_pool *pool, struct rune_set set, uint32_t *place);

#endif
