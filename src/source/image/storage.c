#include "source/image/storage.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/map.h"
#include "doc/json.h"
#include "doc/toml.h"
#include "source/fetch/reference.h"

enum { ID_LEAST = 4, ID_NAME_MAX = 128 };

/* ---- names */

static bool is_lower_hex(struct str text) {
    for (size_t i = 0; i < text.n; i++) {
        if (!ascii_is_digit(text.p[i]) && (text.p[i] < 'a' || text.p[i] > 'f')) {
            return false;
        }
    }
    return text.n > 0;
}

bool storage_is_id(struct str text) {
    for (size_t i = 0; i < text.n; i++) {
        if (!ascii_is_alnum(text.p[i]) && text.p[i] != '-' && text.p[i] != '_') {
            return false;
        }
    }
    return text.n > 0 && text.n <= ID_NAME_MAX;
}

static bool is_image_id(struct str text) {
    return text.n == SHA256_HEX && is_lower_hex(text);
}

static struct str id_part(struct str text) {
    static const struct str algorithm = {"sha256:", 7};
    struct str id = str_starts(text, algorithm) ? str_from(text, algorithm.n) : text;
    return id.n >= ID_LEAST && id.n <= SHA256_HEX && is_lower_hex(id) ? id : STR_NONE;
}

static void add_repository(struct storage_query *query, struct str repository) {
    query->repositories[query->repositories_n++] = repository;
}

static int add_repositories(struct storage_query *query, const struct image_reference *reference,
                            struct str text, struct arena *arena, struct err *err) {
    static const struct str library = {"library/", 8}, hub = {"docker.io", 9};
    struct str full =
        arena_strf(arena, "%.*s/%.*s", STR_ARG(reference->registry), STR_ARG(reference->repository));
    struct str familiar = reference->repository;
    bool is_hub = str_eq(reference->registry, hub);
    if (str_starts(familiar, library)) {
        familiar = str_from(familiar, library.n);
    }
    struct str local = arena_strf(arena, "localhost/%.*s", STR_ARG(familiar));
    if (!full.p || !local.p) {
        return err_memory(err);
    }
    if (is_hub && !str_starts(text, hub) && !str_starts(text, library)) {
        add_repository(query, local);
    }
    add_repository(query, full);
    if (is_hub) {
        add_repository(query, familiar);
    }
    return 0;
}

int storage_query_parse(struct str text, struct arena *arena, struct storage_query *out, struct err *err) {
    struct image_reference reference;
    struct err why = ERR_NONE;
    *out = (struct storage_query){.id = id_part(text)};
    int r = reference_parse(text, arena, &reference, &why);
    if (r == ERR_USAGE && out->id.n) {
        return 0;
    }
    if (r < 0) {
        return err_set(err, (enum err_code)r, "%s", why.message);
    }
    out->tag = reference.tag;
    out->digest = reference.digest;
    return add_repositories(out, &reference, text, arena, err);
}

static bool is_named(const struct storage_query *query, struct str rest, struct str digest) {
    struct str value = str_from(rest, 1);
    bool is_tag = str_starts(rest, STR(":")), is_digest = str_starts(rest, STR("@"));
    if (query->digest.n) {
        return (is_digest && str_eq(value, query->digest)) ||
               ((is_tag || is_digest) && str_eq(digest, query->digest));
    }
    return is_tag && str_eq(value, query->tag);
}

unsigned storage_query_match(const struct storage_query *query, struct str name, struct str digest) {
    for (size_t i = 0; i < query->repositories_n; i++) {
        struct str repository = query->repositories[i];
        if (str_starts(name, repository) && is_named(query, str_from(name, repository.n), digest)) {
            return (unsigned)i + 1;
        }
    }
    return 0;
}

/* ---- in the cage: lists → record */

/* The best match so far. */
struct finding {
    const struct storage_query *query;
    struct storage_image best;
    unsigned rank; /* 0: none by name */
    struct storage_image by_id;
    size_t by_id_n;
};

static void consider_name(struct finding *finding, const struct storage_image *image, struct str digest) {
    unsigned rank = storage_query_match(finding->query, image->name, digest);
    if (rank && (!finding->rank || rank < finding->rank)) {
        finding->best = *image;
        finding->rank = rank;
    }
}

static void consider_id(struct finding *finding, const struct storage_image *image) {
    bool is_new = !str_eq(finding->by_id.id, image->id);
    if (finding->query->id.n && str_starts(image->id, finding->query->id) && is_new) {
        finding->by_id = *image;
        finding->by_id.name = STR_NONE;
        finding->by_id_n++;
    }
}

static int put_found(struct finding *finding, struct buf *out, struct err *err) {
    struct str id = finding->query->id;
    const struct storage_image *image = finding->rank ? &finding->best : &finding->by_id;
    if (!finding->rank && finding->by_id_n == 0) {
        return err_set(err, ERR_ABSENT, "no such image");
    }
    if (!finding->rank && finding->by_id_n > 1) {
        return err_set(err, ERR_USAGE, "several images have an id that begins with %.*s; give more of it",
                       STR_ARG(id));
    }
    wire_str(out, image->id);
    wire_str(out, image->layer);
    wire_str(out, image->name);
    return out->failed ? err_memory(err) : 0;
}

int storage_images_encode(struct str json, const struct storage_query *query, struct buf *out,
                          struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    const struct doc *root;
    int r = json_parse(&arena, json, &root, err);
    if (r < 0) {
        return r;
    }
    struct finding finding = {.query = query};
    for (size_t i = 0; i < doc_count(root); i++) {
        const struct doc *entry = doc_at(root, i), *names = doc_get(entry, STR("names"));
        struct str digest = doc_str(doc_get(entry, STR("digest")));
        struct storage_image image = {.id = doc_str(doc_get(entry, STR("id"))),
                                      .layer = doc_str(doc_get(entry, STR("layer")))};
        if (!is_image_id(image.id)) {
            continue;
        }
        consider_id(&finding, &image);
        for (size_t j = 0; j < doc_count(names); j++) {
            image.name = doc_str(doc_at(names, j));
            consider_name(&finding, &image, digest);
        }
    }
    return put_found(&finding, out, err);
}

static void consider_repository(struct finding *finding, const struct doc *names) {
    static const struct str algorithm = {"sha256:", 7};
    for (size_t i = 0; doc_is(names, DOC_MAP) && i < names->map.n; i++) {
        struct str id = doc_str(names->map.members[i].value);
        struct storage_image image = {.name = names->map.members[i].key};
        if (str_starts(id, algorithm) && is_image_id(str_from(id, algorithm.n))) {
            image.id = str_from(id, algorithm.n);
            consider_id(finding, &image);
            consider_name(finding, &image, STR_NONE);
        }
    }
}

int storage_repositories_encode(struct str json, const struct storage_query *query, struct buf *out,
                                struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    const struct doc *root;
    int r = json_parse(&arena, json, &root, err);
    if (r < 0) {
        return r;
    }
    struct finding finding = {.query = query};
    const struct doc *repositories = doc_get(root, STR("Repositories"));
    for (size_t i = 0; doc_is(repositories, DOC_MAP) && i < repositories->map.n; i++) {
        consider_repository(&finding, repositories->map.members[i].value);
    }
    return put_found(&finding, out, err);
}

static int index_layers(const struct doc *root, struct map *by_id, struct err *err) {
    for (size_t i = 0; i < doc_count(root); i++) {
        uint64_t *slot = map_put(by_id, doc_str(doc_get(doc_at(root, i), STR("id"))), NULL);
        if (!slot) {
            return err_memory(err);
        }
        *slot = i;
    }
    return 0;
}

/* From the top down; a circle ends at the limit. */
static int follow_parents(const struct doc *root, const struct map *by_id, struct str top,
                          const struct doc **chain, size_t *n, struct err *err) {
    struct str id = top;
    for (*n = 0; id.n; (*n)++) {
        const uint64_t *slot = map_get(by_id, id);
        if (!slot) {
            return err_set(err, ERR_INPUT, "layer %.*s is missing", STR_ARG(str_sub(id, 0, ID_NAME_MAX)));
        }
        if (!storage_is_id(id)) {
            return err_set(err, ERR_INPUT, "a layer has an id that can't be a file name");
        }
        if (*n == LIMIT_LAYERS) {
            return err_set(err, ERR_LIMIT, "more than %d layers, or layers in a circle", LIMIT_LAYERS);
        }
        chain[*n] = doc_at(root, (size_t)*slot);
        id = doc_str(doc_get(chain[*n], STR("parent")));
    }
    return 0;
}

int storage_layers_encode(struct str json, struct str top, struct buf *out, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    const struct doc *root, *chain[LIMIT_LAYERS];
    struct map by_id = map_new(&arena);
    size_t n = 0;
    int r = json_parse(&arena, json, &root, err);
    if (r == 0) {
        r = index_layers(root, &by_id, err);
    }
    if (r == 0) {
        r = follow_parents(root, &by_id, top, chain, &n, err);
    }
    if (r < 0) {
        return r;
    }
    wire_u32(out, (uint32_t)n);
    while (n--) {
        wire_str(out, doc_str(doc_get(chain[n], STR("id"))));
        wire_str(out, doc_str(doc_get(chain[n], STR("diff-digest"))));
    }
    return out->failed ? err_memory(err) : 0;
}

int storage_conf_encode(struct str toml, struct buf *out, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    const struct doc *root;
    int r = toml_parse(&arena, toml, &root, err);
    if (r < 0) {
        return r;
    }
    wire_str(out, doc_str(doc_path(root, "storage.graphroot")));
    return out->failed ? err_memory(err) : 0;
}

/* ---- outside: record → struct */

static int damaged(struct err *err) {
    return err_set(err, ERR_INPUT, "the reader's answer is damaged");
}

int storage_image_decode(struct str record, struct storage_image *out, struct err *err) {
    struct cursor in = cursor_over(record);
    out->id = wire_get_str(&in);
    out->layer = wire_get_str(&in);
    out->name = wire_get_str(&in);
    return in.failed || !is_image_id(out->id) ? damaged(err) : 0;
}

int storage_layers_decode(struct str record, struct arena *arena, struct storage_layer **out, size_t *n,
                          struct err *err) {
    struct cursor in = cursor_over(record);
    *n = cursor_le32(&in);
    if (in.failed || *n > LIMIT_LAYERS) {
        return damaged(err);
    }
    *out = arena_array(arena, *n, sizeof **out);
    if (!*out) {
        return err_memory(err);
    }
    for (size_t i = 0; i < *n; i++) {
        (*out)[i].id = wire_get_str(&in);
        (*out)[i].diff_id = wire_get_str(&in);
        if (in.failed || !storage_is_id((*out)[i].id)) {
            return damaged(err);
        }
    }
    return 0;
}

int storage_conf_decode(struct str record, struct str *graph_root, struct err *err) {
    struct cursor in = cursor_over(record);
    *graph_root = wire_get_str(&in);
    return in.failed ? damaged(err) : 0;
}
