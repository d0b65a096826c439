#include "base/cursor.h"

struct str cursor_take(struct cursor *c, size_t n) {
    if (c->failed || n > cursor_left(c)) {
        c->failed = true;
        return STR_NONE;
    }
    struct str taken = str_n((const char *)c->p + c->at, n);
    c->at += n;
    return taken;
}

void cursor_skip(struct cursor *c, size_t n) {
    (void)cursor_take(c, n);
}

void cursor_seek(struct cursor *c, size_t at) {
    if (at > c->n) {
        c->failed = true;
        return;
    }
    c->at = at;
}

struct cursor cursor_window(const struct cursor *c, size_t at, size_t n) {
    size_t end;
    if (c->failed || !add_fits(at, n, &end) || end > c->n) {
        return (struct cursor){.failed = true};
    }
    return (struct cursor){c->p + at, n, 0, false};
}

struct str cursor_cstr(struct cursor *c) {
    const unsigned char *nul = c->failed || !cursor_left(c) ? NULL : memchr(c->p + c->at, 0, cursor_left(c));
    if (!nul) {
        c->failed = true;
        return STR_NONE;
    }
    struct str text = cursor_take(c, (size_t)(nul - (c->p + c->at)));
    cursor_skip(c, 1);
    return text;
}

static uint64_t little(struct cursor *c, size_t n) {
    struct str s = cursor_take(c, n);
    uint64_t value = 0;
    for (size_t i = s.n; i-- > 0;) {
        value = value << 8 | (unsigned char)s.p[i];
    }
    return value;
}

static uint64_t big(struct cursor *c, size_t n) {
    struct str s = cursor_take(c, n);
    uint64_t value = 0;
    for (size_t i = 0; i < s.n; i++) {
        value = value << 8 | (unsigned char)s.p[i];
    }
    return value;
}

uint8_t cursor_u8(struct cursor *c) {
    return (uint8_t)little(c, 1);
}
uint16_t cursor_le16(struct cursor *c) {
    return (uint16_t)little(c, 2);
}
uint32_t cursor_le32(struct cursor *c) {
    return (uint32_t)little(c, 4);
}
uint64_t cursor_le64(struct cursor *c) {
    return little(c, 8);
}
uint16_t cursor_be16(struct cursor *c) {
    return (uint16_t)big(c, 2);
}
uint32_t cursor_be32(struct cursor *c) {
    return (uint32_t)big(c, 4);
}
uint64_t cursor_be64(struct cursor *c) {
    return big(c, 8);
}

uint64_t cursor_uvarint(struct cursor *c) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte = cursor_u8(c);
        if (c->failed || (shift == 63 && byte > 1)) {
            break;
        }
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            return value;
        }
    }
    c->failed = true;
    return 0;
}
