/* Makes rpm header blobs for tests, by rpm's description of the format. */
#ifndef PLIMSOLL_TESTS_HEADER_BYTES_H
#define PLIMSOLL_TESTS_HEADER_BYTES_H

#include "base/buf.h"
#include "base/limits.h"

enum { T_INT32 = 4, T_STRING = 6, T_STRINGS = 8, T_I18N = 9 };

struct header_bytes {
    struct buf entries, data, whole;
    uint32_t n;
};

static inline struct header_bytes header_bytes_new(void) {
    return (struct header_bytes){buf_new(MIB), buf_new(4 * MIB), buf_new(8 * MIB), 0};
}

static inline void header_bytes_free(struct header_bytes *h) {
    buf_free(&h->entries);
    buf_free(&h->data);
    buf_free(&h->whole);
}

static inline void put_be32(struct buf *out, uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
        buf_byte(out, (unsigned char)(value >> shift));
    }
}

static inline void header_entry(struct header_bytes *h, uint32_t tag, uint32_t type, uint32_t offset,
                                uint32_t count) {
    put_be32(&h->entries, tag);
    put_be32(&h->entries, type);
    put_be32(&h->entries, offset);
    put_be32(&h->entries, count);
    h->n++;
}

/* Strings with a NUL between two; the last NUL is added. */
static inline void header_strings(struct header_bytes *h, uint32_t tag, uint32_t type, uint32_t count,
                                  struct str strings) {
    header_entry(h, tag, type, (uint32_t)h->data.n, count);
    buf_str(&h->data, strings);
    buf_byte(&h->data, 0);
}

static inline void header_string(struct header_bytes *h, uint32_t tag, const char *string) {
    header_strings(h, tag, T_STRING, 1, str_c(string));
}

static inline void header_u32s(struct header_bytes *h, uint32_t tag, uint32_t count, const uint32_t *values) {
    while (h->data.n % 4) {
        buf_byte(&h->data, 0);
    }
    header_entry(h, tag, T_INT32, (uint32_t)h->data.n, count);
    for (uint32_t i = 0; i < count; i++) {
        put_be32(&h->data, values[i]);
    }
}

/* Valid until the next call. */
static inline struct str header_blob(struct header_bytes *h) {
    buf_clear(&h->whole);
    put_be32(&h->whole, h->n);
    put_be32(&h->whole, (uint32_t)h->data.n);
    buf_str(&h->whole, buf_view(&h->entries));
    buf_str(&h->whole, buf_view(&h->data));
    return buf_view(&h->whole);
}

#endif
