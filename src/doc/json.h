/* JSON (RFC 8259) to a document, strictly: no comments, no trailing commas, nothing behind the value.
 *
 * - One byte order mark in front is stepped over (section 8.1 lets a reader do so).
 * - Integers are exact up to int64_t and uint64_t; other numbers are the nearest double (infinite past its
 * range).
 * - Of two equal keys the later wins, as in most readers; it keeps its own place.
 * - Strings without escapes are slices of text, the others are decoded into the arena.
 * - A lone surrogate escape ("\ud800") becomes U+FFFD. Bytes that are not UTF-8 are refused.
 * - Errors say "line 3 column 14: ...", ERR_INPUT, or ERR_LIMIT past LIMIT_DOC_DEPTH. */
#ifndef PLIMSOLL_DOC_JSON_H
#define PLIMSOLL_DOC_JSON_H

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"

/* 0 and *out, or a negative enum err_code. text must live as long as the tree. */
int json_parse(struct arena *arena, struct str text, const struct doc **out, struct err *err);

/* As json_parse(), where comments as in C and one comma behind the last item or member are white space:
 * what the tools of the JavaScript world call JSONC. */
int json_parse_lenient(struct arena *arena, struct str text, const struct doc **out, struct err *err);

#endif
