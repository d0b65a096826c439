/* The one door to malloc, so that tests can fail each allocation in turn.
 *
 *     mem_fail_after(7);      the eighth allocation from now returns NULL, once
 */
#ifndef PLIMSOLL_BASE_MEM_H
#define PLIMSOLL_BASE_MEM_H

#include "base/macro.h"

/* NULL when there is no memory. n may be 0. The caller frees with mem_free(). */
void *mem_alloc(size_t n) _nodiscard_;
void *mem_alloc_zero(size_t n) _nodiscard_;
void *mem_realloc(void *old, size_t n) _nodiscard_;
void mem_free(void *p);

/* For tests, of one thread: lets n allocations pass and fails the one after; negative turns it off. */
void mem_fail_after(long n);
/* True when the failure asked for has happened. */
bool mem_has_failed(void);

static inline void mem_freep(void *p) {
    mem_free(*(void **)p);
}

#endif
