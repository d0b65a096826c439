/* Where local image storages lie, and what the two kinds share. Inside source/image only. */
#ifndef PLIMSOLL_SOURCE_IMAGE_LOCAL_H
#define PLIMSOLL_SOURCE_IMAGE_LOCAL_H

#include "source/image/source.h"
#include "source/image/storage.h"

/* A storage that may be there. */
struct local_place {
    const char *title; /* "podman's storage" */
    const char *root;
    /* ERR_ABSENT: no storage, or no such image in it; ERR_DENIED: not readable. */
    int (*open)(struct image_source **out, const char *root, const struct storage_query *query,
                const struct image_options *options, struct err *err);
};

enum { LOCAL_PLACES = 8 };

/* Podman's before Docker's, the user's own before the system's. $CONTAINERS_STORAGE_CONF alone counts for
 * podman when it is set, as it does for podman. In arena; *n is at most LOCAL_PLACES. */
int local_places(struct arena *arena, const struct image_options *options, struct local_place *out, size_t *n,
                 struct err *err);

/* Runs encode(json, ctx, …) in the cage over the file at path; the record is kept in arena. */
int local_ask(const struct image_options *options, struct arena *arena, const char *path,
              int (*encode)(struct str text, const void *ctx, struct buf *out, struct err *err),
              const void *ctx, struct str *record, struct err *err);

int local_open_containers(struct image_source **out, const char *root, const struct storage_query *query,
                          const struct image_options *options, struct err *err);
int local_open_docker(struct image_source **out, const char *root, const struct storage_query *query,
                      const struct image_options *options, struct err *err);

/* Makes layer i the folder at path (in image's arena). */
int local_set_folder(struct image *image, size_t i, const char *path, bool states_diff_id, struct err *err);

#endif
