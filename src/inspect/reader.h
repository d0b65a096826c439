/* A caged pass that survives its files: when one breaks the child, the child is begun again and leaves that
 * one out.
 *
 * The second child reads the same bytes once more, so a broken file costs a reading of its layer, and only of
 * that. */
#ifndef PLIMSOLL_INSPECT_READER_H
#define PLIMSOLL_INSPECT_READER_H

#include "base/cage.h"
#include "inspect/pass.h"
#include "inspect/read.h"

enum { READER_SKIPS = 16 }; /* broken files of one layer; after that the layer is given up */

struct reader {
    struct cage *cage; /* NULL when not running */
    int (*run)(void *ctx, struct cage_port *port, struct err *err);
    struct pass_layer *pass;
    const struct read_options *options;
    struct arena *arena;
    struct pass_skip skips[READER_SKIPS];
    size_t skips_n;
    const char *why_ended; /* it hung in the stream itself: what follows beats_max is left out */
    uint64_t beats_max;
    int spool;
    struct err err; /* code 0 unless the whole was given up */
};

#define READER_NONE ((struct reader){.spool = -1})

/* pass is the job's ctx: its spool and skips are set here. */
int reader_start(struct reader *reader, const struct read_options *options,
                 int (*run)(void *, struct cage_port *, struct err *), struct pass_layer *pass,
                 struct arena *arena, struct err *err);
void reader_close(struct reader *reader);

static inline bool reader_is_running(const struct reader *reader) {
    return reader->cage != NULL;
}
/* Looks at a cage that may be over: true when the reading has ended, false when it goes on or was begun
 * again. */
bool reader_ended(struct reader *reader);
/* Facts so far; after the end all of them. */
struct str reader_facts(const struct reader *reader);
/* The same, no longer the reader's: the caller frees it. */
struct buf reader_take_facts(struct reader *reader);
/* What ended the whole reading, or NULL. */
const struct err *reader_err(const struct reader *reader);
static inline bool reader_has_skips(const struct reader *reader) {
    return reader->skips_n > 0;
}

#endif
