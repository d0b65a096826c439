/* An image in containers-storage, overlay driver: documents are "big data" of the image, layers are folders.
 *
 * github.com/containers/storage: images.json names the uppermost layer, layers.json each one's parent; a big
 * data name that isn't a plain word is stored as "=" and its base64. */
#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "source/fetch/reference.h"
#include "source/image/local.h"

#include <openssl/evp.h>

struct containers {
    struct image_source source;
    struct arena arena;
    const struct image_options *options;
    const char *root;
    struct storage_image image;
};

static struct containers *containers_of(struct image_source *source) {
    return (struct containers *)source;
}

static int read_below(struct containers *containers, const char *name, struct buf *out, struct err *err) {
    const char *path = arena_printf(&containers->arena, "%s/overlay-images/%.*s/%s", containers->root,
                                    STR_ARG(containers->image.id), name);
    int r = path ? file_read(path, out, err) : err_memory(err);
    return r == ERR_ABSENT ? err_set(err, ERR_INPUT, "%s is missing; the storage is damaged", path) : r;
}

static int containers_root(struct image_source *self, struct buf *json, struct str *digest, struct err *err) {
    *digest = STR_NONE;
    return read_below(containers_of(self), "manifest", json, err);
}

static int containers_document(struct image_source *self, const struct manifest_item *item,
                               bool is_config _unused_, struct buf *json, struct err *err) {
    enum { NAME_MAX_BYTES = 192 }; /* "sha512:" and its digits */
    char name[1 + NAME_MAX_BYTES / 3 * 4 + 1] = "=";
    if (!reference_is_digest(item->digest) || item->digest.n > NAME_MAX_BYTES) {
        return err_set(err, ERR_INPUT, "'%.*s' is not a sha256 or sha512 digest", STR_ARG(item->digest));
    }
    (void)EVP_EncodeBlock((unsigned char *)name + 1, (const unsigned char *)item->digest.p,
                          (int)item->digest.n);
    return read_below(containers_of(self), name, json, err);
}

static int encode_layers(struct str text, const void *ctx, struct buf *out, struct err *err) {
    const struct str *top = ctx;
    return storage_layers_encode(text, *top, out, err);
}

static int containers_settle(struct image_source *self, struct image *image, struct err *err) {
    struct containers *containers = containers_of(self);
    struct arena *arena = &containers->arena;
    const char *list = arena_printf(arena, "%s/overlay-layers/layers.json", containers->root);
    struct storage_layer *layers;
    struct str record;
    size_t n = 0;
    int r = list ? local_ask(containers->options, arena, list, encode_layers, &containers->image.layer,
                             &record, err)
                 : err_memory(err);
    if (r == 0) {
        r = storage_layers_decode(record, arena, &layers, &n, err);
    }
    if (r == 0 && n != image->layers_n) {
        return err_set(err, ERR_INPUT, "the storage has %zu layers of it and the configuration %zu", n,
                       image->layers_n);
    }
    for (size_t i = 0; r == 0 && i < n; i++) {
        const char *path =
            arena_printf(arena, "%s/overlay/%.*s/diff", containers->root, STR_ARG(layers[i].id));
        bool is_stated = str_eq(layers[i].diff_id, image->layers[i].diff_id);
        r = path ? local_set_folder(image, i, path, is_stated, err) : err_memory(err);
    }
    return r;
}

static void containers_close(struct image_source *self) {
    struct containers *containers = containers_of(self);
    arena_free(&containers->arena);
    mem_free(containers);
}

static int encode_images(struct str text, const void *ctx, struct buf *out, struct err *err) {
    return storage_images_encode(text, ctx, out, err);
}

static int find_image(struct containers *containers, const char *root, const struct storage_query *query,
                      struct err *err) {
    struct arena *arena = &containers->arena;
    struct str record;
    containers->root = arena_cstr(arena, str_c(root));
    const char *list = arena_printf(arena, "%s/overlay-images/images.json", root);
    if (!containers->root || !list) {
        return err_memory(err);
    }
    int r = local_ask(containers->options, arena, list, encode_images, query, &record, err);
    return r == 0 ? storage_image_decode(record, &containers->image, err) : r;
}

int local_open_containers(struct image_source **out, const char *root, const struct storage_query *query,
                          const struct image_options *options, struct err *err) {
    struct containers *containers = mem_alloc_zero(sizeof *containers);
    if (!containers) {
        return err_memory(err);
    }
    containers->source = (struct image_source){.root = containers_root,
                                               .document = containers_document,
                                               .settle = containers_settle,
                                               .close = containers_close};
    containers->arena = arena_new(64 * MIB);
    containers->options = options;
    int r = find_image(containers, root, query, err);
    if (r < 0) {
        containers_close(&containers->source);
        return r;
    }
    *out = &containers->source;
    return 0;
}
