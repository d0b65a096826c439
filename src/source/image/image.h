/* An image: its identity, its layers from the lowest up, and where the bytes of each are.
 *
 * Opened from a `docker save` archive, an OCI layout (folder or archive, compressed or not), a registry, or
 * the storage of podman or Docker. All documents are digest-checked and parsed in the cage; layers are not
 * read here.   */
#ifndef PLIMSOLL_SOURCE_IMAGE_IMAGE_H
#define PLIMSOLL_SOURCE_IMAGE_IMAGE_H

#include "base/arena.h"
#include "base/err.h"
#include "source/image/base.h"
#include "source/image/manifest.h"
#include "source/target.h"

struct image_options {
    struct str platform; /* "linux/arm64"; empty: this machine's */
    bool is_open;        /* --no-cage */
    const char *cache;   /* folder for what is unpacked or downloaded; NULL: $TMPDIR or /tmp */
    struct str ca_file; /* PEM of who signs the registry's certificate; empty: $SSL_CERT_FILE, the system's */
    const char *const *insecure; /* registries that may speak plain HTTP or have any certificate */
    size_t insecure_n;
    const char *const *mirrors; /* "HOST=URL": URL is asked first for images of HOST */
    size_t mirrors_n;
    bool for_attachments; /* where images are kept with what is attached to them: no local storage */
    void (*progress)(void *ctx, const char *what, uint64_t done, uint64_t total); /* may be NULL */
    void *progress_ctx;
};

struct image_layer {
    struct str diff_id;    /* digest of the unpacked content, as the configuration states it */
    struct str digest;     /* of the blob; empty in `docker save` archives */
    struct str created_by; /* the instruction that made it; empty when not recorded */
    struct str path;       /* of the blob in its layout, for messages */
    uint64_t size;         /* of the blob */
    bool is_in_base;
    bool is_directory;   /* unpacked in a storage: `folder` */
    bool states_diff_id; /* the storage says that this folder has diff_id; it can't be verified */
    char *folder;
};

/* Bytes of one blob. The fd is the image's. */
struct image_blob {
    int fd;
    uint64_t offset, size;
};

struct image_source; /* where documents and blobs come from */

struct image {
    struct arena arena;
    struct image_options options; /* with the platform filled in */
    struct str name;              /* tag or reference, or the path */
    struct str digest;            /* of the configuration, "sha256:…": what engines call the image id */
    struct str manifest_digest;   /* empty in `docker save` archives */
    struct str platform, created;
    struct image_base base;
    /* Of an image that was named as registries do; else empty. */
    struct str registry, repository;
    bool is_pinned;     /* it was named by its digest */
    struct str config;  /* the configuration, packed (doc/pack.h); empty when it is too large to be kept */
    struct str problem; /* what is wrong with its documents: then there are no layers, else empty */
    struct manifest *indexes;  /* on the way to its manifest, from the root */
    struct str *index_digests; /* empty: the layout's own */
    size_t indexes_n;
    struct image_layer *layers;
    size_t layers_n;
    struct image_source *source;
};

/* 0 also for an image whose documents are damaged or hostile: out->problem says how. Negative when there is
 * none. */
int image_open(struct image **out, const struct target *target, const struct image_options *options,
               struct err *err);
void image_close(struct image *image);
void image_closep(struct image **image);

/* Makes the bytes of layer i available; for a registry this downloads what is not there yet, all of `wanted`
 * layers in parallel at the first call. */
int image_layer_open(struct image *image, size_t i, const bool *wanted, struct image_blob *out,
                     struct err *err);

/* "linux/amd64" */
struct str image_host_platform(void);

#endif
