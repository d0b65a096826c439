/* Files in a registry: an OCI artifact, whose manifest lists blobs as an image's does its layers
 * (image-spec 1.1, "guidelines for artifact usage"), as `oras push` writes them.
 *
 *     struct artifact artifact;
 *     if (artifact_fetch(&arena, STR("ghcr.io/acme/checks:1"), &options, &artifact, err) == 0) {
 *         for (size_t i = 0; i < artifact.n; i++) ... read artifact.blobs[i].fd
 *     }
 *     artifact_close(&artifact);
 *
 * Every byte is checked against its digest, those of the cache too; the manifest is parsed in the cage. What
 * has been fetched is kept below options->cache by its digest: a reference with a digest needs no network
 * then. */
#ifndef PLIMSOLL_SOURCE_IMAGE_ARTIFACT_H
#define PLIMSOLL_SOURCE_IMAGE_ARTIFACT_H

#include "base/buf.h"
#include "source/image/image.h"

struct artifact_blob {
    struct str digest, media_type;
    struct str
        title; /* annotation org.opencontainers.image.title: a file's name, or a folder's; may be empty */
    uint64_t size;
    int fd; /* the artifact's */
};

struct artifact {
    struct str digest; /* of the manifest */
    struct artifact_blob *blobs;
    size_t n;
};

/* reference as in `image:`. ERR_ABSENT, ERR_DENIED, ERR_USAGE, ERR_INPUT, ERR_LIMIT. To be closed also when
 * it fails. Lives in arena. */
int artifact_fetch(struct arena *arena, struct str reference, const struct image_options *options,
                   struct artifact *out, struct err *err);
void artifact_close(struct artifact *artifact);

/* The manifest's JSON to a bounded record, in the cage; the record to blobs, outside. */
int artifact_encode(struct str json, struct buf *out, struct err *err);
int artifact_decode(struct arena *arena, struct str record, struct artifact *out, struct err *err);

#endif
