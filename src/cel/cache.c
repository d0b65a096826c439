#include "cel/cache.h"

#include "base/limits.h"
#include "base/map.h"
#include "base/mem.h"

struct held {
    struct regex_matcher matcher;
    struct held *next;
    bool is_cached;
};

struct cel_cache {
    struct zones *zones;
    struct arena arena;
    struct map patterns; /* pattern: struct held * */
    struct held *first;
};

struct cel_cache *cel_cache_new(struct zones *zones) {
    struct cel_cache *cache = mem_alloc_zero(sizeof *cache);
    if (cache) {
        cache->zones = zones;
        cache->arena = arena_new(LIMIT_CEL_CACHE);
        cache->patterns = map_new(&cache->arena);
    }
    return cache;
}

static void forget_patterns(struct cel_cache *cache) {
    for (struct held *h = cache->first; h; h = h->next) {
        regex_matcher_free(&h->matcher);
    }
    arena_free(&cache->arena);
    cache->patterns = map_new(&cache->arena);
    cache->first = NULL;
}

void cel_cache_free(struct cel_cache *cache) {
    if (cache) {
        forget_patterns(cache);
        mem_free(cache);
    }
}

struct zones *cel_call_zones(const struct cel_call *call) {
    return call->cache ? call->cache->zones : NULL;
}

/* Compiles into the arena; NULL with *fault set when the pattern is none. */
static struct held *compile(struct cel_call *call, struct arena *arena, struct str pattern,
                            struct cel_value *fault) {
    struct err err = ERR_NONE;
    const struct regex *regex;
    struct held *held = arena_alloc(arena, sizeof *held);
    if (!held) {
        *fault = cel_no_memory(call);
        return NULL;
    }
    if (regex_compile(arena, pattern, &regex, &err) < 0) {
        *fault = cel_error_from(call, &err);
        return NULL;
    }
    held->matcher = regex_matcher_new(regex);
    return held;
}

/* Patterns that come from documents could fill the cache: past a half of its memory it begins anew. */
static struct held *compile_cached(struct cel_call *call, struct str pattern, struct cel_value *fault) {
    struct cel_cache *cache = call->cache;
    if (cache->arena.used > LIMIT_CEL_CACHE / 2 || cache->patterns.n >= LIMIT_CEL_CACHE_PATTERNS) {
        forget_patterns(cache);
    }
    struct str key = arena_str(&cache->arena, pattern);
    struct held *held = key.p ? compile(call, &cache->arena, pattern, fault) : NULL;
    uint64_t *slot = held ? map_put(&cache->patterns, key, NULL) : NULL;
    if (!slot) {
        *fault = key.p && held ? cel_no_memory(call) : *fault;
        return NULL;
    }
    *slot = (uintptr_t)held;
    held->is_cached = true;
    held->next = cache->first;
    cache->first = held;
    return held;
}

struct regex_matcher *cel_regex_acquire(struct cel_call *call, struct str pattern, struct cel_value *fault) {
    uint64_t *known = call->cache ? map_get(&call->cache->patterns, pattern) : NULL;
    struct held *held = NULL;
    *fault = cel_null();
    if (known) {
        held = (struct held *)(uintptr_t)*known;
    } else if (!cel_spend(call, 1 + pattern.n)) {
        *fault = cel_over_budget(call);
    } else if (call->cache) {
        held = compile_cached(call, pattern, fault);
        *fault = !held && fault->kind == CEL_NULL ? cel_no_memory(call) : *fault;
    } else {
        held = compile(call, call->arena, pattern, fault);
    }
    if (!held) {
        return NULL;
    }
    held->matcher.steps = 0;
    return &held->matcher;
}

bool cel_regex_release(struct cel_call *call, struct regex_matcher *matcher) {
    struct held *held = (struct held *)(void *)matcher; /* its first member */
    bool is_paid = cel_spend(call, matcher->steps / 8 + 1);
    if (!held->is_cached) {
        regex_matcher_free(matcher);
    }
    return is_paid;
}
