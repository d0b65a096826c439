#include "inspect/read.h"

#include "base/cage.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"
#include "inspect/pass.h"
#include "inspect/reader.h"

/* One layer on its way: a cage at a time, begun again without the file that broke it. */
struct reading {
    const struct image_layer *layer;
    struct read_layer *result;
    struct reader reader;
    struct pass_layer pass;
    bool is_over;
};

struct readings {
    struct image *image;
    const struct read_options *options;
    struct arena *arena;
    struct layer_cache folders; /* facts of layers that lay unpacked */
    struct reading *list;       /* of those that are not in the cache */
    size_t n, next, over;
    bool *wanted; /* by layer */
};

static struct str hex_digest(struct arena *arena, const unsigned char bytes[SHA256_BYTES]) {
    char hex[SHA256_HEX + 1];
    hex_encode(bytes, SHA256_BYTES, hex);
    return arena_strf(arena, "sha256:%s", hex);
}

static bool find_end(struct str facts, struct arena *arena, struct pass_end *end) {
    struct cursor in = cursor_over(facts);
    struct fact fact;
    struct err ignored = ERR_NONE;
    bool found = false;
    _cleanup_(arena_free) struct arena scratch = arena_new(arena->cap);
    while (facts_next(&in, &scratch, &fact, &ignored) == 1) {
        found = fact.kind == FACT_LAYER && pass_end_read(fact.rest, end);
        arena_reset(&scratch);
    }
    return found;
}

/* The blob must be what the manifest names, its content what the configuration names. */
static bool check_digests(struct readings *all, struct reading *reading, const struct pass_end *end) {
    const struct image_layer *layer = reading->layer;
    struct str output = hex_digest(all->arena, end->output), input = hex_digest(all->arena, end->input);
    if (reading->pass.hashes_input && !str_eq(input, layer->digest)) {
        reading->result->problem = arena_strf(all->arena,
                                              "the blob has digest %.*s where the manifest says %.*s; it was "
                                              "changed or damaged: fetch it again",
                                              STR_ARG(input), STR_ARG(layer->digest));
        return false;
    }
    if (!str_eq(output, layer->diff_id)) {
        reading->result->problem = arena_strf(
            all->arena,
            "the content has digest %.*s where the configuration says %.*s; no engine would run this image",
            STR_ARG(output), STR_ARG(layer->diff_id));
        return false;
    }
    return true;
}

/* Facts without the secrets that were asked for are no facts to keep. */
static bool may_keep(const struct readings *all) {
    return !all->options->secrets || !all->options->secrets->why.code;
}

static void finish(struct readings *all, struct reading *reading) {
    struct pass_end end;
    struct read_layer *result = reading->result;
    reading->is_over = true;
    all->over++;
    buf_free(&result->facts);
    result->facts = reader_take_facts(&reading->reader);
    if (reader_err(&reading->reader)) {
        result->problem = arena_strf(all->arena, "%s", reader_err(&reading->reader)->message);
    } else if (!find_end(buf_view(&result->facts), all->arena, &end)) {
        result->problem = STR("the reader ended before the layer did");
    } else if (end.is_complete && check_digests(all, reading, &end) && !reader_has_skips(&reading->reader) &&
               may_keep(all)) {
        layer_cache_put(&all->options->cache, reading->layer->diff_id, &result->facts);
    }
    reader_close(&reading->reader);
}

static void fail(struct readings *all, struct reading *reading, const struct err *why) {
    reading->result->problem = arena_strf(all->arena, "%s", why->message);
    reading->is_over = true;
    all->over++;
}

/* A layer that lies unpacked: there is one walk, with readers of its own. Kept by the diffID only when the
 * storage states that it is this folder's, and apart from what was verified. */
static void read_folder(struct readings *all, struct reading *reading) {
    const struct image_layer *layer = reading->layer;
    struct err why = ERR_NONE;
    bool is_complete;
    if (read_folder_layer(layer->folder, all->options, all->arena, reading->result, &is_complete, &why) < 0) {
        fail(all, reading, &why);
        return;
    }
    reading->is_over = true;
    all->over++;
    if (is_complete && layer->states_diff_id && may_keep(all)) {
        layer_cache_put(&all->folders, layer->diff_id, &reading->result->facts);
    }
}

static bool start(struct readings *all, struct reading *reading) {
    struct image_blob blob;
    struct err why = ERR_NONE;
    size_t index = (size_t)(reading->layer - all->image->layers);
    if (image_layer_open(all->image, index, all->wanted, &blob, &why) < 0) {
        fail(all, reading, &why);
        return false;
    }
    reading->pass = (struct pass_layer){.fd = blob.fd,
                                        .offset = blob.offset,
                                        .size = blob.size,
                                        .spool = -1,
                                        .hashes_input = str_starts(reading->layer->digest, STR("sha256:"))};
    if (reader_start(&reading->reader, all->options, pass_layer, &reading->pass, all->arena, &why) < 0) {
        fail(all, reading, &why);
        return false;
    }
    return true;
}

static void report_progress(const struct readings *all) {
    uint64_t done = 0, total = 0;
    if (!all->options->progress) {
        return;
    }
    for (size_t i = 0; i < all->n; i++) {
        const struct reading *reading = &all->list[i];
        uint64_t so_far = reader_is_running(&reading->reader) ? cage_progress(reading->reader.cage) : 0;
        total += reading->pass.size ? reading->pass.size : reading->layer->size;
        done += reading->is_over ? reading->pass.size : MIN(so_far, reading->pass.size);
    }
    all->options->progress(all->options->progress_ctx, "reading layers", done, total);
}

enum { PARALLEL_MAX = 64 };

static unsigned processors(const struct read_options *options) {
    long n = options->parallel ? (long)options->parallel : sysconf(_SC_NPROCESSORS_ONLN);
    return (unsigned)MIN(MAX(n, 1), PARALLEL_MAX);
}

/* Waits until one of the running readers ends, and takes what it brought. */
static int wait_some(struct readings *all, struct err *err) {
    struct cage *cages[PARALLEL_MAX];
    size_t n = 0;
    for (size_t i = 0; i < all->next; i++) {
        if (reader_is_running(&all->list[i].reader)) {
            cages[n++] = all->list[i].reader.cage;
        }
    }
    int r = n ? cage_wait(cages, n, 100, err) : 0;
    for (size_t i = 0; r == 0 && i < all->next; i++) {
        struct reading *reading = &all->list[i];
        if (reader_is_running(&reading->reader) && reader_ended(&reading->reader)) {
            finish(all, reading);
        }
    }
    report_progress(all);
    return r;
}

static int read_all(struct readings *all, struct err *err) {
    size_t running_max = processors(all->options);
    int r = 0;
    while (r == 0 && all->over < all->n) {
        while (all->next < all->n && all->next - all->over < running_max) {
            struct reading *reading = &all->list[all->next++];
            if (reading->layer->is_directory) {
                read_folder(all, reading);
            } else {
                (void)start(all, reading);
            }
        }
        r = wait_some(all, err);
    }
    return r;
}

static const struct read_layer *same_layer_before(const struct image *image, const struct read_layer *layers,
                                                  size_t i) {
    for (size_t j = 0; j < i; j++) {
        const struct image_layer *a = &image->layers[j], *b = &image->layers[i];
        if (!a->is_directory && !b->is_directory && str_eq(a->diff_id, b->diff_id) &&
            str_eq(a->path, b->path)) {
            return &layers[j];
        }
    }
    return NULL;
}

static bool find_kept(const struct readings *all, const struct image_layer *layer, struct read_layer *out) {
    if (layer->is_directory && !layer->states_diff_id) {
        return false;
    }
    return layer_cache_get(&all->options->cache, layer->diff_id, &out->kept, &out->kept_facts) ||
           (layer->is_directory &&
            layer_cache_get(&all->folders, layer->diff_id, &out->kept, &out->kept_facts));
}

/* Fills what the cache has and lists the rest; a layer that stands twice is read once. */
static void plan(struct readings *all, struct read_layer *layers) {
    for (size_t i = 0; i < all->image->layers_n; i++) {
        const struct image_layer *layer = &all->image->layers[i];
        layers[i].facts = buf_new(LIMIT_FACTS);
        layers[i].same_as = same_layer_before(all->image, layers, i);
        layers[i].from_cache =
            layers[i].same_as ? layers[i].same_as->from_cache : find_kept(all, layer, &layers[i]);
        if (!layers[i].from_cache && !layers[i].same_as) {
            all->wanted[i] = true;
            all->list[all->n++] =
                (struct reading){.layer = layer, .result = &layers[i], .reader = READER_NONE};
        }
    }
}

static void copy_problems(struct read_layer *layers, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (layers[i].same_as) {
            layers[i].problem = layers[i].same_as->problem;
        }
    }
}

int read_image(struct image *image, const struct read_options *options, struct arena *arena,
               struct read_layer *layers, struct err *err) {
    struct readings all = {.image = image,
                           .options = options,
                           .arena = arena,
                           .folders = layer_cache_of_folders(arena, &options->cache)};
    all.list = arena_array(arena, image->layers_n, sizeof *all.list);
    all.wanted = arena_array(arena, image->layers_n, sizeof *all.wanted);
    if (!all.list || !all.wanted) {
        return err_memory(err);
    }
    plan(&all, layers);
    int r = read_all(&all, err);
    for (size_t i = 0; i < all.n; i++) {
        reader_close(&all.list[i].reader);
    }
    if (r == 0) {
        copy_problems(layers, image->layers_n);
    }
    return r;
}

struct str read_layer_facts(const struct read_layer *layer) {
    const struct read_layer *has = layer->same_as ? layer->same_as : layer;
    return has->kept.bytes.n ? has->kept_facts : buf_view(&has->facts);
}

void read_layers_free(struct read_layer *layers, size_t n) {
    for (size_t i = 0; i < n; i++) {
        buf_free(&layers[i].facts);
        mapping_free(&layers[i].kept);
    }
}
