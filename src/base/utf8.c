#include "base/utf8.h"

static bool is_continuation(struct str s, size_t i) {
    return i < s.n && ((unsigned char)s.p[i] & 0xc0) == 0x80;
}

size_t utf8_next(struct str s, uint32_t *code) {
    if (!s.n) {
        return 0;
    }
    unsigned char first = (unsigned char)s.p[0];
    if (first < 0x80) {
        *code = first;
        return 1;
    }
    size_t n = first >= 0xc2 && first < 0xe0   ? 2
               : first >= 0xe0 && first < 0xf0 ? 3
               : first >= 0xf0 && first < 0xf5 ? 4
                                               : 0;
    static const unsigned char payload[] = {0, 0, 0x1f, 0x0f, 0x07};
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t value = n ? first & payload[n] : 0;
    for (size_t i = 1; i < n; i++) {
        if (!is_continuation(s, i)) {
            return 0;
        }
        value = value << 6 | ((unsigned char)s.p[i] & 0x3f);
    }
    if (!n || value < smallest[n] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) {
        return 0;
    }
    *code = value;
    return n;
}

bool utf8_is_valid(struct str s) {
    uint32_t code;
    while (s.n) {
        size_t n = utf8_next(s, &code);
        if (!n) {
            return false;
        }
        s = str_from(s, n);
    }
    return true;
}

void utf8_put(struct buf *out, uint32_t code) {
    assert(code <= 0x10ffff);
    if (code < 0x80) {
        buf_byte(out, (unsigned char)code);
        return;
    }
    if (code < 0x800) {
        buf_byte(out, (unsigned char)(0xc0 | code >> 6));
    } else {
        if (code < 0x10000) {
            buf_byte(out, (unsigned char)(0xe0 | code >> 12));
        } else {
            buf_byte(out, (unsigned char)(0xf0 | code >> 18));
            buf_byte(out, (unsigned char)(0x80 | (code >> 12 & 0x3f)));
        }
        buf_byte(out, (unsigned char)(0x80 | (code >> 6 & 0x3f)));
    }
    buf_byte(out, (unsigned char)(0x80 | (code & 0x3f)));
}

static bool acts_on_terminal(uint32_t code) {
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x200e || code == 0x200f ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

void utf8_put_safe(struct buf *out, struct str s) {
    while (s.n) {
        uint32_t code;
        size_t n = utf8_next(s, &code);
        if (!n) {
            buf_printf(out, "\\x%02x", (unsigned char)s.p[0]);
            n = 1;
        } else if (acts_on_terminal(code)) {
            buf_printf(out, code < 0x100 ? "\\x%02x" : "\\u{%04x}", (unsigned)code);
        } else {
            buf_bytes(out, s.p, n);
        }
        s = str_from(s, n);
    }
}
