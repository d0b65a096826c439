/* Records between our own processes and in our cache files: what struct buf writes, struct cursor reads.
 *
 * Numbers are little endian and of fixed width, a string is its 32-bit length and its bytes. A record is
 * framed by wire_begin() and wire_end():  u32 length of the rest, u32 kind, payload.                 */
#ifndef PLIMSOLL_BASE_WIRE_H
#define PLIMSOLL_BASE_WIRE_H

#include "base/buf.h"
#include "base/cursor.h"

void wire_u8(struct buf *out, uint8_t value);
void wire_u32(struct buf *out, uint32_t value);
void wire_u64(struct buf *out, uint64_t value);
void wire_str(struct buf *out, struct str value);
/* As few bytes as it needs, LEB128: what cursor_uvarint() reads. */
void wire_uvarint(struct buf *out, uint64_t value);

struct str wire_get_str(struct cursor *in);
/* A 32-bit count of items that take at least `least` bytes each; 0 and a failed cursor when there can't be so
 * many. */
size_t wire_get_count(struct cursor *in, size_t least);

enum { WIRE_HEAD = 8 };

/* Opens a record and returns its offset in out, to be given to wire_end(). */
size_t wire_begin(struct buf *out, uint32_t kind);
void wire_end(struct buf *out, size_t start);

/* Takes one whole record off the front of *in. 1 and the payload when there is one, 0 when its end has not
 * arrived yet, ERR_INPUT when its length is above LIMIT_RECORD or below the head. */
int wire_next(struct cursor *in, uint32_t *kind, struct cursor *payload);

#endif
