/* The walls of the cage: what a process gives up. Used by base/cage.c in the child. */
#ifndef PLIMSOLL_BASE_CAGE_WALLS_H
#define PLIMSOLL_BASE_CAGE_WALLS_H

#include "base/err.h"

/* Limits, no new privileges, Landlock and seccomp for the calling process, for good. What the kernel lacks is
 * left out; cage_walls_lack() says so beforehand. */
int cage_walls_raise(size_t memory, uint64_t file_size, struct err *err);

/* NULL when the kernel has all; otherwise the names of what is missing. */
const char *cage_walls_lack(void);

/* Sanitizers report there; otherwise a reader has no business on the terminal. */
bool cage_walls_keep_stderr(void);

#endif
