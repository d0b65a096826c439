#include "inspect/bills/reading.h"

#include "base/limits.h"
#include "doc/json.h"
#include "model/ecosystem.h"
#include "model/purl.h"

/* What of the bill is left out is said, not silently lost. */
static int add_problem(struct reading *r, uint32_t line, struct str message) {
    if (r->problems.n >= LIMIT_PROBLEMS) {
        return 0;
    }
    struct problem *problem = VEC_PUSH(r->arena, &r->problems);
    if (!problem) {
        return err_memory(r->err);
    }
    problem->place = arena_strf(r->arena, "%.*s:%u", STR_ARG(r->path), line);
    problem->message = message;
    problem->is_incomplete = true;
    return problem->place.p && message.p ? 0 : err_memory(r->err);
}

/* Our own words in a bill: an object, or NULL when it is none; then the standard's words are taken. */
static const struct doc *own_words(struct reading *r, struct str json) {
    const struct doc *root = NULL;
    struct err ignored = ERR_NONE;
    return json.n && json_parse(r->arena, json, &root, &ignored) == 0 && doc_is(root, DOC_MAP) ? root : NULL;
}

/* ---- packages */

static int32_t layer_of(const struct reading *r, struct str id) {
    for (size_t i = 0; id.n && i < r->layers.n; i++) {
        if (str_eq(r->layers.p[i].diff_id, id) || str_eq(r->layers.p[i].digest, id)) {
            return (int32_t)i + 1;
        }
    }
    return 0;
}

/* "debian-12" → "Debian:12"; without the qualifier, the bill's operating system when the namespace is its. */
static struct str ecosystem_of(struct reading *r, const struct purl *purl, enum package_type type) {
    struct str language = ecosystem_of_type(type), id, version;
    if (language.n) {
        return language;
    }
    if (str_cut(purl->distro, '-', &id, &version) && version.n) {
        struct str ecosystem = ecosystem_of_os(r->arena, id, version);
        if (ecosystem.n) {
            return ecosystem;
        }
    }
    const struct os *os = &r->bill->inventory.os;
    bool is_of_os = type == PACKAGE_DEB || type == PACKAGE_RPM || type == PACKAGE_APK;
    return is_of_os ? ecosystem_of_os(r->arena, os->id.n ? os->id : purl->namespace, os->version_id)
                    : STR_NONE;
}

static bool is_sane(const struct package_record *record) {
    return record->package.name.n && record->package.name.n <= LIMIT_FIELD &&
           record->package.version.n <= LIMIT_FIELD && record->purl.n <= LIMIT_RECORD / 16;
}

static bool from_purl(struct reading *r, const struct stated *stated, struct package_record *out) {
    struct purl purl;
    struct package package;
    if (!purl_parse(r->arena, stated->purl, &purl) || !purl_to_package(r->arena, &purl, &package)) {
        return false;
    }
    package.source_name = package.source_name.n ? package.source_name : stated->source_name;
    package.source_version = package.source_version.n ? package.source_version : stated->source_version;
    package.licence = stated->licence.n <= LIMIT_FIELD ? stated->licence : STR_NONE;
    package.checksum = stated->checksum;
    package.line = stated->path.n ? 0 : stated->line;
    int32_t layer = layer_of(r, stated->layer);
    *out = (struct package_record){.package = package,
                                   .purl = stated->purl,
                                   .ecosystem = ecosystem_of(r, &purl, package.type),
                                   .path = stated->path.n ? stated->path : r->path,
                                   .layer = layer,
                                   .is_in_base = layer && r->layers.p[layer - 1].is_in_base};
    return true;
}

static int remember(struct reading *r, struct str ref) {
    bool is_new;
    uint64_t *slot = ref.n ? map_put(&r->by_ref, ref, &is_new) : NULL;
    if (slot) {
        *slot = is_new ? r->packages.n : *slot;
    }
    return slot || !ref.n ? 0 : err_memory(r->err);
}

int reading_add(struct reading *r, const struct stated *stated) {
    struct package_record record;
    struct err ignored = ERR_NONE;
    bool is_ours = stated->record.n &&
                   package_record_read(r->arena, stated->record, &record, &ignored) == 0 &&
                   record.layer <= (int32_t)r->layers.n;
    if (!is_ours && !stated->purl.n) {
        return 0;
    }
    if (!is_ours && !from_purl(r, stated, &record)) {
        return add_problem(r, stated->line,
                           arena_strf(r->arena, "'%.*s' is no package URL that is known here",
                                      STR_ARG(str_sub(stated->purl, 0, MIN(stated->purl.n, 200)))));
    }
    if (!is_sane(&record)) {
        return add_problem(r, stated->line, STR("a name or version is missing, or too long"));
    }
    if (r->packages.n == LIMIT_PACKAGES) {
        return err_set(r->err, ERR_LIMIT, "more than %d packages", LIMIT_PACKAGES);
    }
    struct package_record *slot = VEC_PUSH(r->arena, &r->packages);
    if (!slot) {
        return err_memory(r->err);
    }
    *slot = record;
    return remember(r, stated->ref);
}

/* ---- needs */

struct need_list {
    struct package_need *p;
    size_t n, cap;
};

int reading_need(struct reading *r, struct str from, struct str to) {
    const uint64_t *a = map_get(&r->by_ref, from), *b = map_get(&r->by_ref, to);
    if (!a || !b) {
        return 0;
    }
    struct package_record *record = &r->packages.p[*a - 1];
    uint64_t *slot = map_put(&r->needs, str_n((const char *)a, sizeof *a), NULL);
    struct need_list *list =
        slot && *slot ? (struct need_list *)(uintptr_t)*slot : arena_alloc(r->arena, sizeof *list);
    if (!slot || !list) {
        return err_memory(r->err);
    }
    if (!*slot) {
        *list = (struct need_list){0};
        *slot = (uint64_t)(uintptr_t)list;
    }
    struct package_need *need = VEC_PUSH(r->arena, list);
    if (!need) {
        return err_memory(r->err);
    }
    const struct package *needed = &r->packages.p[*b - 1].package;
    *need = (struct package_need){needed->name, needed->version};
    record->package.needs = list->p;
    record->package.needs_n = list->n;
    return 0;
}

/* ---- what it is of */

int reading_layer(struct reading *r, struct str json, struct str id) {
    const struct doc *own = own_words(r, json);
    int64_t size = 0;
    (void)doc_int(doc_get(own, STR("size")), &size);
    if (r->layers.n == LIMIT_LAYERS) {
        return err_set(r->err, ERR_LIMIT, "more than %d layers", LIMIT_LAYERS);
    }
    struct image_layer *layer = VEC_PUSH(r->arena, &r->layers);
    if (!layer) {
        return err_memory(r->err);
    }
    *layer = (struct image_layer){.diff_id = own ? doc_text(own, "diffId") : id,
                                  .digest = doc_text(own, "digest"),
                                  .created_by = doc_text(own, "createdBy"),
                                  .size = size > 0 ? (uint64_t)size : 0,
                                  .is_in_base = doc_bool(doc_get(own, STR("isBase")), false)};
    r->bill->image.base.layers += layer->is_in_base;
    return 0;
}

int reading_os(struct reading *r, struct str json, struct str id, struct str version, struct str name) {
    const struct doc *own = own_words(r, json);
    struct os *os = &r->bill->inventory.os;
    if (os->id.n) {
        return 0;
    }
    *os = (struct os){.id = own ? doc_text(own, "id") : id,
                      .version_id = own ? doc_text(own, "versionId") : version,
                      .name = name,
                      .codename = doc_text(own, "codename"),
                      .exact = version};
    r->bill->inventory.ecosystem = ecosystem_of_os(r->arena, os->id, os->version_id);
    return 0;
}

int reading_subject(struct reading *r, struct str json, bool is_image, struct str name, struct str key) {
    const struct doc *own = own_words(r, json);
    struct image *image = &r->bill->image;
    r->bill->name = name;
    r->bill->is_of_image = is_image;
    image->name = name;
    image->digest = key;
    image->platform = doc_text(own, "platform");
    image->manifest_digest = doc_text(own, "manifestDigest");
    image->created = doc_text(own, "created");
    image->base.reference = doc_text(own, "base");
    return 0;
}
