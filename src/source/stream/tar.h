/* A tar archive read front to back from blocks that come from anywhere.
 *
 * Reads V7, ustar and pax (POSIX.1-1988, POSIX.1-2001 "pax Interchange Format") and GNU archives (long
 * names, base-256 numbers, sparse files in the old GNU form and in the pax forms 0.0, 0.1 and 1.0).
 *
 *     for (struct entry e; (r = tar_next(tar, &e, err)) > 0;) {
 *         if (tar_refusal(tar)) ... report it and go on
 *         for (struct str piece; (r = tar_read(tar, &piece, err)) == 0 && piece.n;) ...
 *     }
 *
 * Where programs disagree, this one sides with the Go package archive/tar, because container engines unpack
 * with it and a scanner has to see the files that they make: global pax headers set owner and time but no
 * names or sizes; links, directories and devices have no content whatever their size field says; nothing
 * after the end-of-archive blocks counts. Content is handed out without copies. Memory is bounded: headers
 * by LIMIT_PAX, names by LIMIT_PATH, sparse maps by LIMIT_SPARSE. */
#ifndef PLIMSOLL_SOURCE_STREAM_TAR_H
#define PLIMSOLL_SOURCE_STREAM_TAR_H

#include "base/err.h"
#include "source/entry.h"

struct tar;

/* Where blocks come from: next() sets *block to the following bytes (valid until the next call; n is 0 at
 * the end, and from then on) and returns 0, or a negative code. inflate_next() has this form. */
struct tar_source {
    int (*next)(void *ctx, struct str *block, struct err *err);
    void *ctx;
    /* Passes over n bytes that nobody wants, for sources that can do so without reading them; may be NULL. */
    int (*skip)(void *ctx, uint64_t n, struct err *err);
};

int tar_open(struct tar **out, struct tar_source source, struct err *err) _nodiscard_;
void tar_close(struct tar *tar); /* NULL is allowed */
void tar_closep(struct tar **tar);

/* 1 and the next entry, 0 at the end, negative when the archive can't be followed any further: the message
 * names the byte. The entry's slices live until the next call. What is left of the current content is
 * passed over. The source may have more bytes after the end (padding); whoever wants its digest reads on. */
int tar_next(struct tar *tar, struct entry *entry, struct err *err) _nodiscard_;

/* The content of the current entry piece by piece, each valid until the next call; n is 0 at its end, and
 * at once for all but files. Holes of sparse files come as zeros, however large: the caller bounds what it
 * reads by entry.size. */
int tar_read(struct tar *tar, struct str *piece, struct err *err) _nodiscard_;

/* Why the current entry must not be used, or NULL: its path or the target of its hard link has a ".." part
 * or a NUL, or is too long. entry.path and entry.link are empty then; the archive goes on. */
const char *tar_refusal(const struct tar *tar);
/* The current entry's path as it is written, for messages about refusals; cut at LIMIT_PATH. */
struct str tar_written_path(const struct tar *tar);
/* Words on something odd in the archive that does no harm (its end blocks are missing), or NULL. */
const char *tar_notice(const struct tar *tar);
/* The notice is of an end in the middle: what follows it was not read, and may be files to another reader. */
bool tar_left_bytes(const struct tar *tar);

/* Of the current entry's first header (a pax or long-name header where it has one) in the stream. */
uint64_t tar_entry_offset(const struct tar *tar);

/* Right after tar_next(): where the current entry's content begins in the stream; of no use for a sparse
 * file. */
uint64_t tar_content_offset(const struct tar *tar);

#endif
