/* A text put together from pieces of a file, each byte of which still knows where it came from.
 *
 * A Dockerfile's line continuations, quotes and heredocs make the text that a shell sees another one than the
 * text in the file. The pieces say, for runs of bytes, at what byte of the file each run begins. */
#ifndef PLIMSOLL_DOC_JOINED_H
#define PLIMSOLL_DOC_JOINED_H

#include "base/arena.h"

struct joined_piece {
    uint32_t at;   /* in the joined text */
    uint32_t from; /* in the file */
};

struct joined {
    struct str text;
    const struct joined_piece *pieces; /* by at, the first at 0; at least one when text is not empty */
    size_t n;
    uint32_t end; /* of the file's part: where an empty text or its end lies */
};

/* The file offset of the byte at; of at == text.n, the place behind the last byte. O(log n). */
size_t joined_offset(const struct joined *j, size_t at);
/* The file offset behind the last byte of [start, end). */
size_t joined_end(const struct joined *j, size_t start, size_t end);

/* Puts together up to cap bytes. Failures stay: look once, at joined_finish(). */
struct joiner {
    struct arena *scratch; /* of the pieces */
    char *p;
    size_t n, cap;
    VEC(struct joined_piece) pieces;
    bool failed;
};

/* The text lies in arena. */
struct joiner joiner_new(struct arena *arena, struct arena *scratch, size_t cap);
/* Bytes that stand in the file at from, one after another. */
void joiner_add(struct joiner *b, struct str bytes, size_t from);
/* Bytes [start, end) of another joined text. */
void joiner_copy(struct joiner *b, const struct joined *j, size_t start, size_t end);
/* A byte that stands for something else in the file, at from. */
void joiner_byte(struct joiner *b, char c, size_t from);
/* False when there was no memory. */
bool joiner_finish(const struct joiner *b, size_t end, struct joined *out) _nodiscard_;

#endif
