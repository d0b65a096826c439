/* The part of a text that is at hand while it flows by, and where in the text it is. */
#ifndef PLIMSOLL_INSPECT_SECRETS_WINDOW_H
#define PLIMSOLL_INSPECT_SECRETS_WINDOW_H

#include "base/str.h"

struct window {
    char *p;
    size_t n, size;
    uint64_t offset;     /* of its first byte in the text */
    uint32_t line;       /* of that byte, and */
    uint64_t line_bytes; /* how many bytes of the line stand before it */
};

struct window_place {
    uint32_t line, column; /* from 1, in bytes */
};

void window_begin(struct window *window); /* keeps the memory */
void window_free(struct window *window);
void window_wipe(struct window *window); /* forgets what it held */

static inline struct str window_text(const struct window *window) {
    return str_n(window->p, window->n);
}
/* Adds what fits up to `size` bytes in all and says how much that was; 0 also without memory. */
size_t window_add(struct window *window, struct str text, size_t size);
/* Drops the first n bytes. */
void window_slide(struct window *window, size_t n);

/* Where byte `at` of text stands, whose first byte is the window's. */
struct window_place window_place(const struct window *window, struct str text, size_t at);

/* UTF-16 to UTF-8. Returns the bytes written to out; *used is set to those read of `bytes`. An odd byte at
 * the end is kept in *odd for the next call. Surrogates become U+FFFD each: secrets are made of ASCII. */
size_t window_utf16(struct str bytes, bool is_big, unsigned char *odd, bool *has_odd, char *out, size_t room,
                    size_t *used);

#endif
