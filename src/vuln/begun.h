/* Downloads that a run has begun and another continues: beside each file a note (its path and ".of") with the
 * address that it is of, the word by which the server knows its bytes (an ETag or a date) and their number as
 * a whole. Without a note that fits, what is in the file counts for nothing. Inside of vuln/ only. */
#ifndef PLIMSOLL_VULN_BEGUN_H
#define PLIMSOLL_VULN_BEGUN_H

#include "base/arena.h"
#include "base/err.h"

enum { BEGUN_WORD_MAX = 256 };

struct begun {
    char validator[BEGUN_WORD_MAX]; /* never empty */
    uint64_t n;                     /* bytes in the file, more than none */
    uint64_t total;                 /* 0: not known; not below n */
};

/* False: there is nothing to continue of this address. */
bool begun_read(const char *path, const char *url, struct begun *out);
/* As true, of a file that has all bytes, of which the server can be asked whether they are still the same. */
bool begun_is_whole(const struct begun *begun);
/* An empty validator, or one that can't be kept: as begun_forget(). A note that can't be written costs a
 * download, no more. */
void begun_write(const char *path, const char *url, struct str validator, uint64_t total);
void begun_forget(const char *path);

#endif
