/* One compressed stream behind one interface: ISA-L for gzip, and the libraries of zstd, xz and bzip2. */
#ifndef PLIMSOLL_SOURCE_STREAM_DECODER_H
#define PLIMSOLL_SOURCE_STREAM_DECODER_H

#include "base/err.h"
#include "source/stream/inflate.h"

/* What a step takes from and writes to; it moves the pointers on. */
struct flow {
    const unsigned char *in;
    size_t in_n;
    unsigned char *out;
    size_t out_n;
};

struct decoder;

/* kind is not INFLATE_PLAIN. 0 or ERR_MEMORY. */
int decoder_open(struct decoder **out, enum inflate_kind kind) _nodiscard_;
void decoder_close(struct decoder *decoder); /* NULL is allowed */

/* Decodes until the input is used up, the output is full, or the member (gzip), frame (zstd) or stream (xz,
 * bzip2) is at its end, where it returns 1; the step after that begins a new one. 0 in the other cases,
 * negative when the data is damaged (ERR_INPUT) or wants more than LIMIT_WINDOW (ERR_LIMIT). */
int decoder_step(struct decoder *decoder, struct flow *flow, struct err *err) _nodiscard_;

#endif
