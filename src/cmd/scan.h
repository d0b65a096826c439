/* What `plimsoll scan` and the commands that read targets as it does share. */
#ifndef PLIMSOLL_CMD_SCAN_H
#define PLIMSOLL_CMD_SCAN_H

#include "cmd/registry_options.h"
#include "model/store.h"

/* Rows of the options that all of them have, and scan_run() reads: of images, and how it is read. */
#define SCAN_IMAGE_OPTIONS                                                                                   \
    {                                                                                                        \
        "platform",                                                                                          \
        0,                                                                                                   \
        "OS/ARCH",                                                                                           \
        "Images",                                                                                            \
        "which image of several, as linux/arm64; default: this machine's",                                   \
        NULL,                                                                                                \
        false},                                                                                              \
        REGISTRY_OPTIONS("Images")
#define SCAN_READING_OPTIONS                                                                                 \
    {"no-cache", 0, NULL, "Data", "read every layer anew and keep nothing", NULL, false, true},              \
        {"jobs", 'j', "N", "Data", "layers read at a time; default: one a processor", NULL, false}, {        \
        "no-cage", 0, NULL, "Debugging", "read without the cage; for debugging plimsoll itself", NULL,       \
            false, true                                                                                      \
    }

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
