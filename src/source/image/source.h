/* Where an image's documents and blobs come from: one implementation a file (layout.c, registry.c,
 * containers_storage.c, docker_storage.c). */
#ifndef PLIMSOLL_SOURCE_IMAGE_SOURCE_H
#define PLIMSOLL_SOURCE_IMAGE_SOURCE_H

#include "base/buf.h"
#include "source/image/image.h"

struct image_source {
    /* The document to begin with: manifest.json, index.json, or what the reference names; a storage without
     * manifests gives the configuration. digest is set when known. */
    int (*root)(struct image_source *self, struct buf *json, struct str *digest, struct err *err);
    /* A manifest, index or configuration; of what is attached also any blob, with is_config. json caps it. */
    int (*document)(struct image_source *self, const struct manifest_item *item, bool is_config,
                    struct buf *json, struct err *err);
    /* Says where the layers are that lie unpacked; NULL: all are blobs. */
    int (*settle)(struct image_source *self, struct image *image, struct err *err);
    /* Of a blob; NULL when settle() has made folders of all. */
    int (*layer)(struct image_source *self, struct image *image, size_t i, const bool *wanted,
                 struct image_blob *out, struct err *err);
    /* For a registry; NULL: what is attached stands in the index. One page of the list of what refers to a
     * digest: next is the name of the page after it. */
    int (*referrers)(struct image_source *self, struct str subject, struct str page, struct buf *json,
                     struct str *next, struct err *err);
    /* Of another tag of the image's repository. */
    int (*tagged)(struct image_source *self, struct str tag, struct buf *json, struct str *digest,
                  struct err *err);
    void (*close)(struct image_source *self);
};

int image_source_layout(struct image_source **out, const struct target *target,
                        const struct image_options *options, struct err *err);
/* options must live as long as the source. */
int image_source_registry(struct image_source **out, const struct target *target,
                          const struct image_options *options, struct err *err);
/* The image in podman's or Docker's storage. ERR_ABSENT: in none that is readable; looked gets the names of
 * those that were looked at. */
int image_source_local(struct image_source **out, const struct target *target,
                       const struct image_options *options, struct buf *looked, struct err *err);

#endif
