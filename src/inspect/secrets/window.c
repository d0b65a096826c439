#include "inspect/secrets/window.h"

#include "base/mem.h"

#include <openssl/crypto.h>

void window_begin(struct window *window) {
    window->n = 0;
    window->offset = window->line_bytes = 0;
    window->line = 1;
}

void window_wipe(struct window *window) {
    if (window->p) {
        OPENSSL_cleanse(window->p, window->n);
    }
    window->n = 0;
}

void window_free(struct window *window) {
    window->n = window->size;
    window_wipe(window);
    mem_free(window->p);
    *window = (struct window){0};
}

size_t window_add(struct window *window, struct str text, size_t size) {
    if (!window->p) {
        window->p = mem_alloc(size);
        window->size = window->p ? size : 0;
    }
    size_t n = MIN(text.n, window->size - window->n);
    if (n) {
        memcpy(window->p + window->n, text.p, n);
    }
    window->n += n;
    return n;
}

static uint32_t count_lines(struct str text) {
    uint32_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        n += text.p[i] == '\n';
    }
    return n;
}

static uint32_t capped(uint64_t n) {
    return (uint32_t)MIN(n, (uint64_t)UINT32_MAX);
}

void window_slide(struct window *window, size_t n) {
    assert(n <= window->n);
    struct str gone = str_n(window->p, n);
    ptrdiff_t last = str_rfind_byte(gone, '\n');
    window->line += count_lines(gone);
    window->line_bytes = last < 0 ? window->line_bytes + n : n - (size_t)last - 1;
    window->offset += n;
    memmove(window->p, window->p + n, window->n - n);
    window->n -= n;
}

struct window_place window_place(const struct window *window, struct str text, size_t at) {
    struct str before = str_sub(text, 0, at);
    ptrdiff_t last = str_rfind_byte(before, '\n');
    uint64_t column = last < 0 ? window->line_bytes + at : at - (size_t)last - 1;
    return (struct window_place){window->line + count_lines(before), capped(column + 1)};
}

/* ---- UTF-16 */

static size_t put_utf8(uint32_t code, char *out) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    code = code >= 0xd800 && code < 0xe000 ? 0xfffd : code;
    out[0] = (char)(0xe0 | code >> 12);
    out[1] = (char)(0x80 | (code >> 6 & 0x3f));
    out[2] = (char)(0x80 | (code & 0x3f));
    return 3;
}

size_t window_utf16(struct str bytes, bool is_big, unsigned char *odd, bool *has_odd, char *out, size_t room,
                    size_t *used) {
    size_t n = 0, i = 0;
    while (i < bytes.n && n + 3 <= room) {
        unsigned char byte = (unsigned char)bytes.p[i++];
        if (!*has_odd) {
            *odd = byte;
            *has_odd = true;
            continue;
        }
        *has_odd = false;
        uint32_t code = is_big ? (uint32_t)*odd << 8 | byte : (uint32_t)byte << 8 | *odd;
        n += code == 0xfeff ? 0 : put_utf8(code, out + n);
    }
    *used = i;
    return n;
}
