/* Time: seconds since 1970 in UTC, as RFC 3339 writes them. */
#ifndef PLIMSOLL_BASE_CLOCK_H
#define PLIMSOLL_BASE_CLOCK_H

#include "base/str.h"

enum { CLOCK_TEXT = 24 };

/* SOURCE_DATE_EPOCH when it is set, so that reports can be made again byte for byte. */
int64_t clock_now(void);
/* Nanoseconds that only grow, for measuring. */
uint64_t clock_monotonic(void);

/* "2026-11-23T10:00:00Z", with fractions and offsets as RFC 3339 allows; a bare date counts as its
 * beginning. False when s is none of these or names a day that isn't. */
bool clock_parse(struct str s, int64_t *seconds);
/* "2026-11-23T10:00:00Z". */
void clock_format(int64_t seconds, char out[CLOCK_TEXT]);

#endif
