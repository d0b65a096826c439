/* The walls of the cage: what a process gives up. Used by base/cage.c in the child, and by plimsoll-git,
 * whose library opens files by their names: below the folders that it names, and only to read. */
#ifndef PLIMSOLL_BASE_CAGE_WALLS_H
#define PLIMSOLL_BASE_CAGE_WALLS_H

#include "base/err.h"

struct cage_walls {
    size_t memory;      /* bytes of private memory */
    uint64_t file_size; /* most bytes of a file it writes to */
    /* Folders below which files may be opened for reading and listed; none: nothing can be opened. */
    const char *const *readable;
    size_t readable_n;
};

/* Limits, no new privileges, Landlock and seccomp for the calling process, for good. What the kernel lacks is
 * left out; cage_walls_lack() says so beforehand. Without Landlock, a process with readable folders can open
 * other files too, but never for writing. */
int cage_walls_raise(const struct cage_walls *walls, struct err *err);

/* NULL when the kernel has all; otherwise the names of what is missing. */
const char *cage_walls_lack(void);

/* Sanitizers report there; otherwise a reader has no business on the terminal. */
bool cage_walls_keep_stderr(void);

#endif
