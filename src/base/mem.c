#include "base/mem.h"

/* Per thread, so that a test of threads can fail one of them. */
static _Thread_local long allocations_left = -1;
static _Thread_local bool has_failed;

static bool may_allocate(void) {
    if (allocations_left < 0) {
        return true;
    }
    if (allocations_left-- == 0) {
        has_failed = true;
        return false;
    }
    return true;
}

void *mem_alloc(size_t n) {
    return may_allocate() ? malloc(n ? n : 1) : NULL;
}

void *mem_alloc_zero(size_t n) {
    return may_allocate() ? calloc(1, n ? n : 1) : NULL;
}

void *mem_realloc(void *old, size_t n) {
    return may_allocate() ? realloc(old, n ? n : 1) : NULL;
}

void mem_free(void *p) {
    free(p);
}

void mem_fail_after(long n) {
    allocations_left = n;
    has_failed = false;
}

bool mem_has_failed(void) {
    return has_failed;
}
