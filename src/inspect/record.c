#include "inspect/record.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/map.h"
#include "doc/json_write.h"

struct recording {
    struct store *store;
    int64_t run;
    const struct image *image;
    const struct inventory *inventory;
    struct arena arena;
    struct arena scratch; /* of one package */
    struct buf properties;
    int64_t subject;
    int64_t *layers;   /* asset ids */
    int64_t *packages; /* asset ids, as in the inventory */
    struct map files;  /* path → asset id */
    bool keeps_edges;
};

static void put_number(struct json_writer *w, struct str key, uint64_t value) {
    json_key(w, key);
    json_uint(w, value);
}

static int put(struct recording *r, struct asset *asset, int64_t *id, struct err *err) {
    if (r->properties.failed) {
        return err_memory(err);
    }
    asset->properties = r->properties.n ? buf_view(&r->properties) : STR("{}");
    int result = store_put_asset(r->store, r->run, asset, id, err);
    buf_clear(&r->properties);
    return result;
}

static int put_edge(struct recording *r, int64_t from, int64_t to, enum edge_kind kind, struct err *err) {
    const struct edge edge = {.from = from, .to = to, .kind = kind, .properties = STR("{}")};
    return r->keeps_edges ? store_put_edge(r->store, r->run, &edge, err) : 0;
}

static uint64_t total_size(const struct image *image) {
    uint64_t size = 0;
    for (size_t i = 0; i < image->layers_n; i++) {
        (void)add_fits(size, image->layers[i].size, &size);
    }
    return size;
}

static void put_account(const struct recording *r, struct json_writer *w) {
    if (r->inventory->account.n) {
        json_key(w, STR("files"));
        json_raw(w, r->inventory->account);
    }
}

/* What reports, guardrails and the comparison with newer bases ask of it. */
static void put_base(struct json_writer *w, const struct image_base *base) {
    char created[CLOCK_TEXT] = "";
    if (base->created > 0) {
        clock_format(base->created, created);
    }
    json_key(w, STR("baseImage"));
    json_begin_object(w);
    json_member_text(w, STR("name"), base->name);
    json_member_text(w, STR("version"), base->version);
    json_member_text(w, STR("reference"), base->reference);
    json_member_text(w, STR("digest"), base->digest);
    json_member_text(w, STR("created"), str_c(created));
    put_number(w, STR("layers"), base->layers);
    json_member_text(w, STR("namedBy"), str_c(base_evidence_name(base->named_by)));
    json_member_text(w, STR("layersBy"), str_c(base_evidence_name(base->layers_by)));
    json_key(w, STR("isPinned"));
    json_bool(w, base->is_pinned);
    json_member_text(w, STR("file"), base->file);
    json_end(w);
}

/* "debian:12": what was stated, else what it is called. */
static struct str base_title(struct arena *arena, const struct image_base *base) {
    bool is_named = !base->reference.n && base->name.n;
    return is_named ? arena_strf(arena, "%.*s%s%.*s", STR_ARG(base->name), base->version.n ? ":" : "",
                                 STR_ARG(base->version))
                    : base->reference;
}

static int put_image(struct recording *r, struct str name, struct err *err) {
    const struct image *image = r->image;
    struct json_writer w = json_writer_new(&r->properties, 0);
    json_begin_object(&w);
    json_member_text(&w, STR("platform"), image->platform);
    json_member_text(&w, STR("digest"), image->digest);
    json_member_text(&w, STR("manifestDigest"), image->manifest_digest);
    json_member_text(&w, STR("created"), image->created);
    json_member_text(&w, STR("base"), base_title(&r->arena, &image->base));
    put_number(&w, STR("size"), total_size(image));
    put_number(&w, STR("baseLayers"), image->base.layers);
    put_base(&w, &image->base);
    json_member_text(&w, STR("registry"), image->registry);
    json_member_text(&w, STR("repository"), image->repository);
    json_key(&w, STR("isPinned"));
    json_bool(&w, image->is_pinned);
    put_number(&w, STR("layersTotal"), image->layers_n);
    put_account(r, &w);
    json_end(&w);
    struct asset asset = {
        .kind = ASSET_IMAGE, .key = image->digest.n ? image->digest : name, .name = image->name};
    return put(r, &asset, &r->subject, err);
}

static int put_directory(struct recording *r, struct str name, struct err *err) {
    struct json_writer w = json_writer_new(&r->properties, 0);
    json_begin_object(&w);
    put_account(r, &w);
    json_end(&w);
    struct asset asset = {.kind = ASSET_DIRECTORY, .key = name, .name = name};
    return put(r, &asset, &r->subject, err);
}

static int put_layers(struct recording *r, struct err *err) {
    const struct image *image = r->image;
    r->layers = arena_array(&r->arena, image->layers_n, sizeof *r->layers);
    if (!r->layers) {
        return err_memory(err);
    }
    for (size_t i = 0; i < image->layers_n; i++) {
        const struct image_layer *layer = &image->layers[i];
        struct json_writer w = json_writer_new(&r->properties, 0);
        json_begin_object(&w);
        put_number(&w, STR("index"), i + 1);
        json_member_text(&w, STR("createdBy"), layer->created_by);
        json_member_text(&w, STR("digest"), layer->digest);
        json_member_text(&w, STR("diffId"), layer->diff_id);
        put_number(&w, STR("size"), layer->size);
        json_key(&w, STR("isBase"));
        json_bool(&w, layer->is_in_base);
        json_end(&w);
        /* The same content may stand twice in an image, so the place is part of the name. */
        struct asset asset = {.kind = ASSET_LAYER,
                              .key = arena_strf(&r->arena, "%.*s#%zu", STR_ARG(layer->diff_id), i + 1),
                              .name = arena_strf(&r->arena, "%zu", i + 1)};
        int result = put(r, &asset, &r->layers[i], err);
        if (result == 0) {
            result = put_edge(r, r->subject, r->layers[i], EDGE_CONTAINS, err);
        }
        if (result < 0) {
            return result;
        }
    }
    return 0;
}

static int put_os(struct recording *r, struct err *err) {
    const struct os *os = &r->inventory->os;
    if (!os->id.n) {
        return 0;
    }
    struct json_writer w = json_writer_new(&r->properties, 0);
    json_begin_object(&w);
    json_member_text(&w, STR("id"), os->id);
    json_member_text(&w, STR("versionId"), os->version_id);
    json_member_text(&w, STR("codename"), os->codename);
    json_member_text(&w, STR("ecosystem"), r->inventory->ecosystem);
    json_end(&w);
    struct str version = os->exact.n ? os->exact : os->version_id;
    struct asset asset = {.kind = ASSET_OS,
                          .key = arena_strf(&r->arena, "os:%.*s/%.*s", STR_ARG(os->id), STR_ARG(version)),
                          .name = os->name.n ? os->name : os->id,
                          .version = version};
    int64_t id;
    int result = put(r, &asset, &id, err);
    return result == 0 ? put_edge(r, r->subject, id, EDGE_CONTAINS, err) : result;
}

/* The file that states packages, once. */
static int put_file(struct recording *r, struct str path, int64_t *id, struct err *err) {
    bool is_new;
    uint64_t *slot = map_put(&r->files, path, &is_new);
    if (!slot) {
        return err_memory(err);
    }
    if (is_new) {
        struct asset asset = {.kind = ASSET_FILE, .key = path, .name = str_basename(path)};
        int64_t fresh;
        int result = put(r, &asset, &fresh, err);
        if (result < 0) {
            return result;
        }
        *slot = (uint64_t)fresh;
    }
    *id = (int64_t)*slot;
    return 0;
}

/* Without edges: it is no part of what runs. */
static int put_removed(struct recording *r, const struct package_record *record, struct err *err) {
    int64_t id;
    arena_reset(&r->scratch);
    package_record_write(&r->properties, record);
    struct asset asset = {
        .kind = ASSET_REMOVED,
        .key = arena_strf(&r->scratch, "%.*s#%.*s", STR_ARG(record->purl), STR_ARG(record->path)),
        .name = record->package.name,
        .version = record->package.version};
    return asset.key.p ? put(r, &asset, &id, err) : err_memory(err);
}

static int put_package(struct recording *r, const struct package_record *record, int64_t *out,
                       struct err *err) {
    int64_t id = 0, file = 0;
    arena_reset(&r->scratch);
    package_record_write(&r->properties, record);
    struct asset asset = {
        .kind = ASSET_PACKAGE,
        .key = arena_strf(&r->scratch, "%.*s#%.*s", STR_ARG(record->purl), STR_ARG(record->path)),
        .name = record->package.name,
        .version = record->package.version};
    int result = asset.key.p ? put(r, &asset, &id, err) : err_memory(err);
    *out = id;
    if (result == 0) {
        int64_t from = record->layer ? r->layers[record->layer - 1] : r->subject;
        result = put_edge(r, from, id, record->layer ? EDGE_INTRODUCES : EDGE_CONTAINS, err);
    }
    if (result == 0) {
        result = put_file(r, record->path, &file, err);
    }
    return result == 0 ? put_edge(r, file, id, EDGE_STATES, err) : result;
}

/* ---- needs */

/* What is installed needs what is installed, anywhere; what a lockfile states needs what the same one states.
 * version empty: whichever there is of the name. */
static struct str need_key(struct arena *arena, const struct package_record *from, struct str name,
                           struct str version) {
    bool is_installed = from->package.flags & PACKAGE_IS_INSTALLED;
    struct str scope = is_installed ? STR_NONE : from->path;
    return arena_strf(arena, "%d%c%.*s%c%.*s%c%.*s", from->package.type, 0, STR_ARG(scope), 0, STR_ARG(name),
                      0, STR_ARG(version));
}

/* The first of a key stays. */
static int name_package(struct recording *r, struct map *names, size_t i, struct str version,
                        struct err *err) {
    const struct package_record *record = &r->inventory->packages[i];
    bool is_new;
    struct str key = need_key(&r->arena, record, record->package.name, version);
    uint64_t *slot = key.p ? map_put(names, key, &is_new) : NULL;
    if (!slot) {
        return err_memory(err);
    }
    if (is_new) {
        *slot = (uint64_t)r->packages[i];
    }
    return 0;
}

static int put_need(struct recording *r, const struct map *names, size_t i, const struct package_need *need,
                    struct err *err) {
    arena_reset(&r->scratch);
    struct str key = need_key(&r->scratch, &r->inventory->packages[i], need->name, need->version);
    if (!key.p) {
        return err_memory(err);
    }
    const uint64_t *to = map_get(names, key);
    return to && (int64_t)*to != r->packages[i] ? put_edge(r, r->packages[i], (int64_t)*to, EDGE_NEEDS, err)
                                                : 0;
}

static int put_needs(struct recording *r, struct err *err) {
    struct map names = map_new(&r->arena);
    int result = 0;
    for (size_t i = 0; result == 0 && i < r->inventory->packages_n; i++) {
        result = name_package(r, &names, i, STR_NONE, err);
        result =
            result < 0 ? result : name_package(r, &names, i, r->inventory->packages[i].package.version, err);
    }
    for (size_t i = 0; result == 0 && i < r->inventory->packages_n; i++) {
        const struct package *package = &r->inventory->packages[i].package;
        for (size_t k = 0; result == 0 && k < package->needs_n; k++) {
            result = put_need(r, &names, i, &package->needs[k], err);
        }
    }
    return result;
}

/* ---- all */

static int put_packages(struct recording *r, struct err *err) {
    size_t n = r->inventory->packages_n;
    r->packages = arena_array(&r->arena, n + 1, sizeof *r->packages);
    int result = r->packages ? 0 : err_memory(err);
    for (size_t i = 0; result == 0 && i < n; i++) {
        result = put_package(r, &r->inventory->packages[i], &r->packages[i], err);
    }
    return result;
}

static int put_all(struct recording *r, const struct record_input *input, struct err *err) {
    struct str name = input->name;
    int result = r->image ? put_image(r, name, err) : put_directory(r, name, err);
    if (result == 0 && r->image) {
        result = put_layers(r, err);
    }
    if (result == 0) {
        result = put_os(r, err);
    }
    result = result == 0 ? put_packages(r, err) : result;
    for (size_t i = 0; result == 0 && i < r->inventory->removed_n; i++) {
        result = put_removed(r, &r->inventory->removed[i], err);
    }
    if (result == 0 && input->keeps_edges) {
        result = put_needs(r, err);
    }
    for (size_t i = 0; result == 0 && i < r->inventory->problems_n; i++) {
        result = store_put_problem(r->store, r->run, &r->inventory->problems[i], err);
    }
    return result;
}

int record_inventory(struct store *store, int64_t run, const struct record_input *input, int64_t *subject,
                     struct err *err) {
    struct recording r = {.store = store,
                          .run = run,
                          .image = input->image,
                          .inventory = input->inventory,
                          .keeps_edges = input->keeps_edges,
                          .arena = arena_new(256 * MIB),
                          .scratch = arena_new(LIMIT_RECORD),
                          .properties = buf_new(LIMIT_RECORD)};
    r.files = map_new(&r.arena);
    int result = put_all(&r, input, err);
    *subject = r.subject;
    arena_free(&r.arena);
    arena_free(&r.scratch);
    buf_free(&r.properties);
    return result;
}

/* ---- resources */

static int put_resource(struct recording *r, struct resource *resource, struct err *err) {
    struct json_writer w = json_writer_new(&r->properties, 0);
    json_begin_object(&w);
    json_key(&w, STR("source"));
    json_str(&w, str_c(resource_source_name(resource->source)));
    json_member_text(&w, STR("kind"), resource->kind);
    json_member_text(&w, STR("apiVersion"), resource->api_version);
    json_member_text(&w, STR("namespace"), resource->namespace);
    json_member_text(&w, STR("file"), resource->file);
    put_number(&w, STR("line"), resource->at.line);
    json_end(&w);
    /* Two files may declare the same thing. */
    struct asset asset = {.kind = ASSET_RESOURCE,
                          .key = resource->file.n ? arena_strf(&r->arena, "%.*s#%.*s", STR_ARG(resource->key),
                                                               STR_ARG(resource->file))
                                                  : resource->key,
                          .name = resource->name};
    int result = asset.key.p ? put(r, &asset, &resource->asset, err) : err_memory(err);
    return result == 0 ? put_edge(r, r->subject, resource->asset, EDGE_CONTAINS, err) : result;
}

int record_resources(struct store *store, int64_t run, int64_t subject, struct resources *set,
                     bool keeps_edges, struct err *err) {
    struct recording r = {.store = store,
                          .run = run,
                          .arena = arena_new(LIMIT_FACTS),
                          .properties = buf_new(LIMIT_RECORD),
                          .subject = subject,
                          .keeps_edges = keeps_edges};
    int result = 0;
    for (size_t i = 0; result == 0 && i < set->all.n; i++) {
        struct resource *resource = set->all.p[i];
        if (resource->part_of) {
            resource->asset = resource->part_of->asset;
            continue;
        }
        result = put_resource(&r, resource, err);
        arena_reset(&r.arena);
    }
    arena_free(&r.arena);
    buf_free(&r.properties);
    return result;
}
