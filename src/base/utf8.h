/* UTF-8 (RFC 3629) from outside, and how to show it without letting it act on a terminal. */
#ifndef PLIMSOLL_BASE_UTF8_H
#define PLIMSOLL_BASE_UTF8_H

#include "base/buf.h"

/* The length of the well-formed sequence at the front of s and its code point; 0 when there is none
 * (overlong forms, surrogates and values above U+10FFFF are not well-formed). */
size_t utf8_next(struct str s, uint32_t *code);
bool utf8_is_valid(struct str s);
/* Writes code, at most U+10FFFF and no surrogate. */
void utf8_put(struct buf *out, uint32_t code);

/* Adds s with control characters (C0, DEL, C1, bidirectional overrides) and bytes that are not UTF-8 written
 * as \xHH or \u{HHHH}: text from an image must not move a cursor or hide itself. */
void utf8_put_safe(struct buf *out, struct str s);

#endif
