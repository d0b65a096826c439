/* Messages in a stream of bytes: "Content-Length: N", further header lines, an empty line, N bytes
 * (LSP 3.17, Base Protocol). */
#ifndef PLIMSOLL_LSP_FRAME_H
#define PLIMSOLL_LSP_FRAME_H

#include "base/buf.h"
#include "base/err.h"

struct frames {
    struct buf in;
    size_t taken; /* bytes of in that were given out */
};

struct frames frames_new(void);
void frames_free(struct frames *frames);

/* Adds bytes. What frames_next() gave is no longer valid. ERR_LIMIT, ERR_MEMORY. */
int frames_put(struct frames *frames, struct str bytes, struct err *err);

/* 1 and the next whole message, 0 when it has not arrived yet. ERR_INPUT without a length, ERR_LIMIT past
 * LIMIT_LSP_HEADER or LIMIT_LSP_MESSAGE: then the stream can't be followed any further. */
int frames_next(struct frames *frames, struct str *message, struct err *err);

/* Writes a message with its header. */
void frame_write(struct buf *out, struct str message);

#endif
