/* The overlay marks of a layer that lies unpacked in a storage.
 *
 * Linux, Documentation/filesystems/overlayfs.rst: a character device 0/0 hides the lower path of its name, a
 * directory with the attribute overlay.opaque = "y" hides all that lower layers have below it. fuse-overlayfs
 * writes names with ".wh." in front instead, as archives do; both are read wherever they stand. */
#ifndef PLIMSOLL_INSPECT_FOLDER_LAYER_H
#define PLIMSOLL_INSPECT_FOLDER_LAYER_H

#include "inspect/changeset.h"

#include <sys/stat.h>

struct folder_layer {
    struct changeset changes;
    struct facts facts; /* FACT_HIDDEN of marks */
};

struct folder_layer folder_layer_new(void);
void folder_layer_free(struct folder_layer *layer);

/* One name. 1 when it is a mark and no content, 0 when it is content, negative on failure. */
int folder_layer_take(struct folder_layer *layer, struct str path, const struct stat *st, struct err *err);

/* An open directory: its attributes. False when a part of it lies elsewhere (redirect_dir), so that it can't
 * be read from here alone. */
bool folder_layer_enter(struct folder_layer *layer, struct str path, int fd);

/* True when a file's content lies in a lower layer (metacopy). */
bool folder_layer_is_elsewhere(int fd);

/* Adds FACT_HIDDEN, FACT_PATHS and FACT_LAYER to out. */
int folder_layer_end(struct folder_layer *layer, uint64_t entries, bool is_complete, struct buf *out,
                     struct err *err);

#endif
