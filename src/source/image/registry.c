/* Images of a registry: documents and layers come through plimsoll-fetch, which verifies digests while they
 * stream.
 *
 * Layers that are wanted are downloaded side by side into the cache folder; one that was cut off stays there
 * and goes on from where it ended the next time. What has been read is removed when the image is closed. */
#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "source/fetch/reference.h"
#include "source/image/connect.h"
#include "source/image/source.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum { LAYER_CAP_GIB = 64 };

struct download {
    int fd;
    char *path; /* NULL: unnamed */
    bool is_submitted, is_done;
    uint64_t received;
    struct err err;
};

struct registry {
    struct image_source source;
    struct arena arena;
    struct fetch *fetch;
    struct image_reference reference;
    const struct image_options *options;
    const char *folder;         /* of partial blobs; NULL: unnamed files */
    struct download *downloads; /* by layer; NULL before the first */
    size_t downloads_n;
    uint64_t total;
};

static struct registry *registry_of(struct image_source *source) {
    return (struct registry *)source;
}

static struct fetch_request request_of(const struct registry *registry, enum fetch_kind kind,
                                       struct str reference, int fd, uint64_t cap) {
    return (struct fetch_request){.kind = kind,
                                  .registry = registry->reference.registry,
                                  .repository = registry->reference.repository,
                                  .reference = reference,
                                  .fd = fd,
                                  .cap = cap};
}

/* ---- documents */

static int get_json(struct registry *registry, enum fetch_kind kind, struct str reference, struct buf *json,
                    struct str *digest, struct err *err) {
    _cleanup_(closep) int fd = memfd_create("document", MFD_CLOEXEC);
    if (fd < 0) {
        return err_set_errno(err, ERR_IO, "memory file");
    }
    struct fetch_request request = request_of(registry, kind, reference, fd, json->cap);
    struct fetch_event event = {0};
    int r = registry_get(registry->fetch, &request, &registry->arena, &event, err);
    *digest = event.digest;
    if (r == 0 && lseek(fd, 0, SEEK_SET) < 0) {
        r = err_set_errno(err, ERR_IO, "memory file");
    }
    return r == 0 ? file_read_fd(fd, json, err) : r;
}

static int registry_root(struct image_source *self, struct buf *json, struct str *digest, struct err *err) {
    struct registry *registry = registry_of(self);
    return get_json(registry, FETCH_MANIFEST, reference_target(&registry->reference), json, digest, err);
}

static int registry_document(struct image_source *self, const struct manifest_item *item, bool is_config,
                             struct buf *json, struct err *err) {
    struct str digest;
    return get_json(registry_of(self), is_config ? FETCH_BLOB : FETCH_MANIFEST, item->digest, json, &digest,
                    err);
}

static int registry_tagged(struct image_source *self, struct str tag, struct buf *json, struct str *digest,
                           struct err *err) {
    return get_json(registry_of(self), FETCH_MANIFEST, tag, json, digest, err);
}

/* Registries before version 1.1 of the specification answer an unknown path with one of these. */
static bool says_unknown(uint32_t status) {
    static const uint32_t unknown[] = {400, 404, 405, 406, 410, 501};
    for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
        if (status == unknown[i]) {
            return true;
        }
    }
    return false;
}

/* All types are asked for: one request, and the answer is chosen from here, as not every registry filters. */
static int registry_referrers(struct image_source *self, struct str subject, struct str page,
                              struct buf *json, struct str *next, struct err *err) {
    struct registry *registry = registry_of(self);
    _cleanup_(closep) int fd = memfd_create("referrers", MFD_CLOEXEC);
    if (fd < 0) {
        return err_set_errno(err, ERR_IO, "memory file");
    }
    struct fetch_request request = request_of(registry, FETCH_REFERRERS, subject, fd, json->cap);
    struct fetch_event event = {0};
    request.page = page;
    int r = registry_get(registry->fetch, &request, &registry->arena, &event, err);
    *next = event.next;
    if (r < 0) {
        return says_unknown(event.status) ? err_set(err, ERR_ABSENT, "no list of referrers") : r;
    }
    if (!str_eq_nocase(event.media_type, STR("application/vnd.oci.image.index.v1+json"))) {
        return err_set(err, ERR_ABSENT, "%.*s instead of a list of referrers", STR_ARG(event.media_type));
    }
    return lseek(fd, 0, SEEK_SET) == 0 ? file_read_fd(fd, json, err)
                                       : err_set_errno(err, ERR_IO, "memory file");
}

/* ---- layers */

static int unnamed(struct err *err) {
    const char *temporary = getenv("TMPDIR");
    const char *folder = temporary && *temporary ? temporary : "/var/tmp";
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    return fd >= 0 ? fd : err_set_errno(err, ERR_IO, "%s", folder);
}

/* A file that another process is writing is left to it. */
static int open_partial(struct registry *registry, struct download *download, struct str digest,
                        struct err *err) {
    struct str algorithm, hex;
    if (!registry->folder || !reference_is_digest(digest) || !str_cut(digest, ':', &algorithm, &hex)) {
        return download->fd = unnamed(err);
    }
    download->path = arena_printf(&registry->arena, "%s/%.*s", registry->folder, STR_ARG(hex));
    download->fd =
        download->path ? open(download->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
    if (download->fd >= 0 && flock(download->fd, LOCK_EX | LOCK_NB) == 0) {
        return download->fd;
    }
    closep(&download->fd);
    download->path = NULL;
    return download->fd = unnamed(err);
}

static int submit(struct registry *registry, struct download *download, struct str digest, struct err *err) {
    uint32_t id;
    download->is_submitted = true;
    if (open_partial(registry, download, digest, err) < 0) {
        return err->code;
    }
    struct fetch_request request =
        request_of(registry, FETCH_BLOB, digest, download->fd, (uint64_t)LAYER_CAP_GIB * GIB);
    request.tag = download;
    return fetch_submit(registry->fetch, &request, &id, err);
}

static int submit_all(struct registry *registry, const struct image *image, const bool *wanted,
                      struct err *err) {
    registry->downloads_n = image->layers_n;
    registry->downloads = arena_array(&registry->arena, image->layers_n, sizeof *registry->downloads);
    if (!registry->downloads) {
        registry->downloads_n = 0;
        return err_memory(err);
    }
    for (size_t i = 0; i < image->layers_n; i++) {
        registry->downloads[i].fd = -1;
    }
    int r = 0;
    for (size_t i = 0; r == 0 && i < image->layers_n; i++) {
        if (wanted[i]) {
            (void)add_fits(registry->total, image->layers[i].size, &registry->total);
            r = submit(registry, &registry->downloads[i], image->layers[i].digest, err);
        }
    }
    return r;
}

static void show(const struct registry *registry) {
    uint64_t received = 0;
    for (size_t i = 0; i < registry->downloads_n; i++) {
        (void)add_fits(received, registry->downloads[i].received, &received);
    }
    if (registry->options->progress) {
        registry->options->progress(registry->options->progress_ctx, "downloading", received,
                                    registry->total);
    }
}

static int wait_for(struct registry *registry, struct download *download, struct err *err) {
    while (!download->is_done) {
        struct fetch_event event;
        _cleanup_(arena_free) struct arena scratch = arena_new(MIB);
        int r = fetch_wait(registry->fetch, &event, &scratch, err);
        if (r < 0) {
            return r;
        }
        struct download *of = event.tag;
        of->received = event.received;
        of->is_done = event.is_done;
        if (event.is_done && event.code < 0) {
            err_set(&of->err, event.code, "%.*s", STR_ARG(event.message));
        }
        show(registry);
    }
    if (download->err.code < 0) {
        *err = download->err;
    }
    return download->err.code;
}

static int registry_layer(struct image_source *self, struct image *image, size_t i, const bool *wanted,
                          struct image_blob *out, struct err *err) {
    struct registry *registry = registry_of(self);
    int r = registry->downloads ? 0 : submit_all(registry, image, wanted, err);
    if (r == 0 && !registry->downloads[i].is_submitted) {
        r = submit(registry, &registry->downloads[i], image->layers[i].digest, err);
    }
    if (r == 0) {
        r = wait_for(registry, &registry->downloads[i], err);
    }
    struct stat st;
    if (r == 0 && fstat(registry->downloads[i].fd, &st) < 0) {
        r = err_set_errno(err, ERR_IO, "downloaded layer");
    }
    if (r == 0) {
        *out = (struct image_blob){registry->downloads[i].fd, 0, (uint64_t)st.st_size};
    }
    return r;
}

static void registry_close(struct image_source *self) {
    struct registry *registry = registry_of(self);
    fetch_stop(registry->fetch);
    for (size_t i = 0; i < registry->downloads_n; i++) {
        struct download *download = &registry->downloads[i];
        if (download->path && download->is_done && download->err.code == 0) {
            unlink(download->path);
        }
        closep(&download->fd);
    }
    arena_free(&registry->arena);
    mem_free(registry);
}

/* ---- opening */

static const char *blob_folder(struct registry *registry) {
    const char *cache = registry->options->cache;
    const char *folder = cache ? arena_printf(&registry->arena, "%s/blobs", cache) : NULL;
    struct err ignored = ERR_NONE;
    return folder && file_make_dirs(folder, &ignored) == 0 ? folder : NULL;
}

int image_source_registry(struct image_source **out, const struct target *target,
                          const struct image_options *options, struct err *err) {
    struct registry *registry = mem_alloc_zero(sizeof *registry);
    if (!registry) {
        return err_memory(err);
    }
    registry->source = (struct image_source){.root = registry_root,
                                             .document = registry_document,
                                             .layer = registry_layer,
                                             .referrers = registry_referrers,
                                             .tagged = registry_tagged,
                                             .close = registry_close};
    registry->arena = arena_new(64 * MIB);
    registry->options = options;
    registry->folder = blob_folder(registry);
    int r = reference_parse(str_c(target->place), &registry->arena, &registry->reference, err);
    if (r == 0) {
        r = registry_connect(&registry->fetch, options, &registry->arena, err);
    }
    if (r < 0) {
        registry_close(&registry->source);
        return r;
    }
    *out = &registry->source;
    return 0;
}
