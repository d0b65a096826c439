/* Bytes of a file in one pass: decompression, and the digests of what goes in and what comes out.
 *
 * The format is told by the first bytes: gzip (RFC 1952), zstd (RFC 8878), xz, bzip2, or none. Several gzip
 * members, zstd frames, xz and bzip2 streams in a row are one; checks that the formats carry are verified.
 *
 *     struct inflate_options o = {.fd = fd, .size = UINT64_MAX, .hashes_output = true};
 *     _cleanup_(inflate_closep) struct inflate *in = NULL;
 *     int r = inflate_open(&in, &o, err);
 *     for (struct str block; r == 0 && (r = inflate_next(in, &block, err)) == 0 && block.n;) ...
 *
 * Work runs ahead of the caller in threads of its own: one reads and inflates, one computes digests; blocks
 * pass between them without copies, in rings of a fixed size (3 MiB in all, beside the window that a zstd or
 * xz stream asks for, at most LIMIT_WINDOW). All threads end in inflate_close(), at any time. Nothing is
 * opened after inflate_open(), so a process may give up that right in between. The handle belongs to one
 * thread. Where threads can't be had, or are not wanted, the same work is done inside inflate_next(). */
#ifndef PLIMSOLL_SOURCE_STREAM_INFLATE_H
#define PLIMSOLL_SOURCE_STREAM_INFLATE_H

#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"

struct inflate;

enum inflate_kind { INFLATE_PLAIN, INFLATE_GZIP, INFLATE_ZSTD, INFLATE_XZ, INFLATE_BZIP2 };

/* By the magic bytes at the front; six are enough. */
enum inflate_kind inflate_kind_of(struct str head);
/* "gzip", "zstd", ... */
const char *inflate_kind_name(enum inflate_kind kind);

struct inflate_options {
    int fd; /* read with pread(), so its offset stays; the caller closes it, after inflate_close() */
    uint64_t offset;
    uint64_t size; /* bytes from offset on; UINT64_MAX: to the end of the file */
    /* In place of fd when set: up to n bytes at offset `at` into p, *got is 0 at the end. 0 or negative.
     * Called in a thread of the handle's, never twice at once. */
    int (*read)(void *ctx, uint64_t at, void *p, size_t n, size_t *got, struct err *err);
    void *ctx;
    bool hashes_input, hashes_output;
    bool is_sequential; /* no threads: for small inputs */
};

int inflate_open(struct inflate **out, const struct inflate_options *o, struct err *err) _nodiscard_;
void inflate_close(struct inflate *in); /* NULL is allowed */
void inflate_closep(struct inflate **in);

/* The next block of output, up to 256 KiB, valid until the next call; n is 0 at the clean end, and from then
 * on. ERR_INPUT when the data is damaged or ends early, ERR_LIMIT when it unpacks beyond reason or wants too
 * large a window; the same error comes back from then on. */
int inflate_next(struct inflate *in, struct str *block, struct err *err) _nodiscard_;
/* inflate_next() to the end, for who wants the digests and no more of the content. */
int inflate_finish(struct inflate *in, struct err *err) _nodiscard_;

enum inflate_kind inflate_kind(const struct inflate *in);
/* Of the input decoded so far, from options.offset on, and of the output handed out: for messages. */
uint64_t inflate_input_offset(const struct inflate *in);
uint64_t inflate_output_offset(const struct inflate *in);
/* After the end: words on something odd that does no harm (bytes behind the compressed data), or NULL. */
const char *inflate_notice(const struct inflate *in);

/* SHA-256 of the whole input and of the whole output, after the clean end; either may be NULL. ERR_USAGE
 * before the end or when it wasn't asked for. */
int inflate_digests(struct inflate *in, unsigned char input[SHA256_BYTES],
                    unsigned char output[SHA256_BYTES]);

#endif
