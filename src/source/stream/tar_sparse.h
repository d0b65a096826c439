/* The map of a sparse file in a tar archive: which pieces of it are stored. GNU tar manual, "Storing Sparse
 * Files". A map is checked while it grows: pieces in order, none over another, at most LIMIT_SPARSE. */
#ifndef PLIMSOLL_SOURCE_STREAM_TAR_SPARSE_H
#define PLIMSOLL_SOURCE_STREAM_TAR_SPARSE_H

#include "base/buf.h"
#include "base/err.h"

struct tar_segment {
    uint64_t offset, size; /* size is never 0 */
};

struct tar_sparse {
    struct buf segments; /* of struct tar_segment */
    uint64_t end;        /* of the last piece, the empty ones included */
    uint64_t stored;     /* bytes in all pieces */
    /* Form 1.0 while it is read. */
    uint64_t numbers_left, number, offset;
    bool has_count, has_digit;
};

void tar_sparse_init(struct tar_sparse *sparse);
void tar_sparse_free(struct tar_sparse *sparse);
/* Back to an empty map; keeps the memory. */
void tar_sparse_clear(struct tar_sparse *sparse);

size_t tar_sparse_count(const struct tar_sparse *sparse);
struct tar_segment tar_sparse_at(const struct tar_sparse *sparse, size_t i);

int tar_sparse_add(struct tar_sparse *sparse, uint64_t offset, uint64_t size, struct err *err);
/* ERR_INPUT when a piece is past the file's size or more is stored than the archive has. */
int tar_sparse_check(const struct tar_sparse *sparse, uint64_t size, uint64_t stored, struct err *err);

/* Forms 0.0 and 0.1: "offset,size,offset,size,...". */
int tar_sparse_add_list(struct tar_sparse *sparse, struct str list, struct err *err);
/* Form 1.0: the map stands in front of the content, in blocks of text. 1 when it is complete, 0 when the
 * next block is wanted. */
int tar_sparse_add_block(struct tar_sparse *sparse, struct str block, struct err *err);
/* The old GNU form: at most `count` pieces of 24 bytes each. */
int tar_sparse_add_fields(struct tar_sparse *sparse, struct str fields, size_t count, struct err *err);

#endif
