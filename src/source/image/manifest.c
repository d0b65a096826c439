#include "source/image/manifest.h"

#include "base/cage.h"
#include "base/hash.h"
#include "base/limits.h"
#include "doc/json.h"
#include "doc/pack.h"

bool manifest_is_attached_tag(struct str tag) {
    unsigned char bytes[32];
    struct str hex = str_from(tag, strlen("sha256-")), end = str_from(hex, SHA256_HEX);
    return str_starts(tag, STR("sha256-")) && hex_decode(str_sub(hex, 0, SHA256_HEX), bytes, sizeof bytes) &&
           (!end.n || end.p[0] == '.');
}

/* ---- in the cage: JSON → record */

/* What cosign writes beside images into a layout. */
static bool is_cosigns(struct str kind) {
    return str_ends(kind, STR("/sigs")) || str_ends(kind, STR("/atts")) || str_ends(kind, STR("/sboms"));
}

static void put_attachment(struct buf *out, const struct doc *item, const struct doc *notes) {
    struct str predicate = doc_text(notes, "in-toto.io/predicate-type");
    bool is_of_buildkit = str_eq(doc_text(notes, "vnd.docker.reference.type"), STR("attestation-manifest"));
    wire_str(out, doc_text(item, "artifactType"));
    wire_str(out, predicate.n ? predicate : doc_text(notes, "predicateType"));
    wire_str(out, is_of_buildkit ? doc_text(notes, "vnd.docker.reference.digest") : STR_NONE);
    wire_str(out, doc_text(notes, "org.opencontainers.image.created"));
    wire_str(out, doc_text(notes, "kind"));
}

static void put_item(struct buf *out, const struct doc *item) {
    const struct doc *platform = doc_get(item, STR("platform")), *notes = doc_get(item, STR("annotations"));
    int64_t size = 0;
    (void)doc_int(doc_get(item, STR("size")), &size);
    struct str architecture = doc_str(doc_get(platform, STR("architecture")));
    struct str name = doc_text(notes, "org.opencontainers.image.ref.name");
    bool is_attestation = str_eq(architecture, STR("unknown")) ||
                          doc_get(notes, STR("vnd.docker.reference.type")) ||
                          doc_get(item, STR("artifactType")) || manifest_is_attached_tag(name) ||
                          is_cosigns(doc_text(notes, "kind"));
    wire_str(out, doc_str(doc_get(item, STR("digest"))));
    wire_str(out, doc_str(doc_get(item, STR("mediaType"))));
    wire_u64(out, size < 0 ? 0 : (uint64_t)size);
    wire_str(out, doc_str(doc_get(platform, STR("os"))));
    wire_str(out, architecture);
    wire_str(out, doc_str(doc_get(platform, STR("variant"))));
    wire_str(out, name);
    wire_u8(out, is_attestation);
    wire_u8(out, false);
    put_attachment(out, item, notes);
}

static void put_path_item(struct buf *out, struct str path) {
    wire_str(out, path);
    wire_str(out, STR_NONE);
    wire_u64(out, 0);
    for (int i = 0; i < 4; i++) {
        wire_str(out, STR_NONE);
    }
    wire_u8(out, false);
    wire_u8(out, true);
    put_attachment(out, NULL, NULL);
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

static void put_subject(struct buf *out, const struct doc *root) {
    wire_str(out, doc_text(root, "artifactType"));
    wire_str(out, doc_str(doc_path(root, "subject.digest")));
}

static int put_index(struct buf *out, const struct doc *root, struct err *err) {
    put_subject(out, root);
    return put_items(out, doc_get(root, STR("manifests")), err);
}

static int put_image(struct buf *out, const struct doc *root, struct err *err) {
    put_subject(out, root);
    put_item(out, doc_get(root, STR("config")));
    put_base(out, doc_get(root, STR("annotations")));
    return put_items(out, doc_get(root, STR("layers")), err);
}

static void put_packed(struct buf *out, const struct doc *root) {
    _cleanup_(buf_free) struct buf packed = buf_new(LIMIT_RECORD / 2);
    bool fits = doc_pack(&packed, root, NULL) == 0;
    wire_str(out, fits ? buf_view(&packed) : STR_NONE);
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
        wire_str(out, str_sub(doc_str(doc_get(step, STR("created"))), 0, 64));
        wire_u8(out, doc_bool(doc_get(step, STR("empty_layer")), false));
    }
    put_packed(out, root);
    return 0;
}

static int put_saved_image(struct buf *out, const struct doc *image, struct err *err) {
    const struct doc *layers = doc_get(image, STR("Layers")), *tags = doc_get(image, STR("RepoTags"));
    struct str config = doc_str(doc_get(image, STR("Config")));
    if (!config.n || !doc_is(layers, DOC_LIST)) {
        return err_set(err, ERR_INPUT, "names no image: there is no Config or no Layers in it");
    }
    if (doc_count(layers) > LIMIT_LAYERS || doc_count(tags) > LIMIT_LAYERS) {
        return err_set(err, ERR_LIMIT, "more than %d layers or tags", LIMIT_LAYERS);
    }
    put_path_item(out, config);
    wire_u32(out, (uint32_t)doc_count(tags));
    for (size_t i = 0; i < doc_count(tags); i++) {
        wire_str(out, doc_str(doc_at(tags, i)));
    }
    wire_u32(out, (uint32_t)doc_count(layers));
    for (size_t i = 0; i < doc_count(layers); i++) {
        put_path_item(out, doc_str(doc_at(layers, i)));
    }
    return 0;
}

static int put_saved(struct buf *out, const struct doc *root, struct err *err) {
    size_t n = doc_count(root);
    if (n == 0) {
        return err_set(err, ERR_INPUT, "names no image: the list is empty");
    }
    if (n > LIMIT_LAYERS) {
        return err_set(err, ERR_LIMIT, "%zu images, more than %d", n, LIMIT_LAYERS);
    }
    wire_u32(out, (uint32_t)n);
    int r = 0;
    for (size_t i = 0; r == 0 && i < n; i++) {
        r = put_saved_image(out, doc_at(root, i), err);
    }
    return r;
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
        return put_index(out, root, err);
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
    item->is_path = cursor_u8(in);
    struct str *const fields[] = {&item->artifact_type, &item->predicate_type, &item->of, &item->created,
                                  &item->kind};
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        *fields[i] = wire_get_str(in);
    }
}

static void get_subject(struct cursor *in, struct manifest *out) {
    out->artifact_type = wire_get_str(in);
    out->subject = wire_get_str(in);
}

static int get_items(struct cursor *in, struct arena *arena, struct manifest *out) {
    out->items_n = wire_get_count(in, 4);
    out->items = arena_array(arena, out->items_n, sizeof *out->items);
    if (!out->items) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < out->items_n; i++) {
        get_item(in, &out->items[i]);
    }
    return 0;
}

static int get_strings(struct cursor *in, struct arena *arena, struct str **out, size_t *n) {
    *n = wire_get_count(in, 4);
    *out = arena_array(arena, *n, sizeof **out);
    if (!*out) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < *n; i++) {
        (*out)[i] = wire_get_str(in);
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
    if (get_strings(in, arena, &out->diff_ids, &out->diff_ids_n) < 0) {
        return ERR_MEMORY;
    }
    out->history_n = wire_get_count(in, 9);
    out->history = arena_array(arena, out->history_n, sizeof *out->history);
    if (!out->history) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < out->history_n; i++) {
        out->history[i].created_by = wire_get_str(in);
        out->history[i].created = wire_get_str(in);
        out->history[i].is_empty = cursor_u8(in);
    }
    out->packed = wire_get_str(in);
    return 0;
}

static int get_saved(struct cursor *in, struct arena *arena, struct manifest *out) {
    out->images_n = wire_get_count(in, 8);
    out->images = arena_array(arena, out->images_n, sizeof *out->images);
    int r = out->images ? 0 : ERR_MEMORY;
    for (size_t i = 0; r == 0 && i < out->images_n; i++) {
        struct manifest *image = &out->images[i];
        image->kind = MANIFEST_IMAGE;
        get_item(in, &image->config);
        r = get_strings(in, arena, &image->tags, &image->tags_n);
        if (r == 0) {
            r = get_items(in, arena, image);
        }
    }
    return r;
}

int manifest_decode(struct str record, struct arena *arena, struct manifest *out, struct err *err) {
    struct cursor in = cursor_over(record);
    *out = (struct manifest){0};
    out->kind = cursor_le32(&in);
    int r = 0;
    switch (out->kind) {
    case MANIFEST_INDEX:
        get_subject(&in, out);
        r = get_items(&in, arena, out);
        break;
    case MANIFEST_IMAGE:
        get_subject(&in, out);
        get_item(&in, &out->config);
        get_base(&in, out);
        r = get_items(&in, arena, out);
        break;
    case MANIFEST_CONFIG:
        r = get_config(&in, arena, out);
        break;
    case MANIFEST_SAVED:
        r = get_saved(&in, arena, out);
        break;
    default:
        in.failed = true;
    }
    if (r < 0) {
        return err_memory(err);
    }
    return in.failed ? err_set(err, ERR_INPUT, "the reader's answer is damaged") : 0;
}

static int encode_in_cage(void *ctx, struct cage_port *port, struct err *err) {
    const struct str *json = ctx;
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_RECORD);
    int r = manifest_encode(*json, &out, err);
    return r == 0 ? cage_port_write(port, buf_view(&out), err) : r;
}

int manifest_parse(struct arena *arena, struct str json, bool is_open, struct manifest *out,
                   struct err *err) {
    const struct cage_job job = {.run = encode_in_cage,
                                 .ctx = &json,
                                 .memory = 256 * MIB,
                                 .output_cap = LIMIT_RECORD,
                                 .stall_seconds = LIMIT_STALL_SECONDS,
                                 .is_open = is_open};
    _cleanup_(buf_free) struct buf record = buf_new(LIMIT_RECORD);
    int r = cage_call(&job, &record, err);
    if (r < 0) {
        return r;
    }
    struct str kept = arena_str(arena, buf_view(&record));
    return kept.p ? manifest_decode(kept, arena, out, err) : err_memory(err);
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
