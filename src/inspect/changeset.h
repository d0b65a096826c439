/* What a layer does to the paths below it, whether it comes as a tar stream or as a folder.
 *
 * OCI image-spec, "Layer Filesystem Changeset": which lower paths are gone (FACT_HIDDEN), and which it has
 * itself (FACT_PATHS). overlay.c merges them. */
#ifndef PLIMSOLL_INSPECT_CHANGESET_H
#define PLIMSOLL_INSPECT_CHANGESET_H

#include "inspect/facts.h"

struct changeset {
    struct buf paths; /* hashes, as bytes */
    size_t written;   /* of them */
};

struct changeset changeset_new(void);
void changeset_free(struct changeset *changes);

/* A mark that names no file of its folder (".wh.", ".wh..", ".wh..."). Engines refuse it, and so must who
 * reads: to be asked before changeset_take_whiteout(). */
bool changeset_is_void_whiteout(struct str path);

/* A path whose name begins with ".wh." is a mark, no file: true, and what it hides is in facts. */
bool changeset_take_whiteout(struct facts *facts, struct str path);

/* Directories count under their path with a slash, so that they replace files but do not hide what is below
 * them. ERR_LIMIT when there are too many. */
int changeset_take_path(struct changeset *changes, struct str path, bool is_directory, struct err *err);

/* After the last path: writes the next FACT_PATHS, so that the caller can pass it on before there is another;
 * false when there are no more. */
bool changeset_put(struct changeset *changes, struct facts *facts);

#endif
