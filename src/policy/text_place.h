/* Where a byte of a scalar's value stands in the file that the scalar was read from, whatever its style:
 * plain, quoted, folded or literal. */
#ifndef PLIMSOLL_POLICY_TEXT_PLACE_H
#define PLIMSOLL_POLICY_TEXT_PLACE_H

#include "doc/doc.h"

/* The word at the offset is looked for in the file from the scalar on: the same one of several. The
 * scalar's own place when it is not found there, as escapes can hide it. */
struct doc_place text_place(struct str file, const struct doc *scalar, size_t offset);

#endif
