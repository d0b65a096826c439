/* Shell patterns (* ? and the escape \) in ${name#p}, ${name%p} and ${name/p/r}. Internal to the Dockerfile
 * reader. */
#ifndef PLIMSOLL_DOC_DOCKERFILE_PATTERN_H
#define PLIMSOLL_DOC_DOCKERFILE_PATTERN_H

#include "base/buf.h"

/* value without the shortest or longest match at its front or end. False when that costs more than *fuel
 * steps, which are taken off it. */
bool pattern_trim(struct str pattern, struct str value, bool front, bool longest, size_t *fuel,
                  struct str *kept) _nodiscard_;
/* value with the first or all matches, each the longest, replaced; written to out. */
bool pattern_replace(struct str pattern, struct str value, struct str with, bool all, size_t *fuel,
                     struct buf *out) _nodiscard_;

#endif
