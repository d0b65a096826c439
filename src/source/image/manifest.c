#include "source/image/manifest.h"

#include "base/limits.h"
#include "doc/json.h"

/* ---- in the cage: JSON → record */

static void put_item(struct buf *out, const struct doc *item) {
    const struct doc *platform = doc_get(item, STR("platform")), *notes = doc_get(item, STR("annotations"));
    int64_t size = 0;
    (void)doc_int(doc_get(item, STR("size")), &size);
    struct str architecture = doc_str(doc_get(platform, STR("architecture")));
    bool is_attestation = str_eq(architecture, STR("unknown")) ||
                          doc_get(notes, STR("vnd.docker.reference.type")) ||
                          doc_get(item, STR("artifactType"));
    wire_str(out, doc_str(doc_get(item, STR("digest"))));
    wire_str(out, doc_str(doc_get(item, STR("mediaType"))));
    wire_u64(out, size < 0 ? 0 : (uint64_t)size);
    wire_str(out, doc_str(doc_get(platform, STR("os"))));
    wire_str(out, architecture);
    wire_str(out, doc_str(doc_get(platform, STR("variant"))));
    wire_str(out, doc_str(doc_get(notes, STR("org.opencontainers.image.ref.name"))));
    wire_u8(out, is_attestation);
}

static void put_path_item(struct buf *out, struct str path) {
    wire_str(out, path);
    wire_str(out, STR_NONE);
    wire_u64(out, 0);
    for (int i = 0; i < 4; i++) {
        wire_str(out, STR_NONE);
    }
    wire_u8(out, false);
}

static int put_items(struct buf *out, const struct doc *list, struct err *err) {
    size_t n = doc_count(list);
    if (n > LIMIT_LAYERS) {
        return err_set(err, ERR_LIMIT, "%zu entries, more than %d", n, LIMIT_LAYERS);
    }
    wire_u32(out, (uint32_t)n);
    for (size_t i = 0; i < n; i++) {
        put_item(out, doc_at(list, i));
    }
    return 0;
}

static void put_base(struct buf *out, const struct doc *notes) {
    wire_str(out, doc_str(doc_get(notes, STR("org.opencontainers.image.base.name"))));
    wire_str(out, doc_str(doc_get(notes, STR("org.opencontainers.image.base.digest"))));
}

static int put_image(struct buf *out, const struct doc *root, struct err *err) {
    put_item(out, doc_get(root, STR("config")));
    put_base(out, doc_get(root, STR("annotations")));
    return put_items(out, doc_get(root, STR("layers")), err);
}

static int put_config(struct buf *out, const struct doc *root, struct err *err) {
    const struct doc *ids = doc_path(root, "rootfs.diff_ids"), *history = doc_get(root, STR("history"));
    /* Steps beyond the cap are left out: they only name what made a layer. */
    size_t steps = MIN(doc_count(history), (size_t)4 * LIMIT_LAYERS);
    if (doc_count(ids) > LIMIT_LAYERS) {
        return err_set(err, ERR_LIMIT, "more than %d layers", LIMIT_LAYERS);
    }
    wire_str(out, doc_str(doc_get(root, STR("os"))));
    wire_str(out, doc_str(doc_get(root, STR("architecture"))));
    wire_str(out, doc_str(doc_get(root, STR("variant"))));
    wire_str(out, doc_str(doc_get(root, STR("created"))));
    put_base(out, doc_path(root, "config.Labels"));
    wire_u32(out, (uint32_t)doc_count(ids));
    for (size_t i = 0; i < doc_count(ids); i++) {
        wire_str(out, doc_str(doc_at(ids, i)));
    }
    wire_u32(out, (uint32_t)steps);
    for (size_t i = 0; i < steps; i++) {
        const struct doc *step = doc_at(history, i);
        wire_str(out, str_sub(doc_str(doc_get(step, STR("created_by"))), 0, 4096));
        wire_u8(out, doc_bool(doc_get(step, STR("empty_layer")), false));
    }
    return 0;
}

static int put_saved(struct buf *out, const struct doc *root, struct err *err) {
    const struct doc *image = doc_at(root, 0), *layers = doc_get(image, STR("Layers"));
    struct str config = doc_str(doc_get(image, STR("Config")));
    if (!config.n || !doc_is(layers, DOC_LIST)) {
        return err_set(err, ERR_INPUT, "names no image: there is no Config or no Layers in it");
    }
    if (doc_count(layers) > LIMIT_LAYERS) {
        return err_set(err, ERR_LIMIT, "more than %d layers", LIMIT_LAYERS);
    }
    put_path_item(out, config);
    wire_str(out, doc_str(doc_at(doc_get(image, STR("RepoTags")), 0)));
    wire_u64(out, doc_count(root));
    wire_u32(out, (uint32_t)doc_count(layers));
    for (size_t i = 0; i < doc_count(layers); i++) {
        put_path_item(out, doc_str(doc_at(layers, i)));
    }
    return 0;
}

static int put_document(struct buf *out, const struct doc *root, struct err *err) {
    static const struct {
        const char *member;
        enum doc_kind kind;
        enum manifest_kind is;
        int (*put)(struct buf *, const struct doc *, struct err *);
    } shapes[] = {
        {"layers", DOC_LIST, MANIFEST_IMAGE, put_image},
        {"rootfs", DOC_MAP, MANIFEST_CONFIG, put_config},
    };
    if (doc_is(root, DOC_LIST)) {
        wire_u32(out, MANIFEST_SAVED);
        return put_saved(out, root, err);
    }
    if (doc_is(doc_get(root, STR("manifests")), DOC_LIST)) {
        wire_u32(out, MANIFEST_INDEX);
        return put_items(out, doc_get(root, STR("manifests")), err);
    }
    for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
        if (doc_is(doc_get(root, str_c(shapes[i].member)), shapes[i].kind)) {
            wire_u32(out, shapes[i].is);
            return shapes[i].put(out, root, err);
        }
    }
    if (doc_get(root, STR("fsLayers"))) {
        return err_set(
            err, ERR_UNSUPPORTED,
            "is a Docker manifest of schema 1, which registries stopped serving; push the image again "
            "with a current Docker");
    }
    return err_set(err, ERR_INPUT, "is neither an image index, a manifest nor an image configuration");
}

int manifest_encode(struct str json, struct buf *out, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    const struct doc *root;
    int r = json_parse(&arena, json, &root, err);
    if (r == 0) {
        r = put_document(out, root, err);
    }
    return r == 0 && out->failed ? err_memory(err) : r;
}

/* ---- outside: record → struct */

static void get_item(struct cursor *in, struct manifest_item *item) {
    item->digest = wire_get_str(in);
    item->media_type = wire_get_str(in);
    item->size = cursor_le64(in);
    item->os = wire_get_str(in);
    item->architecture = wire_get_str(in);
    item->variant = wire_get_str(in);
    item->name = wire_get_str(in);
    item->is_attestation = cursor_u8(in);
}

/* A count whose items, of at least `least` bytes each, can be in what is left. */
static size_t get_count(struct cursor *in, size_t least) {
    size_t n = cursor_le32(in);
    if (n > cursor_left(in) / least) {
        in->failed = true;
        return 0;
    }
    return n;
}

static int get_items(struct cursor *in, struct arena *arena, struct manifest *out) {
    out->items_n = get_count(in, 4);
    out->items = arena_array(arena, out->items_n, sizeof *out->items);
    if (!out->items) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < out->items_n; i++) {
        get_item(in, &out->items[i]);
    }
    return 0;
}

static void get_base(struct cursor *in, struct manifest *out) {
    out->base_name = wire_get_str(in);
    out->base_digest = wire_get_str(in);
}

static int get_config(struct cursor *in, struct arena *arena, struct manifest *out) {
    out->os = wire_get_str(in);
    out->architecture = wire_get_str(in);
    out->variant = wire_get_str(in);
    out->created = wire_get_str(in);
    get_base(in, out);
    out->diff_ids_n = get_count(in, 4);
    out->diff_ids = arena_array(arena, out->diff_ids_n, sizeof *out->diff_ids);
    if (!out->diff_ids) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < out->diff_ids_n; i++) {
        out->diff_ids[i] = wire_get_str(in);
    }
    out->history_n = get_count(in, 5);
    out->history = arena_array(arena, out->history_n, sizeof *out->history);
    if (!out->history) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < out->history_n; i++) {
        out->history[i].created_by = wire_get_str(in);
        out->history[i].is_empty = cursor_u8(in);
    }
    return 0;
}

int manifest_decode(struct str record, struct arena *arena, struct manifest *out, struct err *err) {
    struct cursor in = cursor_over(record);
    *out = (struct manifest){0};
    out->kind = cursor_le32(&in);
    int r = 0;
    switch (out->kind) {
    case MANIFEST_INDEX:
        r = get_items(&in, arena, out);
        break;
    case MANIFEST_IMAGE:
        get_item(&in, &out->config);
        get_base(&in, out);
        r = get_items(&in, arena, out);
        break;
    case MANIFEST_CONFIG:
        r = get_config(&in, arena, out);
        break;
    case MANIFEST_SAVED:
        get_item(&in, &out->config);
        out->name = wire_get_str(&in);
        out->images = cursor_le64(&in);
        r = get_items(&in, arena, out);
        break;
    default:
        in.failed = true;
    }
    if (r < 0) {
        return err_memory(err);
    }
    return in.failed ? err_set(err, ERR_INPUT, "the reader's answer is damaged") : 0;
}

const struct manifest_item *manifest_for_platform(const struct manifest *index, struct str platform) {
    struct str rest = platform, os = STR_NONE, architecture = STR_NONE, variant = STR_NONE;
    (void)str_split(&rest, '/', &os);
    (void)str_split(&rest, '/', &architecture);
    (void)str_split(&rest, '/', &variant);
    for (size_t i = 0; i < index->items_n; i++) {
        const struct manifest_item *item = &index->items[i];
        if (!item->is_attestation && str_eq(item->os, os) && str_eq(item->architecture, architecture) &&
            (!variant.n || str_eq(item->variant, variant))) {
            return item;
        }
    }
    return NULL;
}
