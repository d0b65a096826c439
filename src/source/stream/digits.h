/* Byte offsets in messages: 18,442,112. */
#ifndef PLIMSOLL_SOURCE_STREAM_DIGITS_H
#define PLIMSOLL_SOURCE_STREAM_DIGITS_H

#include "base/macro.h"

struct digits {
    char text[28]; /* 20 digits, 6 commas, NUL */
};

static inline struct digits digits_of(uint64_t n) {
    struct digits out = {{0}};
    size_t at = sizeof out.text - 1, count = 0;
    do {
        if (count && count % 3 == 0) {
            out.text[--at] = ',';
        }
        out.text[--at] = (char)('0' + n % 10);
        count++;
    } while (n /= 10);
    memmove(out.text, out.text + at, sizeof out.text - at);
    return out;
}

#endif
