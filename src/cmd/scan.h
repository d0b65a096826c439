/* What `plimsoll scan` and the commands that read targets as it does share. */
#ifndef PLIMSOLL_CMD_SCAN_H
#define PLIMSOLL_CMD_SCAN_H

#include "cmd/command.h"
#include "model/store.h"

struct scan_mode {
    const char *format; /* when --format is not given */
    bool judges;        /* by advisories and checks; otherwise only what is there is listed */
    /* Takes the run instead of reports; NULL: reports are written. */
    int (*finish)(const struct arguments *arguments, struct store *store, int64_t run, struct err *err);
};

/* Reads the operands, judges them, writes the reports; an exit code. Options that the command lacks are not
 * given. */
int scan_run(const struct arguments *arguments, const struct scan_mode *mode);

#endif
