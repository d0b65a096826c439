/* Files of a folder on their way into the cage: gathered into parcels, each of which is one reader's whole
 * work.
 *
 * A reader that breaks loses the file that broke it and no other: its parcel is given again, file by file. */
#ifndef PLIMSOLL_INSPECT_FEEDER_H
#define PLIMSOLL_INSPECT_FEEDER_H

#include "inspect/facts.h"
#include "inspect/reader.h"

struct feeder {
    const struct read_options *options;
    struct arena *arena;
    struct reader reader;
    struct pass_layer pass;
    struct buf message;
    int fds[CAGE_PARCEL_FDS];
    struct str paths[CAGE_PARCEL_FDS]; /* of the fds, for messages when the reader breaks */
    size_t fds_n;
    struct facts notes; /* of what could not be opened, and of readers that broke */
    size_t notes_n;
    struct buf *facts; /* of readers that ended */
    uint64_t given;    /* files in all */
};

/* facts is the caller's. */
struct feeder feeder_new(const struct read_options *options, struct arena *arena, struct buf *facts);
void feeder_free(struct feeder *feeder);

/* A part of the folder that was not read. */
void feeder_note(struct feeder *feeder, struct str path, const char *message);

/* Takes fd over, whatever comes back. mask: the inspectors that want the file. */
int feeder_take(struct feeder *feeder, const struct entry *entry, int fd, uint64_t mask, struct err *err);

/* Waits for what is under way and adds the notes to the facts. */
int feeder_end(struct feeder *feeder, struct err *err);

#endif
