/* A file's bytes where the kernel has them: nothing is copied, and only the pages that are touched are read.
 *
 * For files that are replaced and never changed in place: one that gets shorter while it is mapped kills its
 * reader. Not for what comes from outside. */
#ifndef PLIMSOLL_BASE_MAPPING_H
#define PLIMSOLL_BASE_MAPPING_H

#include "base/err.h"
#include "base/str.h"

struct mapping {
    struct str bytes;
};

/* A negative code as file_open()'s, or ERR_INPUT: it is no regular file. */
int mapping_open(struct mapping *mapping, const char *path, struct err *err) _nodiscard_;
/* Also of one that was never opened. */
void mapping_free(struct mapping *mapping);

#endif
