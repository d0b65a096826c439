#include "base/wire.h"

#include "base/err.h"
#include "base/limits.h"

static void little(struct buf *out, uint64_t value, size_t n) {
    unsigned char bytes[8];
    for (size_t i = 0; i < n; i++) {
        bytes[i] = (unsigned char)(value >> (8 * i));
    }
    buf_bytes(out, bytes, n);
}

void wire_u8(struct buf *out, uint8_t value) {
    little(out, value, 1);
}
void wire_u32(struct buf *out, uint32_t value) {
    little(out, value, 4);
}
void wire_u64(struct buf *out, uint64_t value) {
    little(out, value, 8);
}

void wire_str(struct buf *out, struct str value) {
    if (value.n > UINT32_MAX) {
        out->failed = true;
        return;
    }
    wire_u32(out, (uint32_t)value.n);
    buf_str(out, value);
}

void wire_uvarint(struct buf *out, uint64_t value) {
    unsigned char bytes[10];
    size_t n = 0;
    for (; value >= 0x80; value >>= 7) {
        bytes[n++] = (unsigned char)(value | 0x80);
    }
    bytes[n++] = (unsigned char)value;
    buf_bytes(out, bytes, n);
}

struct str wire_get_str(struct cursor *in) {
    return cursor_take(in, cursor_le32(in));
}

size_t wire_get_count(struct cursor *in, size_t least) {
    size_t n = cursor_le32(in);
    in->failed |= n > cursor_left(in) / least;
    return in->failed ? 0 : n;
}

size_t wire_begin(struct buf *out, uint32_t kind) {
    size_t start = out->n;
    wire_u32(out, 0);
    wire_u32(out, kind);
    return start;
}

void wire_end(struct buf *out, size_t start) {
    if (out->failed) {
        return;
    }
    size_t n = out->n - start - 4;
    if (n > LIMIT_RECORD) {
        out->failed = true;
        return;
    }
    for (size_t i = 0; i < 4; i++) {
        out->p[start + i] = (unsigned char)(n >> (8 * i));
    }
}

int wire_next(struct cursor *in, uint32_t *kind, struct cursor *payload) {
    struct cursor ahead = *in;
    size_t n = cursor_le32(&ahead);
    if (ahead.failed) {
        return 0;
    }
    if (n < 4 || n > LIMIT_RECORD) {
        return ERR_INPUT;
    }
    if (cursor_left(&ahead) < n) {
        return 0;
    }
    *kind = cursor_le32(&ahead);
    *payload = cursor_over(cursor_take(&ahead, n - 4));
    *in = ahead;
    return 1;
}
