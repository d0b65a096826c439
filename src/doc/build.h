/* For readers: how nodes are made. The rest of the program only looks at them (doc.h).
 *
 * All functions allocate in the arena and return NULL when it has no memory. */
#ifndef PLIMSOLL_DOC_BUILD_H
#define PLIMSOLL_DOC_BUILD_H

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"

/* A map with more members has an index for doc_get() behind its last member: the members' numbers in the
 * order of their keys. Sorted and not hashed, because keys come from outside and could be made to collide. */
enum { DOC_INDEX_ABOVE = 16 };

struct doc *doc_new(struct arena *arena, enum doc_kind kind, struct doc_place at) _nodiscard_;
struct doc *doc_new_string(struct arena *arena, struct doc_place at, struct str s) _nodiscard_;
struct doc *doc_new_int(struct arena *arena, struct doc_place at, int64_t i) _nodiscard_;
struct doc *doc_new_bool(struct arena *arena, struct doc_place at, bool b) _nodiscard_;

static inline void doc_set_length(struct doc *d, size_t n) {
    d->length = n < (1u << 24) ? (uint32_t)n & 0xffffffu : 0;
}

/* Copies the array of pointers. */
struct doc *doc_new_list(struct arena *arena, struct doc_place at, const struct doc *const *items,
                         size_t n) _nodiscard_;

/* Copies the array and builds the index. Where two keys are equal, the later wins; when duplicate is not
 * NULL, it is set to the first member in the order of the text (in the array given) whose key stood before,
 * or to NULL. */
struct doc *doc_new_map(struct arena *arena, struct doc_place at, const struct doc_member *members, size_t n,
                        const struct doc_member **duplicate) _nodiscard_;

/* "line 3 column 14: " and the message; returns code. */
int doc_error(struct err *err, enum err_code code, struct doc_place at, const char *fmt, ...) _printf_(4, 5);

#endif
