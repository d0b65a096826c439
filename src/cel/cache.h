/* What one thread keeps between evaluations, so that the same work is not done again: compiled patterns with
 * their automata, and time zones. Without a cache everything works, slower, and zones have no names.
 *
 *     struct cel_cache *cache = cel_cache_new(zones);      zones may be shared by threads
 *     struct cel_evaluation e = {.cache = cache, ...};
 *     cel_cache_free(cache);                                                                        */
#ifndef PLIMSOLL_CEL_CACHE_H
#define PLIMSOLL_CEL_CACHE_H

#include "cel/function.h"
#include "cel/regex/regex.h"
#include "cel/values/zone.h"

/* NULL when there is no memory. zones may be NULL; they are not the cache's. */
struct cel_cache *cel_cache_new(struct zones *zones) _nodiscard_;
void cel_cache_free(struct cel_cache *cache); /* NULL is allowed */
static inline void cel_cache_freep(struct cel_cache **cache) {
    cel_cache_free(*cache);
}

/* A matcher for the pattern, from the call's cache or new. Give it to cel_regex_release() when done. NULL,
 * with *fault set to what the function has to return, when there is none. */
struct regex_matcher *cel_regex_acquire(struct cel_call *call, struct str pattern, struct cel_value *fault);
/* Takes the steps of the matches from the call's budget: false when they are too many. */
bool cel_regex_release(struct cel_call *call, struct regex_matcher *matcher);

/* The zones of the call's cache, or NULL. */
struct zones *cel_call_zones(const struct cel_call *call);

#endif
