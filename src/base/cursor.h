/* The one way to read binary data from outside: a view with a place in it that can't leave its bounds.
 *
 * A read past the end returns zero or an empty slice and sets `failed`, which stays; a parser reads what it
 * needs and looks once:
 *
 *     struct cursor c = cursor_over(bytes);
 *     uint32_t magic = cursor_be32(&c); uint32_t count = cursor_be32(&c);
 *     if (c.failed || magic != MAGIC) return err_set(err, ERR_INPUT, "byte %zu: ...", c.at);       */
#ifndef PLIMSOLL_BASE_CURSOR_H
#define PLIMSOLL_BASE_CURSOR_H

#include "base/str.h"

struct cursor {
    const unsigned char *p;
    size_t n;
    size_t at; /* never above n */
    bool failed;
};

static inline struct cursor cursor_over(struct str bytes) {
    return (struct cursor){(const unsigned char *)bytes.p, bytes.n, 0, false};
}
static inline size_t cursor_left(const struct cursor *c) {
    return c->n - c->at;
}

/* The next n bytes, stepping over them. */
struct str cursor_take(struct cursor *c, size_t n);
void cursor_skip(struct cursor *c, size_t n);
/* Moves to an absolute offset, which may be the end. */
void cursor_seek(struct cursor *c, size_t at);
/* A cursor of its own over [at, at + n), failed when that is not inside. */
struct cursor cursor_window(const struct cursor *c, size_t at, size_t n);
/* Up to the next NUL, stepping over it; fails when there is none. */
struct str cursor_cstr(struct cursor *c);

uint8_t cursor_u8(struct cursor *c);
uint16_t cursor_le16(struct cursor *c);
uint32_t cursor_le32(struct cursor *c);
uint64_t cursor_le64(struct cursor *c);
uint16_t cursor_be16(struct cursor *c);
uint32_t cursor_be32(struct cursor *c);
uint64_t cursor_be64(struct cursor *c);
/* LEB128 as Go and DWARF write it: at most 10 bytes. */
uint64_t cursor_uvarint(struct cursor *c);

#endif
