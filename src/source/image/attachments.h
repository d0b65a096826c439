/* What is attached to an image: bills of materials, VEX and attestations of either.
 *
 *     struct attachments found;
 *     if (attachments_find(&arena, target, &options, &found, err) == 0) {
 *         for (size_t i = 0; i < found.all.n; i++) ... attachments_read(&found, &found.all.p[i], &text, err);
 *     }
 *     attachments_close(&found);
 *
 * Looked at, for the image's manifest and each index that led to it: the referrers API of a registry, all of
 * its pages (distribution specification 1.1, "Listing Referrers"), else the tag sha256-HEX ("Referrers Tag
 * Schema"); cosign's tags sha256-HEX.att and .sbom; BuildKit's attestation manifests in the index; of a
 * layout the entries of its index that say what they are attached to. Referrers of referrers are not
 * followed.
 *
 * What can't be right (another subject than the one that was asked about, a wrong digest, too much of it) is
 * left out and stands among the problems. Manifests are parsed in the cage. */
#ifndef PLIMSOLL_SOURCE_IMAGE_ATTACHMENTS_H
#define PLIMSOLL_SOURCE_IMAGE_ATTACHMENTS_H

#include "base/buf.h"
#include "model/model.h"
#include "source/image/image.h"

struct attachment {
    struct str digest;   /* of the document */
    struct str declared; /* what it is said to be: predicate type, artifact type or media type */
    struct str way;      /* "referrer sha256:…", "tag sha256-….att" */
    struct str created;  /* RFC 3339, or empty */
    bool is_of_manifest; /* else of an index */
};

struct attachments {
    struct arena *arena;
    struct image *image;  /* as the registry or layout has it; its layers are not there */
    struct str *subjects; /* digests: the manifest's, then those of its indexes */
    size_t subjects_n;
    VEC(struct attachment) all;
    VEC(struct problem) problems;
};

/* ERR_ABSENT, ERR_DENIED, ERR_USAGE, ERR_INPUT: there is no such image. To be closed also when it fails. */
int attachments_find(struct arena *arena, const struct target *target, const struct image_options *options,
                     struct attachments *out, struct err *err);
/* The bytes, checked against the digest. */
int attachments_read(const struct attachments *found, const struct attachment *attachment, struct buf *out,
                     struct err *err);
void attachments_close(struct attachments *found);

#endif
