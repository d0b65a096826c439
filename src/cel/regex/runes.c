#include "cel/regex/runes.h"

#include "base/limits.h"

int runes_add(struct runes *set, uint32_t low, uint32_t high) {
    assert(low <= high && high <= RUNE_LAST);
    struct rune_range *range = VEC_PUSH(set->arena, &set->ranges);
    if (!range) {
        return ERR_MEMORY;
    }
    *range = (struct rune_range){low, high};
    return 0;
}

static int compare_ranges(const void *a, const void *b) {
    const struct rune_range *x = a, *y = b;
    return (x->low > y->low) - (x->low < y->low);
}

void runes_sort(struct runes *set) {
    struct rune_range *ranges = set->ranges.p;
    if (set->ranges.n < 2) {
        return;
    }
    qsort(ranges, set->ranges.n, sizeof *ranges, compare_ranges);
    size_t kept = 0;
    for (size_t i = 1; i < set->ranges.n; i++) {
        if (ranges[i].low <= ranges[kept].high + 1) {
            ranges[kept].high = MAX(ranges[kept].high, ranges[i].high);
        } else {
            ranges[++kept] = ranges[i];
        }
    }
    set->ranges.n = kept + 1;
}

/* The gaps are written over the ranges: gap i ends before range i, and one may follow the last. */
int runes_negate(struct runes *set) {
    uint32_t next = 0;
    size_t kept = 0, n = set->ranges.n;
    for (size_t i = 0; i < n; i++) {
        struct rune_range range = set->ranges.p[i];
        if (range.low > next) {
            set->ranges.p[kept++] = (struct rune_range){next, range.low - 1};
        }
        next = range.high + 1;
    }
    set->ranges.n = kept;
    return next <= RUNE_LAST ? runes_add(set, next, RUNE_LAST) : 0;
}

bool rune_set_has(struct rune_set set, uint32_t low, uint32_t high) {
    size_t from = 0, to = set.n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (set.ranges[middle].high < low) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from < set.n && set.ranges[from].low <= low && high <= set.ranges[from].high;
}

static int copy_set(struct rune_pool *pool, struct rune_set set, struct rune_set *copy) {
    if (pool->ranges + set.n > LIMIT_REGEX_SIZE) {
        return ERR_LIMIT;
    }
    struct rune_range *ranges = arena_array(pool->arena, set.n, sizeof *ranges);
    if (!ranges) {
        return ERR_MEMORY;
    }
    if (set.n) {
        memcpy(ranges, set.ranges, set.n * sizeof *ranges);
    }
    *copy = (struct rune_set){ranges, set.n};
    pool->ranges += set.n;
    return 0;
}

static struct str bytes_of(struct rune_set set) {
    return str_n(set.n ? (const char *)set.ranges : "", set.n * sizeof *set.ranges);
}

int rune_pool_put(struct rune_pool *pool, struct rune_set set, uint32_t *place) {
    const uint64_t *known = map_get(&pool->places, bytes_of(set));
    if (known) {
        *place = (uint32_t)*known;
        return 0;
    }
    struct rune_set copy;
    int rc = copy_set(pool, set, &copy);
    if (rc < 0) {
        return rc;
    }
    bool is_new;
    uint64_t *slot = map_put(&pool->places, bytes_of(copy), &is_new);
    struct rune_set *kept = slot ? VEC_PUSH(pool->arena, &pool->sets) : NULL;
    if (!kept) {
        return ERR_MEMORY;
    }
    *kept = copy;
    *slot = pool->sets.n - 1;
    *place = (uint32_t)*slot;
    return 0;
}
