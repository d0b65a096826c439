#include "report/bill.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/map.h"
#include "model/licence.h"

/* ---- packages */

struct loading {
    struct bill *bill;
    size_t n; /* packages taken */
};

static int take_package(void *ctx, const struct asset *asset, struct err *err) {
    struct loading *loading = ctx;
    struct bill *bill = loading->bill;
    struct bill_package *package = &bill->packages[loading->n++];
    package->asset = (struct asset){.id = asset->id,
                                    .kind = asset->kind,
                                    .key = arena_str(&bill->arena, asset->key),
                                    .properties = arena_str(&bill->arena, asset->properties)};
    if (!package->asset.key.p || !package->asset.properties.p) {
        return err_memory(err);
    }
    int r = package_record_read(&bill->arena, package->asset.properties, &package->record, err);
    return r < 0 ? r
                 : licence_expression(&bill->arena, package->record.package.licence, &package->licence, err);
}

static int load_packages(struct bill *bill, struct store *store, struct err *err) {
    struct loading loading = {bill, 0};
    int r = store_count_assets(store, bill->run.id, ASSET_PACKAGE, &bill->packages_n, err);
    if (r < 0) {
        return r;
    }
    bill->packages = arena_array(&bill->arena, bill->packages_n + 1, sizeof *bill->packages);
    return bill->packages ? store_each_asset(store, bill->run.id, ASSET_PACKAGE, take_package, &loading, err)
                          : err_memory(err);
}

/* ---- needs */

static struct str id_key(const int64_t *id) {
    return str_n((const char *)id, sizeof *id);
}

static int number_packages(struct bill *bill, struct map *numbers, struct err *err) {
    for (size_t i = 0; i < bill->packages_n; i++) {
        uint64_t *slot = map_put(numbers, id_key(&bill->packages[i].asset.id), NULL);
        if (!slot) {
            return err_memory(err);
        }
        *slot = i;
    }
    return 0;
}

static int compare_numbers(const void *a, const void *b) {
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* Edges come by from, so those of a package lie together. */
static int join_needs(struct bill *bill, const struct edge_list *edges, const struct map *numbers,
                      struct err *err) {
    size_t *needs = arena_array(&bill->arena, edges->n + 1, sizeof *needs);
    size_t used = 0;
    if (!needs) {
        return err_memory(err);
    }
    for (size_t i = 0; i < edges->n; i++) {
        const struct edge *edge = &edges->p[i];
        const uint64_t *from = edge->kind == EDGE_NEEDS ? map_get(numbers, id_key(&edge->from)) : NULL;
        const uint64_t *to = from ? map_get(numbers, id_key(&edge->to)) : NULL;
        if (!to) {
            continue;
        }
        struct bill_package *package = &bill->packages[*from];
        package->needs = package->needs_n ? package->needs : needs + used;
        package->needs_n++;
        needs[used++] = (size_t)*to;
        bill->packages[*to].is_needed = true;
    }
    for (size_t i = 0; i < bill->packages_n; i++) {
        struct bill_package *package = &bill->packages[i];
        if (package->needs_n) {
            qsort(needs + (package->needs - needs), package->needs_n, sizeof *needs, compare_numbers);
        }
    }
    return 0;
}

static int load_needs(struct bill *bill, struct store *store, struct err *err) {
    _cleanup_(arena_free) struct arena scratch = arena_new(2 * GIB);
    struct map numbers = map_new(&scratch);
    struct edge_list edges;
    int r = number_packages(bill, &numbers, err);
    r = r < 0 ? r : store_get_edges(store, &scratch, bill->run.id, &edges, err);
    return r < 0 ? r : join_needs(bill, &edges, &numbers, err);
}

/* ---- the whole */

/* Of what was scanned and when, so that the same bill has the same one (RFC 9562, version 8). */
static int name_bill(struct bill *bill, struct err *err) {
    char hex[SHA256_HEX + 1];
    struct str key =
        arena_strf(&bill->arena, "%.*s %lld", STR_ARG(bill->subject.key), (long long)bill->run.started);
    if (!key.p || sha256_hex(key, hex) < 0) {
        return err_memory(err);
    }
    hex[12] = '8';
    hex[16] = "89ab"[hex[16] & 3];
    snprintf(bill->uuid, sizeof bill->uuid, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
             hex + 20);
    clock_format(bill->run.started, bill->time);
    return 0;
}

/* A run that found nothing to look at has none: then the bill is of what was named. */
static int load_subject(struct bill *bill, struct store *store, struct err *err) {
    if (bill->run.subject) {
        return store_get_asset(store, &bill->arena, bill->run.subject, &bill->subject, err);
    }
    bill->subject = (struct asset){
        .kind = ASSET_DIRECTORY, .key = bill->run.target, .name = bill->run.target, .properties = STR("{}")};
    return 0;
}

int bill_load(struct bill *bill, struct store *store, int64_t run, const struct report_options *options,
              struct err *err) {
    *bill = (struct bill){.arena = arena_new(2 * GIB), .options = options};
    int r = store_get_run(store, &bill->arena, run, &bill->run, err);
    r = r < 0 ? r : load_subject(bill, store, err);
    r = r < 0 ? r : store_get_assets(store, &bill->arena, run, ASSET_OS, &bill->systems, err);
    r = r < 0 ? r : store_get_assets(store, &bill->arena, run, ASSET_LAYER, &bill->layers, err);
    r = r < 0 ? r : load_packages(bill, store, err);
    r = r < 0 ? r : load_needs(bill, store, err);
    return r < 0 ? r : name_bill(bill, err);
}

void bill_free(struct bill *bill) {
    arena_free(&bill->arena);
}

int bill_drain(const struct bill *bill, struct buf *out, struct err *err) {
    const struct report_options *o = bill->options;
    if (out->failed) {
        return err_memory(err);
    }
    return o->drain && out->n >= MIB ? o->drain(o->drain_ctx, out, err) : 0;
}

bool bill_checksum_of(const struct bill_package *package, struct bill_checksum *out) {
    static const struct {
        struct str name;
        const char *cyclonedx, *spdx;
        size_t digits;
    } algorithms[] = {
        {STR("md5"), "MD5", "MD5", 32},
        {STR("sha1"), "SHA-1", "SHA1", 40},
        {STR("sha256"), "SHA-256", "SHA256", 64},
        {STR("sha384"), "SHA-384", "SHA384", 96},
        {STR("sha512"), "SHA-512", "SHA512", 128},
    };
    struct str name;
    str_cut(package->record.package.checksum, ':', &name, &out->digits);
    for (size_t i = 0; i < ARRAY_SIZE(algorithms); i++) {
        if (str_eq(name, algorithms[i].name) && out->digits.n == algorithms[i].digits) {
            out->cyclonedx = algorithms[i].cyclonedx;
            out->spdx = algorithms[i].spdx;
            return true;
        }
    }
    return false;
}

void bill_put(struct json_writer *w, const char *key, struct str value) {
    json_key(w, str_c(key));
    json_str(w, value);
}
