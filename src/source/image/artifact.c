#include "source/image/artifact.h"

#include "base/cage.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "doc/json.h"
#include "source/fetch/reference.h"
#include "source/image/connect.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

struct fetching {
    struct arena *arena;
    const struct image_options *options;
    struct image_reference reference;
    struct fetch *fetch; /* NULL until something is needed from the registry */
    const char *folder;  /* of the cache; NULL: none */
};

/* ---- the cache: files by the digests of their content */

static const char *cached_path(const struct fetching *f, struct str digest) {
    struct str algorithm, hex;
    if (!f->folder || !str_cut(digest, ':', &algorithm, &hex) || !str_eq(algorithm, STR("sha256"))) {
        return NULL;
    }
    return arena_printf(f->arena, "%s/%.*s", f->folder, STR_ARG(hex));
}

static bool is_of_digest(int fd, struct str digest) {
    _cleanup_(buf_free) struct buf bytes = buf_new(LIMIT_ARTIFACT_BLOB);
    char hex[SHA256_HEX + 1];
    return lseek(fd, 0, SEEK_SET) == 0 && file_read_fd(fd, &bytes, NULL) == 0 &&
           sha256_hex(buf_view(&bytes), hex) == 0 && str_ends(digest, str_c(hex)) &&
           lseek(fd, 0, SEEK_SET) == 0;
}

/* -1: it is not there, or damaged. */
static int open_cached(const struct fetching *f, struct str digest) {
    const char *path = cached_path(f, digest);
    _cleanup_(closep) int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    return fd >= 0 && is_of_digest(fd, digest) ? TAKE_FD(fd) : -1;
}

/* A cache that can't be written to is none. */
static void keep(const struct fetching *f, struct str digest, int fd) {
    _cleanup_(buf_free) struct buf bytes = buf_new(LIMIT_ARTIFACT_BLOB);
    const char *path = cached_path(f, digest);
    if (path && lseek(fd, 0, SEEK_SET) == 0 && file_read_fd(fd, &bytes, NULL) == 0) {
        (void)file_replace_cached(path, buf_view(&bytes), NULL);
    }
    (void)lseek(fd, 0, SEEK_SET);
}

/* ---- the registry */

/* The file of a manifest or blob, from the cache when it is named by its digest. *digest is of its content.
 */
static int get(struct fetching *f, enum fetch_kind kind, struct str name, uint64_t cap, struct str *digest,
               struct err *err) {
    struct fetch_event event = {0};
    int cached = reference_is_digest(name) ? open_cached(f, name) : -1;
    if (cached >= 0) {
        *digest = name;
        return cached;
    }
    _cleanup_(closep) int fd = memfd_create("artifact", MFD_CLOEXEC);
    if (fd < 0) {
        return err_set_errno(err, ERR_IO, "memory file");
    }
    const struct fetch_request request = {.kind = kind,
                                          .registry = f->reference.registry,
                                          .repository = f->reference.repository,
                                          .reference = name,
                                          .fd = fd,
                                          .cap = cap};
    int r = f->fetch ? 0 : registry_connect(&f->fetch, f->options, f->arena, err);
    r = r == 0 ? registry_get(f->fetch, &request, f->arena, &event, err) : r;
    if (r < 0) {
        return r;
    }
    *digest = event.digest;
    keep(f, event.digest, fd);
    return TAKE_FD(fd);
}

/* ---- the manifest */

static int list_blobs(struct buf *out, const struct doc *root, struct err *err) {
    const struct doc *blobs = doc_get(root, STR("layers"));
    if (doc_is(doc_get(root, STR("manifests")), DOC_LIST)) {
        return err_set(err, ERR_INPUT, "is an index of images: name one artifact by its digest");
    }
    if (!doc_is(blobs, DOC_LIST)) {
        return err_set(err, ERR_INPUT, "is no manifest of an artifact: it has no list of layers");
    }
    if (doc_count(blobs) > LIMIT_LAYERS) {
        return err_set(err, ERR_LIMIT, "has more than %d layers", LIMIT_LAYERS);
    }
    wire_u32(out, (uint32_t)doc_count(blobs));
    for (size_t i = 0; i < doc_count(blobs); i++) {
        const struct doc *blob = doc_at(blobs, i), *notes = doc_get(blob, STR("annotations"));
        wire_str(out, doc_str(doc_get(blob, STR("digest"))));
        wire_str(out, doc_str(doc_get(blob, STR("mediaType"))));
        wire_str(out, doc_str(doc_get(notes, STR("org.opencontainers.image.title"))));
    }
    return 0;
}

int artifact_encode(struct str json, struct buf *out, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    const struct doc *root;
    int r = json_parse(&arena, json, &root, err);
    r = r == 0 ? list_blobs(out, root, err) : r;
    return r == 0 && out->failed ? err_memory(err) : r;
}

static int parse_in_cage(void *ctx, struct cage_port *port, struct err *err) {
    const struct str *json = ctx;
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_RECORD);
    int r = artifact_encode(*json, &out, err);
    return r == 0 ? cage_port_write(port, buf_view(&out), err) : r;
}

int artifact_decode(struct arena *arena, struct str record, struct artifact *out, struct err *err) {
    struct cursor in = cursor_over(record);
    size_t n = cursor_le32(&in);
    if (in.failed || n > LIMIT_LAYERS) {
        return err_set(err, ERR_INPUT, "the reader's answer is damaged");
    }
    out->blobs = arena_array(arena, n, sizeof *out->blobs);
    if (!out->blobs) {
        return err_memory(err);
    }
    for (; out->n < n; out->n++) {
        struct artifact_blob *blob = &out->blobs[out->n];
        *blob = (struct artifact_blob){.digest = wire_get_str(&in), .fd = -1};
        blob->media_type = wire_get_str(&in);
        blob->title = wire_get_str(&in);
        if (in.failed || !reference_is_digest(blob->digest)) {
            return err_set(err, ERR_INPUT, "layer %zu has no digest that can be checked", out->n + 1);
        }
    }
    return 0;
}

static int read_manifest(const struct fetching *f, int fd, struct artifact *out, struct err *err) {
    _cleanup_(buf_free) struct buf json = buf_new(LIMIT_MANIFEST), record = buf_new(LIMIT_RECORD);
    int r = file_read_fd(fd, &json, err);
    struct str text = buf_view(&json);
    const struct cage_job job = {.run = parse_in_cage,
                                 .ctx = &text,
                                 .memory = 256 * MIB,
                                 .output_cap = LIMIT_RECORD,
                                 .stall_seconds = LIMIT_STALL_SECONDS,
                                 .is_open = f->options->is_open};
    r = r == 0 ? cage_call(&job, &record, err) : r;
    if (r < 0) {
        return r;
    }
    struct str kept = arena_str(f->arena, buf_view(&record));
    return kept.p ? artifact_decode(f->arena, kept, out, err) : err_memory(err);
}

/* ---- all of it */

static int fetch_blobs(struct fetching *f, struct artifact *out, struct err *err) {
    for (size_t i = 0; i < out->n; i++) {
        struct artifact_blob *blob = &out->blobs[i];
        struct str digest;
        struct stat st;
        blob->fd = get(f, FETCH_BLOB, blob->digest, LIMIT_ARTIFACT_BLOB, &digest, err);
        if (blob->fd < 0) {
            return err->code;
        }
        if (fstat(blob->fd, &st) < 0) {
            return err_set_errno(err, ERR_IO, "fetched layer");
        }
        blob->size = (uint64_t)st.st_size;
    }
    return 0;
}

static int fetch_all(struct fetching *f, struct artifact *out, struct err *err) {
    _cleanup_(closep) int manifest =
        get(f, FETCH_MANIFEST, reference_target(&f->reference), LIMIT_MANIFEST, &out->digest, err);
    int r = manifest < 0 ? err->code : read_manifest(f, manifest, out, err);
    return r == 0 ? fetch_blobs(f, out, err) : r;
}

static const char *cache_folder(struct arena *arena, const char *cache) {
    const char *folder = cache ? arena_printf(arena, "%s/artifacts", cache) : NULL;
    return folder && file_make_dirs(folder, NULL) == 0 ? folder : NULL;
}

int artifact_fetch(struct arena *arena, struct str reference, const struct image_options *options,
                   struct artifact *out, struct err *err) {
    struct fetching f = {.arena = arena, .options = options, .folder = cache_folder(arena, options->cache)};
    *out = (struct artifact){0};
    int r = reference_parse(reference, arena, &f.reference, err);
    r = r == 0 ? fetch_all(&f, out, err) : r;
    fetch_stop(f.fetch);
    return r;
}

void artifact_close(struct artifact *artifact) {
    for (size_t i = 0; i < artifact->n; i++) {
        closep(&artifact->blobs[i].fd);
    }
    artifact->n = 0;
}
