/* Entries of a table out of runs, and as YAML. */
#include "base/clock.h"
#include "base/limits.h"
#include "base/map.h"
#include "doc/json.h"
#include "doc/json_write.h"
#include "policy/bases/table.h"

/* ---- YAML. A JSON string is a YAML one, and a JSON list a YAML one. */

static void put_line(struct buf *out, const char *indent, const char *key, struct str value) {
    if (value.n) {
        struct json_writer w = json_writer_new(out, 0);
        buf_printf(out, "%s%s: ", indent, key);
        json_str(&w, value);
        buf_c(out, "\n");
    }
}

static void put_os(struct buf *out, const struct base_entry *entry) {
    if (!entry->os_id.n) {
        return;
    }
    struct json_writer w = json_writer_new(out, 0);
    buf_c(out, "    os: {id: ");
    json_str(&w, entry->os_id);
    if (entry->os_version.n) {
        w = json_writer_new(out, 0);
        buf_c(out, ", version: ");
        json_str(&w, entry->os_version);
    }
    buf_c(out, "}\n");
}

/* [type, name, version, arch, source's name and version, what is linked], without empty ones at the end. */
static void put_package(struct buf *out, const struct package *package) {
    const struct str columns[] = {str_c(package_type_name(package->type)),
                                  package->name,
                                  package->version,
                                  package->arch,
                                  package->source_name,
                                  package->source_version};
    bool knows_linked = package->flags & PACKAGE_KNOWS_LINKED;
    size_t n = ARRAY_SIZE(columns);
    while (!knows_linked && n > 3 && !columns[n - 1].n) {
        n--;
    }
    struct json_writer w = json_writer_new(out, 0);
    json_begin_array(&w);
    for (size_t i = 0; i < n; i++) {
        json_str(&w, columns[i]);
    }
    if (knows_linked) {
        json_begin_array(&w);
        for (size_t i = 0; i < package->linked_n; i++) {
            json_str(&w, package->linked[i]);
        }
        json_end(&w);
    }
    json_end(&w);
}

void base_entry_write(struct buf *out, const struct base_entry *entry) {
    char created[CLOCK_TEXT];
    clock_format(entry->created, created);
    put_line(out, "  - ", "name", entry->name);
    put_line(out, "    ", "version", entry->version);
    put_line(out, "    ", "reference", entry->reference);
    put_line(out, "    ", "digest", entry->digest);
    buf_printf(out, "    created: %s\n", created);
    put_line(out, "    ", "platform", entry->platform);
    put_os(out, entry);
    buf_c(out, "    layers:\n");
    for (size_t i = 0; i < entry->layers_n; i++) {
        buf_printf(out, "      - %.*s\n", STR_ARG(entry->layers[i]));
    }
    buf_printf(out, "    packages:%s\n", entry->packages_n ? "" : " []");
    for (size_t i = 0; i < entry->packages_n; i++) {
        buf_c(out, "      - ");
        put_package(out, &entry->packages[i].package);
        buf_c(out, "\n");
    }
}

/* ---- runs */

struct taking {
    struct arena *arena;
    struct base_entry *entry;
    struct map known; /* what tells packages apart */
    VEC(struct package_record) packages;
};

static bool keep_text(struct arena *arena, struct str *text) {
    *text = arena_str(arena, *text);
    return text->p;
}

/* As the table has it: the same package at several places is one. */
static struct str key_of(struct arena *arena, const struct package *p) {
    return arena_strf(arena, "%d%c%.*s%c%.*s%c%.*s%c%.*s%c%.*s%c%zu", p->type, 0, STR_ARG(p->name), 0,
                      STR_ARG(p->version), 0, STR_ARG(p->arch), 0, STR_ARG(p->source_name), 0,
                      STR_ARG(p->source_version), 0, p->linked_n);
}

/* What belongs to a distribution's package is judged by that one, and left out. */
static int take_package(void *ctx, const struct asset *asset, struct err *err) {
    struct taking *t = ctx;
    struct package_record record;
    bool is_new = false;
    int r = package_record_read(t->arena, asset->properties, &record, err);
    if (r < 0 || record.owner.n) {
        return r;
    }
    struct str key = key_of(t->arena, &record.package);
    if (!key.p || !map_put(&t->known, key, &is_new)) {
        return err_memory(err);
    }
    if (is_new && t->packages.n == LIMIT_BASE_PACKAGES) {
        return err_set(err, ERR_LIMIT, "the image has more than %d packages: that is no base",
                       LIMIT_BASE_PACKAGES);
    }
    struct package_record *slot = is_new ? VEC_PUSH(t->arena, &t->packages) : NULL;
    if (slot) {
        *slot = record;
    }
    return slot || !is_new ? 0 : err_memory(err);
}

static int take_layers(struct arena *arena, struct store *store, int64_t run, struct base_entry *out,
                       struct err *err) {
    struct asset_list list;
    int r = store_get_assets(store, arena, run, ASSET_LAYER, &list, err);
    struct str *layers = r == 0 ? arena_array(arena, list.n + 1, sizeof *layers) : NULL;
    if (!layers) {
        return r < 0 ? r : err_memory(err);
    }
    for (size_t i = 0; r == 0 && i < list.n; i++) {
        const struct doc *root;
        r = json_parse(arena, list.p[i].properties, &root, err);
        layers[i] = r == 0 ? doc_text(root, "diffId") : STR_NONE;
    }
    out->layers = layers;
    out->layers_n = list.n;
    return r;
}

static int take_os(struct arena *arena, struct store *store, int64_t run, struct base_entry *out,
                   struct err *err) {
    struct asset_list list;
    const struct doc *root;
    int r = store_get_assets(store, arena, run, ASSET_OS, &list, err);
    if (r < 0 || !list.n) {
        return r;
    }
    r = json_parse(arena, list.p[0].properties, &root, err);
    out->os_id = r == 0 ? doc_text(root, "id") : STR_NONE;
    out->os_version = r == 0 ? doc_text(root, "versionId") : STR_NONE;
    return r;
}

static int take_identity(struct arena *arena, struct store *store, const struct run *run,
                         struct base_entry *out, struct err *err) {
    struct asset image;
    const struct doc *root;
    int r = store_get_asset(store, arena, run->subject, &image, err);
    r = r == 0 ? json_parse(arena, image.properties, &root, err) : r;
    if (r < 0) {
        return r;
    }
    if (image.kind != ASSET_IMAGE) {
        return err_set(err, ERR_USAGE, "%.*s is no image, so it can be no base", STR_ARG(run->target));
    }
    out->reference = image.name;
    out->digest = doc_text(root, "manifestDigest");
    out->platform = doc_text(root, "platform");
    if (!clock_parse(doc_text(root, "created"), &out->created) || out->created <= 0) {
        out->created = 0;
    }
    bool has_all = keep_text(arena, &out->reference) && keep_text(arena, &out->digest) &&
                   keep_text(arena, &out->platform);
    return has_all ? 0 : err_memory(err);
}

int base_entry_of_run(struct arena *arena, struct store *store, int64_t run_id, struct base_entry *out,
                      struct err *err) {
    struct taking t = {.arena = arena, .entry = out, .known = map_new(arena)};
    struct run run;
    *out = (struct base_entry){0};
    int r = store_get_run(store, arena, run_id, &run, err);
    r = r == 0 ? take_identity(arena, store, &run, out, err) : r;
    r = r == 0 ? take_layers(arena, store, run_id, out, err) : r;
    r = r == 0 ? take_os(arena, store, run_id, out, err) : r;
    r = r == 0 ? store_each_asset(store, run_id, ASSET_PACKAGE, take_package, &t, err) : r;
    if (r == 0 && !out->layers_n) {
        r = err_set(err, ERR_INPUT, "%.*s has no layers, so nothing can be built on it", STR_ARG(run.target));
    }
    out->packages = t.packages.p;
    out->packages_n = t.packages.n;
    out->knows_packages = r == 0;
    return r;
}
