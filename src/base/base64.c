#include "base/base64.h"

enum { SKIPPED = -1, WRONG = -2 };

static int value_of(char c) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (c == '=' || ascii_is_space(c)) {
        return SKIPPED;
    }
    if (c == '-' || c == '_') {
        return c == '-' ? 62 : 63;
    }
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : WRONG;
}

int base64_decode(struct arena *arena, struct str text, struct str *out) {
    char *bytes = arena_alloc(arena, text.n / 4 * 3 + 3);
    size_t n = 0;
    uint32_t group = 0;
    unsigned bits = 0;
    *out = STR_NONE;
    for (size_t i = 0; bytes && i < text.n; i++) {
        int value = value_of(text.p[i]);
        if (value == WRONG) {
            return ERR_INPUT;
        }
        if (value == SKIPPED) {
            continue;
        }
        group = (group << 6 | (uint32_t)value) & 0xffff;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes[n++] = (char)(group >> bits);
        }
    }
    *out = str_n(bytes, n);
    return bytes ? 0 : ERR_MEMORY;
}
