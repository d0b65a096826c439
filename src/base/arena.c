#include "base/arena.h"

#include "base/mem.h"

enum { ALIGN = 16, CHUNK_MIN = 4096, CHUNK_MAX = 1 << 20 };

struct arena_chunk {
    struct arena_chunk *older;
    size_t used, size;
    _Alignas(ALIGN) unsigned char bytes[];
};

static void free_chunks(struct arena_chunk *chunk) {
    while (chunk) {
        struct arena_chunk *older = chunk->older;
        mem_free(chunk);
        chunk = older;
    }
}

void arena_free(struct arena *arena) {
    free_chunks(arena->chunk);
    arena->chunk = NULL;
    arena->used = 0;
}

void arena_reset(struct arena *arena) {
    struct arena_chunk *newest = arena->chunk;
    arena->used = 0;
    if (!newest) {
        return;
    }
    free_chunks(newest->older);
    newest->older = NULL;
    newest->used = 0;
}

/* Chunks double up to CHUNK_MAX, so that small work stays small and large work has few chunks. */
static struct arena_chunk *add_chunk(struct arena *arena, size_t need) {
    size_t size = arena->chunk ? MIN(arena->chunk->size * 2, (size_t)CHUNK_MAX) : CHUNK_MIN;
    size = MAX(size, need);
    struct arena_chunk *chunk = mem_alloc(sizeof *chunk + size);
    if (chunk) {
        *chunk = (struct arena_chunk){.older = arena->chunk, .used = 0, .size = size};
        arena->chunk = chunk;
    }
    return chunk;
}

void *arena_alloc(struct arena *arena, size_t n) {
    size_t need, used;
    if (!add_fits(n, (size_t)ALIGN - 1, &need)) {
        return NULL;
    }
    need &= ~((size_t)ALIGN - 1);
    if (!add_fits(arena->used, need, &used) || used > arena->cap) {
        return NULL;
    }
    struct arena_chunk *chunk = arena->chunk;
    if (!chunk || chunk->size - chunk->used < need) {
        chunk = add_chunk(arena, need);
        if (!chunk) {
            return NULL;
        }
    }
    void *p = chunk->bytes + chunk->used;
    chunk->used += need;
    arena->used = used;
    return memset(p, 0, n);
}

void *arena_array(struct arena *arena, size_t count, size_t size) {
    size_t n;
    return mul_fits(count, size, &n) ? arena_alloc(arena, n) : NULL;
}

char *arena_cstr(struct arena *arena, struct str s) {
    size_t n;
    char *copy = add_fits(s.n, (size_t)1, &n) ? arena_alloc(arena, n) : NULL;
    if (copy && s.n) {
        memcpy(copy, s.p, s.n);
    }
    return copy;
}

struct str arena_str(struct arena *arena, struct str s) {
    char *copy = arena_cstr(arena, s);
    return copy ? str_n(copy, s.n) : STR_NONE;
}

/* Most texts are short: formatted once. */
struct str arena_vstrf(struct arena *arena, const char *fmt, va_list args) {
    char brief[256];
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(brief, sizeof brief, fmt, again);
    va_end(again);
    char *text = n < 0 ? NULL : arena_alloc(arena, (size_t)n + 1);
    if (!text) {
        return STR_NONE;
    }
    if ((size_t)n < sizeof brief) {
        memcpy(text, brief, (size_t)n + 1);
    } else {
        vsnprintf(text, (size_t)n + 1, fmt, args);
    }
    return str_n(text, (size_t)n);
}

char *arena_printf(struct arena *arena, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    struct str text = arena_vstrf(arena, fmt, args);
    va_end(args);
    return (char *)text.p;
}

struct str arena_strf(struct arena *arena, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    struct str text = arena_vstrf(arena, fmt, args);
    va_end(args);
    return text;
}

void *arena_push(struct arena *arena, void **array, size_t *count, size_t *cap, size_t size) {
    assert(*count <= *cap);
    if (*count == *cap) {
        size_t wanted = *cap ? *cap * 2 : 8;
        void *grown = arena_array(arena, wanted, size);
        if (!grown) {
            return NULL;
        }
        if (*count) {
            memcpy(grown, *array, *count * size);
        }
        *array = grown;
        *cap = wanted;
    }
    return (char *)*array + size * (*count)++;
}
