/* OCI image layouts (image-spec, "Image Layout") and `docker save` files, as a folder or as an archive. */
#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"
#include "source/image/archive.h"
#include "source/image/source.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

struct layout {
    struct image_source source;
    struct archive archive; /* fd -1 when it is a folder */
    int folder;             /* -1 when it is an archive */
    bool prefers_index;
    int opened[LIMIT_LAYERS];
    size_t opened_n;
};

static struct layout *layout_of(struct image_source *source) {
    return (struct layout *)source;
}

/* Nothing outside the folder, whatever links lie in it. */
static int open_beneath(struct layout *layout, struct str path, struct image_blob *out, struct err *err) {
    char name[LIMIT_PATH];
    if (path.n >= sizeof name) {
        return err_set(err, ERR_LIMIT, "a path of %zu bytes", path.n);
    }
    memcpy(name, path.p, path.n);
    name[path.n] = 0;
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    int fd = (int)syscall(SYS_openat2, layout->folder, name, &how, sizeof how);
    if (fd < 0) {
        return err_set_errno(err, errno == ENOENT ? ERR_ABSENT : ERR_IO, "%s", name);
    }
    struct stat st;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || layout->opened_n == ARRAY_SIZE(layout->opened)) {
        close(fd);
        return err_set(err, ERR_INPUT, "%s is not a file", name);
    }
    layout->opened[layout->opened_n++] = fd;
    *out = (struct image_blob){fd, 0, (uint64_t)st.st_size};
    return 0;
}

static int find(struct layout *layout, struct str path, struct image_blob *out, struct err *err) {
    return layout->folder >= 0 ? open_beneath(layout, path, out, err)
                               : archive_find(&layout->archive, path, out, err);
}

static int read_all(struct layout *layout, struct str path, struct buf *out, struct err *err) {
    struct image_blob blob;
    int r = find(layout, path, &blob, err);
    if (r < 0) {
        return r;
    }
    unsigned char *room = blob.size <= out->cap ? buf_room(out, (size_t)blob.size) : NULL;
    if (!room) {
        return err_set(err, ERR_LIMIT, "%.*s: %llu bytes, more than a %s may have", STR_ARG(path),
                       (unsigned long long)blob.size, out->cap <= LIMIT_MANIFEST ? "manifest" : "document");
    }
    r = file_read_at(blob.fd, (off_t)blob.offset, room, (size_t)blob.size, err);
    out->n += r == 0 ? (size_t)blob.size : 0;
    return r;
}

/* "sha256:<64 digits>" → "blobs/sha256/<64 digits>". A digest is checked, so it leads nowhere else. */
static int path_of(struct str digest, char out[LIMIT_PATH], struct err *err) {
    struct str algorithm, hex;
    unsigned char bytes[64];
    (void)str_cut(digest, ':', &algorithm, &hex);
    bool is_digest = (str_eq(algorithm, STR("sha256")) && hex_decode(hex, bytes, 32)) ||
                     (str_eq(algorithm, STR("sha512")) && hex_decode(hex, bytes, 64));
    if (!is_digest) {
        return err_set(err, ERR_INPUT, "'%.*s' is not a sha256 or sha512 digest", STR_ARG(digest));
    }
    snprintf(out, LIMIT_PATH, "blobs/%.*s/%.*s", STR_ARG(algorithm), STR_ARG(hex));
    return 0;
}

static int layout_root(struct image_source *self, struct buf *json, struct str *digest, struct err *err) {
    struct layout *layout = layout_of(self);
    *digest = STR_NONE;
    /* Docker writes both since version 25; manifest.json has the tags, index.json what is attached. In a
     * folder the layout is meant. */
    static const struct str archive_order[] = {{"index.json", 10}, {"manifest.json", 13}, {"index.json", 10}};
    size_t first = layout->folder >= 0 ? 2 : layout->prefers_index ? 0 : 1;
    for (size_t i = first; i < ARRAY_SIZE(archive_order); i++) {
        int r = read_all(layout, archive_order[i], json, err);
        if (r != ERR_ABSENT) {
            return r;
        }
    }
    if (layout->archive.problem.n) {
        return err_set(err, ERR_INPUT,
                       "there is no manifest.json and no index.json in what could be read: %.*s",
                       STR_ARG(layout->archive.problem));
    }
    return err_set(
        err, ERR_USAGE,
        layout->folder >= 0
            ? "there is no index.json in it, so it is not an OCI image layout"
            : "it is a tar file, but neither `docker save` nor an OCI layout wrote it: there is no "
              "manifest.json and no index.json in it");
}

static int layout_document(struct image_source *self, const struct manifest_item *item, bool is_config,
                           struct buf *json, struct err *err) {
    char path[LIMIT_PATH];
    if (item->is_path) {
        return read_all(layout_of(self), item->digest, json, err);
    }
    int r = path_of(item->digest, path, err);
    return r == 0 ? read_all(layout_of(self), str_c(path), json, err) : r;
}

static int layout_layer(struct image_source *self, struct image *image, size_t i, const bool *wanted,
                        struct image_blob *out, struct err *err) {
    const struct image_layer *layer = &image->layers[i];
    char path[LIMIT_PATH];
    struct str place = layer->path;
    int r = layer->digest.n ? path_of(layer->digest, path, err) : 0;
    if (r == 0) {
        place = layer->digest.n ? str_c(path) : place;
        r = find(layout_of(self), place, out, err);
    }
    return r == ERR_ABSENT ? err_at(err, "the layer's blob is missing") : r;
}

static void layout_close(struct image_source *self) {
    struct layout *layout = layout_of(self);
    for (size_t i = 0; i < layout->opened_n; i++) {
        close(layout->opened[i]);
    }
    closep(&layout->folder);
    archive_close(&layout->archive);
    mem_free(layout);
}

static int open_place(struct layout *layout, const struct target *target, const struct image_options *options,
                      struct err *err) {
    if (target->kind == TARGET_OCI_DIRECTORY) {
        layout->folder = open(target->place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return layout->folder >= 0 ? 0 : err_set_errno(err, ERR_IO, "%s", target->place);
    }
    int fd = file_open(target->place, err);
    return fd < 0 ? fd : archive_open(&layout->archive, fd, options, err);
}

int image_source_layout(struct image_source **out, const struct target *target,
                        const struct image_options *options, struct err *err) {
    struct layout *layout = mem_alloc_zero(sizeof *layout);
    if (!layout) {
        return err_memory(err);
    }
    layout->source = (struct image_source){
        .root = layout_root, .document = layout_document, .layer = layout_layer, .close = layout_close};
    layout->folder = -1;
    layout->archive.fd = -1;
    layout->prefers_index = options->for_attachments;
    int r = open_place(layout, target, options, err);
    if (r < 0) {
        layout_close(&layout->source);
        return r;
    }
    *out = &layout->source;
    return 0;
}
