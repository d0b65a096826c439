/* The JSON documents that describe an image, brought to one form.
 *
 * OCI image-spec 1.1 (index, manifest, config), Docker image manifest version 2 schema 2 and its list, and
 * the manifest.json of `docker save`. They come from outside, so they are parsed in the cage:
 * manifest_encode() runs there and writes a bounded record, manifest_decode() reads it outside. */
#ifndef PLIMSOLL_SOURCE_IMAGE_MANIFEST_H
#define PLIMSOLL_SOURCE_IMAGE_MANIFEST_H

#include "base/arena.h"
#include "base/err.h"
#include "base/wire.h"

enum manifest_kind {
    MANIFEST_INDEX,  /* items: manifests, one a platform */
    MANIFEST_IMAGE,  /* items: layers; config */
    MANIFEST_CONFIG, /* diff_ids, history, platform */
    MANIFEST_SAVED,  /* `docker save`: images, each with items (layers by path), config (by path) and tags */
};

struct manifest_item {
    struct str digest; /* "sha256:…", or a path */
    bool is_path;      /* in a saved file: digest is a member's path, which may look like a digest */
    struct str media_type;
    uint64_t size;
    struct str os, architecture, variant; /* INDEX */
    struct str name;                      /* INDEX: annotation org.opencontainers.image.ref.name */
    bool is_attestation;                  /* INDEX: not an image; platform "unknown" or annotated so */
    struct str artifact_type;             /* INDEX: what a referrer is of */
    struct str predicate_type;            /* of an attestation: BuildKit's or cosign's annotation */
    struct str of; /* INDEX: the image that BuildKit's attestation manifest is of, by digest */
    struct str created;
    struct str kind; /* INDEX: cosign's word in a layout, "dev.cosignproject.cosign/atts" */
};

struct manifest_step {
    struct str created_by; /* the Dockerfile instruction as the builder recorded it */
    struct str created;    /* RFC 3339; may be empty */
    bool is_empty;         /* it made no layer */
};

struct manifest {
    enum manifest_kind kind;
    struct manifest_item *items;
    size_t items_n;
    struct manifest_item config; /* IMAGE */
    struct str *diff_ids;        /* CONFIG, lowest first */
    size_t diff_ids_n;
    struct manifest_step *history; /* CONFIG */
    size_t history_n;
    struct str os, architecture, variant, created; /* CONFIG */
    struct str packed; /* CONFIG: the whole document (doc/pack.h); empty when it is too large to be kept */
    struct str base_name, base_digest; /* annotations or labels org.opencontainers.image.base.* */
    struct str artifact_type, subject; /* INDEX, IMAGE; subject: the digest of what it is attached to */
    struct manifest *images;           /* SAVED: at least one, of kind IMAGE */
    size_t images_n;
    struct str *tags; /* IMAGE in a saved file: RepoTags, "shop/web:2.3" */
    size_t tags_n;
};

/* Parses one document of any of these kinds. ERR_INPUT names line and column, or what is missing. */
int manifest_encode(struct str json, struct buf *out, struct err *err);
/* Slices point into record. */
int manifest_decode(struct str record, struct arena *arena, struct manifest *out, struct err *err);

/* "sha256-<hex>", or with an ending such as ".att": the tag by which something is attached to an image
 * (distribution specification, "Referrers Tag Schema"; cosign's SIGNATURE_SPEC). */
bool manifest_is_attached_tag(struct str tag);

/* Both, the first in the cage. Slices live in arena. */
int manifest_parse(struct arena *arena, struct str json, bool is_open, struct manifest *out,
                   struct err *err) _nodiscard_;

/* Of an index, the item for platform "os/architecture[/variant]"; NULL when there is none. Without a variant,
 * any variant will do, the first one wins. */
const struct manifest_item *manifest_for_platform(const struct manifest *index, struct str platform);

#endif
