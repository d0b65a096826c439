#include "source/image/image.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"
#include "source/fetch/reference.h"
#include "source/image/source.h"

#include <sys/utsname.h>

struct str image_host_platform(void) {
#if defined(__x86_64__)
    return STR("linux/amd64");
#elif defined(__aarch64__)
    return STR("linux/arm64");
#else
#error "this architecture has no platform name yet"
#endif
}

struct opening {
    struct image *image;
    const struct target *target;
    const struct image_options *options;
};

/* ---- documents: bytes → cage → struct */

static int parse(const struct opening *o, struct str json, struct manifest *out, struct err *err) {
    return manifest_parse(&o->image->arena, json, o->options->is_open, out, err);
}

/* "sha256:" and the digest of bytes. */
static struct str digest_of(struct arena *arena, struct str bytes) {
    char hex[SHA256_HEX + 1];
    return sha256_hex(bytes, hex) < 0 ? STR_NONE : arena_strf(arena, "sha256:%s", hex);
}

static int get_document(const struct opening *o, const struct manifest_item *item, bool is_config,
                        struct manifest *out, struct str *digest, struct err *err) {
    _cleanup_(buf_free) struct buf json = buf_new(LIMIT_MANIFEST);
    struct image_source *source = o->image->source;
    int r = source->document(source, item, is_config, &json, err);
    if (r == ERR_ABSENT) {
        err->code = ERR_INPUT; /* the image is there, and names what is not */
    }
    if (r < 0) {
        return err_at(err, "%.*s", STR_ARG(item->digest));
    }
    *digest = digest_of(&o->image->arena, buf_view(&json));
    if (!digest->p) {
        return err_memory(err);
    }
    if (str_starts(item->digest, STR("sha256:")) && !str_eq(item->digest, *digest)) {
        return err_set(err, ERR_INPUT,
                       "%.*s: the content has digest %.*s; it was changed or damaged: fetch it again",
                       STR_ARG(item->digest), STR_ARG(*digest));
    }
    r = parse(o, buf_view(&json), out, err);
    return r < 0 ? err_at(err, "%.*s", STR_ARG(item->digest)) : 0;
}

/* ---- index → manifest */

static bool is_picked(const struct manifest_item *item, struct str pick) {
    return str_eq(item->name, pick) || str_eq(item->digest, pick);
}

static int list_platforms(const struct opening *o, const struct manifest *index, struct err *err) {
    char have[512] = "";
    for (size_t i = 0; i < index->items_n; i++) {
        const struct manifest_item *item = &index->items[i];
        size_t n = strlen(have);
        if (!item->is_attestation && item->os.n) {
            snprintf(have + n, sizeof have - n, "%s%.*s/%.*s%s%.*s", n ? ", " : "", STR_ARG(item->os),
                     STR_ARG(item->architecture), item->variant.n ? "/" : "", STR_ARG(item->variant));
        }
    }
    return err_set(err, ERR_USAGE, "there is no image for %.*s; it has: %s. Choose one with --platform",
                   STR_ARG(o->options->platform), have[0] ? have : "none with a platform");
}

/* One manifest of the index: the picked one, the one for the platform, or the only one. */
static int choose(const struct opening *o, const struct manifest *index, struct str pick,
                  const struct manifest_item **out, struct err *err) {
    const struct manifest_item *only = NULL;
    size_t images = 0, with_platform = 0;
    for (size_t i = 0; i < index->items_n; i++) {
        const struct manifest_item *item = &index->items[i];
        if (pick.n && is_picked(item, pick)) {
            *out = item;
            return 0;
        }
        if (!item->is_attestation) {
            only = only ? only : item;
            images++;
            with_platform += item->os.n > 0;
        }
    }
    if (pick.n) {
        return err_set(err, ERR_USAGE, "there is no image with tag or digest %.*s in it", STR_ARG(pick));
    }
    *out = manifest_for_platform(index, o->options->platform);
    if (!*out && images == 1 && with_platform == 0) {
        *out = only;
    }
    if (!*out && images > 1 && with_platform == 0) {
        return err_set(err, ERR_USAGE, "it holds %zu images; name one: %.*s:TAG", images,
                       STR_ARG(o->target->name));
    }
    return *out ? 0 : list_platforms(o, index, err);
}

static int keep_index(struct image *image, const struct manifest *index, struct str digest) {
    struct arena *arena = &image->arena;
    if (!image->indexes) {
        image->indexes = arena_array(arena, LIMIT_INDEX_DEPTH, sizeof *image->indexes);
        image->index_digests = arena_array(arena, LIMIT_INDEX_DEPTH, sizeof *image->index_digests);
    }
    if (!image->indexes || !image->index_digests) {
        return ERR_MEMORY;
    }
    image->indexes[image->indexes_n] = *index;
    image->index_digests[image->indexes_n++] = digest;
    return 0;
}

/* Follows indexes to the manifest of one image. document is the root on the way in: it alone has tags. */
static int follow(const struct opening *o, struct manifest *document, struct str *digest, struct err *err) {
    for (int depth = 0; document->kind == MANIFEST_INDEX; depth++) {
        const struct manifest_item *item = NULL;
        if (depth < LIMIT_INDEX_DEPTH && keep_index(o->image, document, *digest) < 0) {
            return err_memory(err);
        }
        if (depth == LIMIT_INDEX_DEPTH) {
            return err_set(err, ERR_LIMIT, "%.*s: an index in an index, more than %d deep or in a circle",
                           STR_ARG(*digest), LIMIT_INDEX_DEPTH);
        }
        int r = choose(o, document, depth == 0 ? o->target->pick : STR_NONE, &item, err);
        if (r == 0) {
            r = get_document(o, item, false, document, digest, err);
        }
        if (r < 0) {
            return r;
        }
    }
    return 0;
}

/* ---- saved file → one of its images */

/* Docker writes "web:2", other programs "docker.io/library/web:2". */
static bool has_tag(const struct manifest *image, struct str pick) {
    static const struct str defaults[] = {{"docker.io/library/", 18}, {"docker.io/", 10}};
    for (size_t i = 0; i < image->tags_n; i++) {
        struct str tag = image->tags[i];
        if (str_eq(tag, pick)) {
            return true;
        }
        for (size_t d = 0; d < ARRAY_SIZE(defaults); d++) {
            if (str_starts(tag, defaults[d]) && str_eq(str_from(tag, defaults[d].n), pick)) {
                return true;
            }
        }
    }
    return false;
}

static int list_saved(const struct opening *o, const struct manifest *document, struct err *err) {
    char have[512] = "";
    for (size_t i = 0; i < document->images_n; i++) {
        const struct manifest *image = &document->images[i];
        struct str name = image->tags_n ? image->tags[0] : image->config.digest;
        size_t n = strlen(have);
        snprintf(have + n, sizeof have - n, "%s%.*s", n ? ", " : "", STR_ARG(name));
    }
    if (o->target->pick.n) {
        return err_set(err, ERR_USAGE, "there is no image with tag or digest %.*s in it; it has: %s",
                       STR_ARG(o->target->pick), have);
    }
    return err_set(err, ERR_USAGE, "it holds %zu images: %s. Name one: docker-archive:%s:TAG",
                   document->images_n, have, o->target->place);
}

/* Its configuration lies under its digest, with or without a folder and an ending. */
static bool has_digest(const struct manifest *image, struct str pick) {
    return str_starts(pick, STR("sha256:")) && pick.n == 7 + SHA256_HEX &&
           str_find(image->config.digest, str_from(pick, 7)) >= 0;
}

static int choose_saved(const struct opening *o, struct manifest *document, struct err *err) {
    struct str pick = o->target->pick;
    if (!pick.n && document->images_n == 1) {
        *document = document->images[0];
        return 0;
    }
    for (size_t i = 0; pick.n && i < document->images_n; i++) {
        if (has_tag(&document->images[i], pick) || has_digest(&document->images[i], pick)) {
            *document = document->images[i];
            return 0;
        }
    }
    return list_saved(o, document, err);
}

/* ---- manifest and configuration → image */

static void name_steps(struct image *image, const struct manifest *config) {
    size_t layer = 0;
    for (size_t i = 0; i < config->history_n && layer < image->layers_n; i++) {
        if (!config->history[i].is_empty) {
            image->layers[layer++].created_by = config->history[i].created_by;
        }
    }
}

static int make_layers(struct image *image, const struct manifest *config, struct err *err) {
    image->layers = arena_array(&image->arena, config->diff_ids_n, sizeof *image->layers);
    if (!image->layers) {
        return err_memory(err);
    }
    image->layers_n = config->diff_ids_n;
    for (size_t i = 0; i < image->layers_n; i++) {
        image->layers[i] =
            (struct image_layer){.diff_id = config->diff_ids[i], .is_in_base = i < image->base.layers};
    }
    name_steps(image, config);
    return 0;
}

static int place_blobs(struct image *image, const struct manifest *manifest, struct err *err) {
    if (manifest->items_n != image->layers_n) {
        return err_set(err, ERR_INPUT, "the manifest has %zu layers and the configuration %.*s has %zu",
                       manifest->items_n, STR_ARG(image->digest), image->layers_n);
    }
    for (size_t i = 0; i < manifest->items_n; i++) {
        const struct manifest_item *item = &manifest->items[i];
        struct image_layer *layer = &image->layers[i];
        layer->digest = item->is_path ? STR_NONE : item->digest;
        layer->path = item->digest;
        layer->size = item->size;
    }
    return 0;
}

static struct str platform_of(struct arena *arena, const struct manifest *config) {
    return arena_strf(arena, "%.*s/%.*s%s%.*s", STR_ARG(config->os), STR_ARG(config->architecture),
                      config->variant.n ? "/" : "", STR_ARG(config->variant));
}

static int describe(const struct opening *o, const struct manifest *config, struct str digest,
                    struct err *err) {
    struct image *image = o->image;
    if (config->kind != MANIFEST_CONFIG) {
        return err_set(err, ERR_INPUT, "%.*s is not an image configuration", STR_ARG(digest));
    }
    image->digest = digest;
    image->platform = platform_of(&image->arena, config);
    image->created = config->created;
    image->config = config->packed;
    image->name = o->target->name;
    int r = base_of_config(&image->base, &image->arena, config, err);
    return r == 0 ? make_layers(image, config, err) : r;
}

static int describe_manifest(const struct opening *o, const struct manifest *manifest,
                             struct str manifest_digest, struct err *err) {
    struct image *image = o->image;
    struct manifest config;
    struct str digest;
    int r = get_document(o, &manifest->config, true, &config, &digest, err);
    if (r == 0) {
        r = describe(o, &config, digest, err);
    }
    if (r < 0) {
        return r;
    }
    image->manifest_digest = manifest_digest;
    image->name = manifest->tags_n ? manifest->tags[0] : image->name;
    r = base_name_by(&image->base, &image->arena, BASE_ANNOTATION, manifest->base_name, manifest->base_digest,
                     err);
    return r == 0 ? place_blobs(image, manifest, err) : r;
}

/* The first document said what to read; a storage without manifests begins with the configuration. */
static int describe_document(const struct opening *o, const struct manifest *document, struct str json,
                             struct str digest, struct err *err) {
    if (document->kind != MANIFEST_CONFIG) {
        return describe_manifest(o, document, digest, err);
    }
    if (!o->image->source->settle) {
        return err_set(err, ERR_INPUT, "an image configuration stands where a manifest should be");
    }
    struct str id = digest_of(&o->image->arena, json);
    return id.p ? describe(o, document, id, err) : err_memory(err);
}

static int open_image(const struct opening *o, struct err *err) {
    _cleanup_(buf_free) struct buf json = buf_new(LIMIT_MANIFEST);
    struct manifest document;
    struct str digest = STR_NONE;
    struct image_source *source = o->image->source;
    int r = source->root(source, &json, &digest, err);
    if (r == 0 && parse(o, buf_view(&json), &document, err) < 0) {
        r = digest.n ? err_at(err, "%.*s", STR_ARG(digest)) : err->code;
    }
    if (r == 0) {
        r = document.kind == MANIFEST_SAVED ? choose_saved(o, &document, err)
                                            : follow(o, &document, &digest, err);
    }
    if (r == 0) {
        r = describe_document(o, &document, buf_view(&json), digest, err);
    }
    return r == 0 && source->settle ? source->settle(source, o->image, err) : r;
}

/* Without a wish any platform will do: it is the one that runs here. */
static bool is_wanted_platform(const struct image *image, struct str wish) {
    return !wish.n || str_eq(image->platform, wish) ||
           (str_starts(image->platform, wish) && image->platform.p[wish.n] == '/');
}

/* ERR_ABSENT: to be asked of a registry. */
static int open_local(const struct opening *o, struct str wish, struct buf *looked, struct err *err) {
    struct image *image = o->image;
    int r = image_source_local(&image->source, o->target, o->options, looked, err);
    if (r == 0) {
        r = open_image(o, err);
    }
    if (r == 0 && !is_wanted_platform(image, wish)) {
        buf_printf(looked, "; a local storage has it for %.*s", STR_ARG(image->platform));
        image->source->close(image->source);
        image->source = NULL;
        r = err_set(err, ERR_ABSENT, "another platform");
    }
    return r;
}

static int open_registry(const struct opening *o, struct err *err) {
    int r = image_source_registry(&o->image->source, o->target, o->options, err);
    return r == 0 ? open_image(o, err) : r;
}

static int open_named(const struct opening *o, struct str wish, struct err *err) {
    _cleanup_(buf_free) struct buf looked = buf_new(4 * KIB);
    if (o->options->for_attachments) {
        return open_registry(o, err);
    }
    int r = open_local(o, wish, &looked, err);
    if (r != ERR_ABSENT) {
        return r;
    }
    *err = ERR_NONE;
    r = open_registry(o, err);
    return r < 0 ? err_at(err, "not in %.*s; asked of the registry",
                          STR_ARG(str_sub(buf_view(&looked), 0, 400)))
                 : 0;
}

/* What local storages call otherwise (an image's id) is no reference, and nothing is said of it. */
static int name_reference(const struct opening *o, struct err *err) {
    struct image *image = o->image;
    struct image_reference reference;
    struct err ignored = ERR_NONE;
    int r = reference_parse(str_c(o->target->place), &image->arena, &reference, &ignored);
    if (r == ERR_MEMORY) {
        return err_memory(err);
    }
    if (r == 0) {
        image->registry = arena_str(&image->arena, reference.registry);
        image->repository = arena_str(&image->arena, reference.repository);
        image->is_pinned = reference.digest.n > 0;
    }
    return r < 0 || (image->registry.p && image->repository.p) ? 0 : err_memory(err);
}

static int open_target(const struct opening *o, struct str wish, struct err *err) {
    if (o->target->kind == TARGET_IMAGE) {
        int r = name_reference(o, err);
        return r == 0 ? open_named(o, wish, err) : r;
    }
    int r = image_source_layout(&o->image->source, o->target, o->options, err);
    return r == 0 ? open_image(o, err) : r;
}

/* What is there and was begun to be read, but can't be right; not wrong names, nor what is kept from us. */
static bool is_bad_content(const struct image *image, int code) {
    return image->source && (code == ERR_INPUT || code == ERR_LIMIT);
}

static int keep_problem(struct image *image, const struct target *target, const struct err *why,
                        struct err *err) {
    image->name = target->name;
    image->layers_n = 0;
    image->base = (struct image_base){0};
    image->problem = arena_strf(&image->arena, "%s", why->message);
    return image->problem.p ? 0 : err_memory(err);
}

int image_open(struct image **out, const struct target *target, const struct image_options *options,
               struct err *err) {
    struct image *image = mem_alloc_zero(sizeof *image);
    if (!image) {
        return err_memory(err);
    }
    image->arena = arena_new(64 * MIB);
    image->options = *options;
    if (!image->options.platform.n) {
        image->options.platform = image_host_platform();
    }
    struct opening o = {image, target, &image->options};
    struct err why = ERR_NONE;
    int r = open_target(&o, options->platform, &why);
    if (is_bad_content(image, r)) {
        r = keep_problem(image, target, &why, err);
    } else {
        *err = why;
    }
    if (r < 0) {
        image_close(image);
        return err_at(err, "%.*s", STR_ARG(target->name));
    }
    *out = image;
    return 0;
}

void image_close(struct image *image) {
    if (image) {
        if (image->source) {
            image->source->close(image->source);
        }
        arena_free(&image->arena);
        mem_free(image);
    }
}

void image_closep(struct image **image) {
    image_close(*image);
}

int image_layer_open(struct image *image, size_t i, const bool *wanted, struct image_blob *out,
                     struct err *err) {
    assert(i < image->layers_n && !image->layers[i].is_directory);
    return image->source->layer(image->source, image, i, wanted, out, err);
}
