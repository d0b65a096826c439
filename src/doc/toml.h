/* TOML 1.0 (toml.io/en/v1.0.0) to a document; the root is always a map.
 *
 * - Of 1.1 what harms no 1.0 text is read too: line ends and a trailing comma in inline tables, \e and \xHH,
 * times without seconds.
 * - Dates and times are DOC_TIMESTAMP with their text; what they say is checked (no 31 April).
 * - A key or table that is defined twice is refused, with the place of the second.
 * - Strings without escapes are slices of text, the others are decoded into the arena.
 * - Errors say "line 3 column 14: ...", ERR_INPUT, or ERR_LIMIT past LIMIT_DOC_DEPTH. */
#ifndef PLIMSOLL_DOC_TOML_H
#define PLIMSOLL_DOC_TOML_H

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"

/* 0 and *out, or a negative enum err_code. text must live as long as the tree. */
int toml_parse(struct arena *arena, struct str text, const struct doc **out, struct err *err);

#endif
