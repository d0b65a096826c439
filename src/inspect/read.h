/* Reads a target in the cage and returns its facts: each layer of an image, or a folder as if it were one
 * layer. */
#ifndef PLIMSOLL_INSPECT_READ_H
#define PLIMSOLL_INSPECT_READ_H

#include "base/buf.h"
#include "base/map.h"
#include "inspect/cache.h"
#include "inspect/secrets/scan.h"
#include "source/git/commit.h"
#include "source/image/image.h"

struct read_options {
    bool is_open;           /* --no-cage */
    unsigned parallel;      /* readers at a time; 0: one a processor */
    unsigned step_seconds;  /* for one inspector on one file; 0: the default */
    unsigned stall_seconds; /* without coming further in a layer; 0: LIMIT_STALL_SECONDS */
    struct layer_cache cache;
    struct secret_set *secrets; /* NULL: they are not looked for; opened when the first file is */
    void (*progress)(void *ctx, const char *what, uint64_t done, uint64_t total); /* may be NULL */
    void *progress_ctx;
};

/* What is known of one layer after reading. */
struct read_layer {
    struct buf facts;    /* freed by read_layers_free(); look at them by read_layer_facts() */
    struct mapping kept; /* of what was read before: it has the facts instead */
    struct str kept_facts;
    const struct read_layer *same_as; /* a lower layer with the same content, which has the facts; or NULL */
    bool from_cache;                  /* its facts are kept_facts, or the lower layer's are */
    struct str problem; /* of the layer as a whole (not opened, wrong digest, …); empty when none */
};

/* layers has image->layers_n zeroed places. Negative only when nothing could be done at all; what is wrong
 * with single layers and files is in the facts and in `problem`. Slices live in arena. */
int read_image(struct image *image, const struct read_options *options, struct arena *arena,
               struct read_layer *layers, struct err *err);
struct str read_layer_facts(const struct read_layer *layer);
void read_layers_free(struct read_layer *layers, size_t n);

/* path is a folder; symbolic links are not followed, other file systems are not entered below it. */
int read_directory(const char *path, const struct read_options *options, struct arena *arena,
                   struct read_layer *layer, struct err *err);

/* As read_directory(), for the folder that was opened in a commit: what is no regular file, and what can't be
 * had, is left out likewise. searched gets the ids of contents in which secrets were looked for. */
int read_git(struct commit *commit, const struct read_options *options, struct arena *arena,
             struct read_layer *layer, struct map *searched, struct err *err);

struct inventory;
/* Adds the secrets of all contents that the history of the commit's repository has (range: source/git/
 * history.h), and says of those that are there already since which commit they are. searched: ids of contents
 * in which read_git() looked for them. */
int read_git_history(struct commit *commit, struct str range, const struct read_options *options,
                     struct arena *arena, struct map *searched, struct inventory *inventory, struct err *err);

/* As read_directory(), for the folder of one layer in a storage: the facts are those of the layer's archive
 * (folder_layer.h). layer->facts is ready. is_complete: nothing of it was left out. */
int read_folder_layer(const char *path, const struct read_options *options, struct arena *arena,
                      struct read_layer *layer, bool *is_complete, struct err *err);

#endif
