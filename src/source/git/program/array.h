/* Arrays that grow, for tables too large to leave old copies in an arena. */
#ifndef PLIMSOLL_SOURCE_GIT_PROGRAM_ARRAY_H
#define PLIMSOLL_SOURCE_GIT_PROGRAM_ARRAY_H

#include "base/err.h"
#include "base/mem.h"

/* Makes room for one more element of `size` bytes behind the n that are there. 0 or ERR_MEMORY. */
static inline int array_fit(void **array, size_t n, size_t *room, size_t size, struct err *err) {
    if (n < *room) {
        return 0;
    }
    size_t larger = MAX(2 * *room, (size_t)1024);
    void *p = mem_realloc(*array, larger * size);
    if (!p) {
        return err_memory(err);
    }
    *array = p;
    *room = larger;
    return 0;
}

#endif
