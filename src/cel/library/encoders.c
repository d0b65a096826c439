/* The encoders library of cel-go (ext/README.md): base64 of RFC 4648, section 4; decoding takes text without
 * padding too, and steps over ends of lines, as Go's encoding/base64 does. */
#include "cel/library/libraries.h"

#include "cel/library/support.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static struct cel_value encode(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct str s = cel_str(&args[0]);
    size_t length = (s.n + 2) / 3 * 4;
    struct cel_value fault;
    char *out = cel_room_text(call, length, &fault), *end = out;
    if (!out) {
        return fault;
    }
    for (size_t i = 0; i < s.n; i += 3) {
        size_t left = MIN(s.n - i, (size_t)3);
        uint32_t bits = 0;
        for (size_t k = 0; k < 3; k++) {
            bits = bits << 8 | (k < left ? (unsigned char)s.p[i + k] : 0);
        }
        for (size_t k = 0; k < 4; k++) {
            *end++ = (char)(k <= left ? alphabet[bits >> (18 - 6 * k) & 63] : '=');
        }
    }
    return cel_string(str_n(out, length));
}

static int digit_of(char c) {
    const char *at = c ? memchr(alphabet, c, sizeof alphabet - 1) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

static struct cel_value decode(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct str s = cel_str(&args[0]);
    struct cel_value fault;
    char *out = cel_room_text(call, s.n, &fault), *end = out;
    size_t digits = 0, padding = 0;
    uint32_t bits = 0;
    if (!out) {
        return fault;
    }
    for (size_t i = 0; i < s.n; i++) {
        int digit = digit_of(s.p[i]);
        if (s.p[i] == '\n' || s.p[i] == '\r') {
            continue;
        }
        if (s.p[i] == '=' && padding < 2) {
            padding++;
            continue;
        }
        if (digit < 0 || padding) {
            return cel_error(call, "illegal base64 at byte %zu", i);
        }
        bits = bits << 6 | (uint32_t)digit;
        if (++digits % 4 != 1) {
            *end++ = (char)(bits >> (6 - 2 * ((digits - 1) % 4)));
        }
    }
    if (digits % 4 == 1 || (padding && (digits + padding) % 4)) {
        return cel_error(call, "illegal base64: the text is cut");
    }
    return cel_bytes(str_n(out, (size_t)(end - out)));
}

static const struct cel_function functions[] = {
    {"base64.encode", "(bytes) string", encode},
    {"base64.decode", "(string) bytes", decode},
};

const struct cel_library cel_library_encoders = {"encoders", functions, ARRAY_SIZE(functions), NULL, 0};
