/* The base of a scanned image: found in the user's table of bases, and compared with its newest version. */
#ifndef PLIMSOLL_CMD_SCAN_BASES_H
#define PLIMSOLL_CMD_SCAN_BASES_H

#include "cmd/command.h"
#include "policy/bases/table.h"
#include "vuln/judge.h"

struct scan_bases {
    struct base_table table;        /* of --bases, or the key `bases` of .plimsoll.yaml */
    const struct base_entry *newer; /* than the base of the image at hand; NULL: none is known */
    struct buf text;                /* of scan_bases_compare() */
};

/* The file that is meant: as given, else as the configuration names it, from its folder; NULL: none.
 * ERR_MEMORY. */
int scan_bases_path(const struct arguments *arguments, const char *option, const char **out, struct err *err);
/* Reads the table. To be closed also when it fails. */
int scan_bases_open(struct scan_bases *bases, const struct arguments *arguments, struct err *err);
void scan_bases_close(struct scan_bases *bases);

/* Finds the image's base, and what is newer. The image points into the table from then on. */
int scan_bases_find(struct scan_bases *bases, struct image *image, struct err *err);

/* What a rebuild on the newer base changes of the run's findings, as JSON for the run's properties; empty
 * where none is known. Lives until the next call. */
int scan_bases_compare(struct scan_bases *bases, struct store *store, int64_t run,
                       const struct vuln_options *options, struct str *out, struct err *err);

#endif
