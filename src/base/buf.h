/* A growable run of bytes with a cap from birth.
 *
 * The first write that does not fit or finds no memory sets `failed`, and all later writes do nothing; so a
 * writer puts piece after piece and looks once at the end:
 *
 *     _cleanup_(buf_free) struct buf out = buf_new(LIMIT_RECORD);
 *     buf_str(&out, name); buf_printf(&out, " %u", n);
 *     if (out.failed) return err_memory(err);                                                       */
#ifndef PLIMSOLL_BASE_BUF_H
#define PLIMSOLL_BASE_BUF_H

#include "base/str.h"

struct buf {
    unsigned char *p;
    size_t n, size, cap;
    bool failed;
};

static inline struct buf buf_new(size_t cap) {
    return (struct buf){NULL, 0, 0, cap, false};
}
void buf_free(struct buf *buf);
/* Empties it and forgets a failure; keeps the memory. */
void buf_clear(struct buf *buf);

/* Room for n more bytes behind the end, to be filled by the caller, who then raises buf->n; or NULL. */
unsigned char *buf_room(struct buf *buf, size_t n);

void buf_bytes(struct buf *buf, const void *p, size_t n);
void buf_byte(struct buf *buf, unsigned char byte);
void buf_str(struct buf *buf, struct str s);
void buf_c(struct buf *buf, const char *c);
void buf_printf(struct buf *buf, const char *fmt, ...) _printf_(2, 3);

static inline struct str buf_view(const struct buf *buf) {
    return str_n((const char *)buf->p, buf->n);
}

#endif
