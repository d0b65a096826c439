/* An image in Docker's own storage, drivers overlay2 and fuse-overlayfs (moby, image/spec and layer/): the
 * configuration is stored under its digest, layers are found by their chain id.
 *
 * The chain id of the lowest layer is its diffID, of each further one sha256("<chain id below> <diffID>")
 * (OCI image-spec, "Layer ChainID"). There is no manifest. */
#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"
#include "source/fetch/reference.h"
#include "source/image/local.h"

struct docker {
    struct image_source source;
    struct arena arena;
    const struct image_options *options;
    const char *root, *driver;
    struct storage_image image;
};

static struct docker *docker_of(struct image_source *source) {
    return (struct docker *)source;
}

static int docker_root(struct image_source *self, struct buf *json, struct str *digest, struct err *err) {
    struct docker *docker = docker_of(self);
    const char *path = arena_printf(&docker->arena, "%s/image/%s/imagedb/content/sha256/%.*s", docker->root,
                                    docker->driver, STR_ARG(docker->image.id));
    int r = path ? file_read(path, json, err) : err_memory(err);
    char hex[SHA256_HEX + 1];
    *digest = STR_NONE;
    if (r < 0) {
        return r == ERR_ABSENT ? err_set(err, ERR_INPUT, "%s is missing; the storage is damaged", path) : r;
    }
    if (sha256_hex(buf_view(json), hex) < 0) {
        return err_memory(err);
    }
    return str_eq(str_c(hex), docker->image.id)
               ? 0
               : err_set(err, ERR_INPUT, "%s: the content has digest %s; it was changed or damaged", path,
                         hex);
}

static int docker_document(struct image_source *self _unused_, const struct manifest_item *item,
                           bool is_config _unused_, struct buf *json _unused_, struct err *err) {
    return err_set(err, ERR_INPUT, "Docker's storage holds no document %.*s", STR_ARG(item->digest));
}

/* ---- layers */

static int next_chain_id(struct arena *arena, struct str *chain, struct str diff_id, struct err *err) {
    char hex[SHA256_HEX + 1];
    struct str both = arena_strf(arena, "%.*s %.*s", STR_ARG(*chain), STR_ARG(diff_id));
    if (!both.p || sha256_hex(both, hex) < 0) {
        return err_memory(err);
    }
    *chain = chain->n ? arena_strf(arena, "sha256:%s", hex) : diff_id;
    return chain->p ? 0 : err_memory(err);
}

static int read_word(const char *path, struct arena *arena, struct str *out, struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(KIB);
    int r = path ? file_read(path, &text, err) : err_memory(err);
    if (r < 0) {
        return r == ERR_ABSENT ? err_set(err, ERR_INPUT, "%s is missing; the storage is damaged", path) : r;
    }
    *out = arena_str(arena, str_trim(buf_view(&text)));
    return out->p ? 0 : err_memory(err);
}

/* layerdb keeps the diffID beside the folder's name, so the storage states which content it has. */
static int settle_layer(struct docker *docker, struct image *image, size_t i, struct str chain,
                        struct err *err) {
    struct arena *arena = &docker->arena;
    struct str cache_id, diff_id;
    if (!reference_is_digest(chain)) {
        return err_set(err, ERR_INPUT, "layer %zu has no digest in the configuration", i + 1);
    }
    const char *folder = arena_printf(arena, "%s/image/%s/layerdb/sha256/%.*s", docker->root, docker->driver,
                                      STR_ARG(str_from(chain, 7)));
    if (!folder) {
        return err_memory(err);
    }
    int r = read_word(arena_printf(arena, "%s/cache-id", folder), arena, &cache_id, err);
    if (r == 0) {
        r = read_word(arena_printf(arena, "%s/diff", folder), arena, &diff_id, err);
    }
    if (r == 0 && !storage_is_id(cache_id)) {
        r = err_set(err, ERR_INPUT, "%s/cache-id names no folder", folder);
    }
    if (r < 0) {
        return r;
    }
    const char *path =
        arena_printf(arena, "%s/%s/%.*s/diff", docker->root, docker->driver, STR_ARG(cache_id));
    return path ? local_set_folder(image, i, path, str_eq(diff_id, image->layers[i].diff_id), err)
                : err_memory(err);
}

static int docker_settle(struct image_source *self, struct image *image, struct err *err) {
    struct docker *docker = docker_of(self);
    struct str chain = STR_NONE;
    int r = 0;
    for (size_t i = 0; r == 0 && i < image->layers_n; i++) {
        r = next_chain_id(&docker->arena, &chain, image->layers[i].diff_id, err);
        if (r == 0) {
            r = settle_layer(docker, image, i, chain, err);
        }
    }
    return r;
}

static void docker_close(struct image_source *self) {
    struct docker *docker = docker_of(self);
    arena_free(&docker->arena);
    mem_free(docker);
}

static int encode_repositories(struct str text, const void *ctx, struct buf *out, struct err *err) {
    return storage_repositories_encode(text, ctx, out, err);
}

static int find_image(struct docker *docker, const char *root, const struct storage_query *query,
                      struct err *err) {
    static const char *const drivers[] = {"overlay2", "fuse-overlayfs"};
    struct arena *arena = &docker->arena;
    struct str record;
    int r = ERR_ABSENT;
    docker->root = arena_cstr(arena, str_c(root));
    for (size_t i = 0; r == ERR_ABSENT && i < ARRAY_SIZE(drivers); i++) {
        docker->driver = drivers[i];
        const char *list = arena_printf(arena, "%s/image/%s/repositories.json", root, drivers[i]);
        if (!docker->root || !list) {
            return err_memory(err);
        }
        r = local_ask(docker->options, arena, list, encode_repositories, query, &record, err);
    }
    return r == 0 ? storage_image_decode(record, &docker->image, err) : r;
}

int local_open_docker(struct image_source **out, const char *root, const struct storage_query *query,
                      const struct image_options *options, struct err *err) {
    struct docker *docker = mem_alloc_zero(sizeof *docker);
    if (!docker) {
        return err_memory(err);
    }
    docker->source = (struct image_source){
        .root = docker_root, .document = docker_document, .settle = docker_settle, .close = docker_close};
    docker->arena = arena_new(64 * MIB);
    docker->options = options;
    int r = find_image(docker, root, query, err);
    if (r < 0) {
        docker_close(&docker->source);
        return r;
    }
    *out = &docker->source;
    return 0;
}
