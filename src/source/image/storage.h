/* The lists of local image storages: which image a name means, and where its layers are.
 *
 * containers-storage (podman, buildah, CRI-O; github.com/containers/storage, docs/containers-storage.md):
 * overlay-images/images.json, overlay-layers/layers.json, storage.conf. Docker's overlay2:
 * image/overlay2/repositories.json. They are parsed in the cage: storage_*_encode() run there and write a
 * bounded record, storage_*_decode() read it outside. Ids become file names, so they are checked there. */
#ifndef PLIMSOLL_SOURCE_IMAGE_STORAGE_H
#define PLIMSOLL_SOURCE_IMAGE_STORAGE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/wire.h"

/* What a user's name may stand for. "shop:1" is localhost/shop:1 or docker.io/library/shop:1, which Docker
 * lists as shop:1; a hexadecimal text is the beginning of an image id too. */
struct storage_query {
    struct str repositories[3]; /* the preferred one first */
    size_t repositories_n;
    struct str tag, digest; /* a digest goes before a tag */
    struct str id;          /* the beginning of an id; empty when the text is none */
};

/* ERR_USAGE when the text is neither a reference nor an id. In arena. */
int storage_query_parse(struct str text, struct arena *arena, struct storage_query *out, struct err *err);

/* 1 and up, the best match lowest: how a listed name (with a tag or digest) fits; 0 when it doesn't.
 * digest is the one that the list states for the image, or empty. */
unsigned storage_query_match(const struct storage_query *query, struct str name, struct str digest);

struct storage_image {
    struct str id;    /* 64 hexadecimal digits */
    struct str layer; /* containers-storage: of the uppermost layer; empty for an image without any */
    struct str name;  /* as listed; empty when found by its id */
};

/* ERR_ABSENT when the list has no such image, ERR_USAGE when an id's beginning stands for several. */
int storage_images_encode(struct str json, const struct storage_query *query, struct buf *out,
                          struct err *err);
int storage_repositories_encode(struct str json, const struct storage_query *query, struct buf *out,
                                struct err *err);
int storage_image_decode(struct str record, struct storage_image *out, struct err *err);

struct storage_layer {
    struct str id;
    struct str diff_id; /* "sha256:…" as the storage states it; may be empty */
};

/* The chain from the lowest layer up to top. */
int storage_layers_encode(struct str json, struct str top, struct buf *out, struct err *err);
int storage_layers_decode(struct str record, struct arena *arena, struct storage_layer **out, size_t *n,
                          struct err *err);

/* storage.conf (containers-storage.conf(5)): graphroot as written; empty when not set. */
int storage_conf_encode(struct str toml, struct buf *out, struct err *err);
int storage_conf_decode(struct str record, struct str *graph_root, struct err *err);

/* A name of one folder or file that can't lead elsewhere: letters, digits, '-' and '_'. */
bool storage_is_id(struct str text);

#endif
