/* Memory of one unit of work: allocated piece by piece, freed at once.
 *
 * An arena has a cap from birth. Past it, and when the system has no memory, arena_alloc() returns NULL;
 * callers turn that into err_memory(). Not for sharing between threads while it grows.
 *
 *     _cleanup_(arena_free) struct arena arena = arena_new(16 * MIB);
 *     char *line = arena_printf(&arena, "%s:%u", file, n);                                         */
#ifndef PLIMSOLL_BASE_ARENA_H
#define PLIMSOLL_BASE_ARENA_H

#include "base/str.h"

#include <stdarg.h>

struct arena_chunk;

struct arena {
    struct arena_chunk *chunk; /* newest first */
    size_t used;               /* bytes handed out, over all chunks */
    size_t cap;
};

static inline struct arena arena_new(size_t cap) {
    return (struct arena){NULL, 0, cap};
}
/* Gives all memory back; the arena can be used again, with the same cap. */
void arena_free(struct arena *arena);
/* As arena_free(), but keeps the newest chunk for the next unit of work. */
void arena_reset(struct arena *arena);

/* n zeroed bytes aligned for any type, or NULL. */
void *arena_alloc(struct arena *arena, size_t n) _nodiscard_;
/* count * size zeroed bytes; NULL also when the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size) _nodiscard_;

/* A copy of s with a NUL behind it (not counted in n). p is NULL when there is no memory. */
struct str arena_str(struct arena *arena, struct str s) _nodiscard_;
/* NUL-terminated; NULL when there is no memory. */
char *arena_cstr(struct arena *arena, struct str s) _nodiscard_;
char *arena_printf(struct arena *arena, const char *fmt, ...) _printf_(2, 3) _nodiscard_;
/* As arena_printf(), as a slice. */
struct str arena_strf(struct arena *arena, const char *fmt, ...) _printf_(2, 3) _nodiscard_;
struct str arena_vstrf(struct arena *arena, const char *fmt, va_list args) _printf_(2, 0) _nodiscard_;

/* Grows an array that lives in the arena: returns the slot past the last, with *count raised, or NULL.
 * The old array is left behind in the arena, so sizes double. Use through VEC_PUSH(). */
void *arena_push(struct arena *arena, void **array, size_t *count, size_t *cap, size_t size) _nodiscard_;

/* A growable array in an arena:
 *
 *     VEC(struct package) packages = {0};
 *     struct package *p = VEC_PUSH(&arena, &packages);      NULL when there is no memory           */
#define VEC(type)                                                                                            \
    struct {                                                                                                 \
        type *p;                                                                                             \
        size_t n, cap;                                                                                       \
    }
#define VEC_PUSH(arena, vec)                                                                                 \
    ((__typeof__((vec)->p))arena_push((arena), (void **)&(vec)->p, &(vec)->n, &(vec)->cap, sizeof *(vec)->p))

#endif
