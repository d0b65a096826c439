/* scan --fix: mends the files of a folder that was scanned, by the patches of the checks that failed. */
#ifndef PLIMSOLL_CMD_SCAN_FIX_H
#define PLIMSOLL_CMD_SCAN_FIX_H

#include "model/store.h"
#include "policy/packs/checks.h"

struct scan_fix {
    struct store *store;
    int64_t run;      /* whose open findings are mended; those set aside are left alone */
    const char *root; /* the folder */
    const struct check_list *checks;
    bool honours_others;
    bool is_dry; /* nothing is written */
};

struct scan_fixed {
    size_t findings, files;
};

/* Adds what changes to diff. A file that is no longer there, or is reached by a symbolic link, is left alone.
 * The others are put in place at once, with the same mode and owner. */
int scan_fix(const struct scan_fix *fix, struct buf *diff, struct scan_fixed *out, struct err *err);

/* Adds to the evidence of the run's findings how each would be mended, for reports that say so; of the worst
 * LIMIT_FIX_FINDINGS that can be mended, in LIMIT_FIX_FILES files. Lines and columns are from 1, columns in
 * UTF-16. */
int scan_fix_note(const struct scan_fix *fix, struct err *err);

#endif
