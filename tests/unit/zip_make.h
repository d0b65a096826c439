/* A ZIP archive of stored members "<n>.json", made by hand (APPNOTE 4.3). */
#ifndef PLIMSOLL_TESTS_ZIP_MAKE_H
#define PLIMSOLL_TESTS_ZIP_MAKE_H

#include "base/buf.h"
#include "test.h"

#include <isa-l/crc.h>

static inline void put_le(struct buf *out, uint64_t value, size_t n) {
    for (size_t i = 0; i < n; i++) {
        buf_byte(out, (unsigned char)(i < sizeof value ? value >> (8 * i) : 0));
    }
}

/* The fields that local header and directory entry share: version to crc and sizes. */
static inline void put_head(struct buf *out, const char *text, size_t name_n) {
    put_le(out, 20, 2);
    put_le(out, 0, 8);
    put_le(out, crc32_gzip_refl(0, (const unsigned char *)text, strlen(text)), 4);
    put_le(out, strlen(text), 4);
    put_le(out, strlen(text), 4);
    put_le(out, name_n, 2);
    put_le(out, 0, 2);
}

static inline void zip_make(struct buf *out, const char *const *texts, size_t n) {
    size_t offsets[64];
    char name[32];
    assert_true(n <= ARRAY_SIZE(offsets));
    for (size_t i = 0; i < n; i++) {
        offsets[i] = out->n;
        snprintf(name, sizeof name, "%zu.json", i);
        put_le(out, 0x04034b50, 4);
        put_head(out, texts[i], strlen(name));
        buf_c(out, name);
        buf_c(out, texts[i]);
    }
    size_t directory = out->n;
    for (size_t i = 0; i < n; i++) {
        snprintf(name, sizeof name, "%zu.json", i);
        put_le(out, 0x02014b50, 4);
        put_le(out, 20, 2);
        put_head(out, texts[i], strlen(name));
        put_le(out, 0, 10);
        put_le(out, offsets[i], 4);
        buf_c(out, name);
    }
    size_t size = out->n - directory;
    put_le(out, 0x06054b50, 4);
    put_le(out, 0, 4);
    put_le(out, n, 2);
    put_le(out, n, 2);
    put_le(out, size, 4);
    put_le(out, directory, 4);
    put_le(out, 0, 2);
    assert_false(out->failed);
}

#endif
