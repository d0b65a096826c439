/* A tree as bytes: how a document leaves the cage and lies in the store, with the place of every value.
 *
 * What a node shares with another (a YAML alias) is written once and shared again when read, so the size is
 * that of the text and never that of what its aliases would spell out. Places are kept as steps from the
 * place before, so a value costs two to four bytes beside its own.
 *
 * Our own bytes, but they may come out of a reader that was broken into, or from a damaged store: reading is
 * by the bounded cursor, with LIMIT_DOC_DEPTH levels and the arena's cap. */
#ifndef PLIMSOLL_DOC_PACK_H
#define PLIMSOLL_DOC_PACK_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "base/err.h"
#include "doc/doc.h"

/* Appends root. ERR_LIMIT when it is too deep or does not fit in out. */
int doc_pack(struct buf *out, const struct doc *root, struct err *err);

/* Takes one tree off the front of in. Its strings are slices into in's bytes, which must live as long. */
int doc_unpack(struct arena *arena, struct cursor *in, const struct doc **root, struct err *err);
/* As doc_unpack(), where whoever wrote the tree had other numbers for files: files[i - 1] is ours for its i;
 * one above n becomes 0. */
int doc_unpack_files(struct arena *arena, struct cursor *in, const uint32_t *files, size_t n,
                     const struct doc **root, struct err *err);

#endif
