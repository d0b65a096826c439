/* What differs between two texts, line by line, as `diff -u` writes it (POSIX diff, -U 3). */
#ifndef PLIMSOLL_DOC_DIFF_H
#define PLIMSOLL_DOC_DIFF_H

#include "base/buf.h"
#include "base/err.h"

/* Adds "--- a/NAME", "+++ b/NAME" and the hunks to out; nothing when the texts are equal. The shortest
 * difference, but for texts that have more than LIMIT_DIFF lines changed: then all between the first and
 * the last of them is one change. ERR_MEMORY. */
int diff_unified(struct str name, struct str before, struct str after, struct buf *out, struct err *err);

#endif
