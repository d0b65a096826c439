#include "inspect/image_secrets.h"

#include "base/cage.h"
#include "base/limits.h"
#include "base/map.h"
#include "doc/pack.h"
#include "inspect/pass_secrets.h"

/* So that assignments are read as those of an environment. */
static const struct str as_environment = {".env", 4};
static const struct str as_command = {"command", 7};

struct looking {
    const struct image *image;
    const struct secret_set *set;
};

struct texts {
    struct pass_secrets secrets;
    struct facts facts;
};

/* ---- in the cage */

/* The facts of one text, behind a FACT_FILE that has the item as its path. */
static int look(struct texts *texts, struct str item, struct str text, struct str as, struct err *err) {
    if (!pass_secrets_begin(&texts->secrets, as, text.n)) {
        return 0;
    }
    texts->secrets.path = item;
    int r = pass_secrets_feed(&texts->secrets, text, err);
    int end = pass_secrets_end(&texts->secrets, err);
    return r < 0 ? r : end;
}

static int look_at_list(struct texts *texts, struct arena *arena, const struct doc *list, const char *what,
                        struct str as, struct err *err) {
    int r = 0;
    for (size_t i = 0; r == 0 && i < doc_count(list); i++) {
        const struct doc *entry = doc_at(list, i);
        struct str text = doc_str(doc_is(entry, DOC_MAP) ? doc_get(entry, STR("created_by")) : entry), name,
                   value;
        bool is_assignment = str_eq(as, as_environment) && str_cut(text, '=', &name, &value);
        struct str item = is_assignment ? arena_strf(arena, "%s %.*s", what, STR_ARG(name))
                                        : arena_strf(arena, "%s %zu", what, i + 1);
        r = item.p ? look(texts, item, text, as, err) : err_memory(err);
    }
    return r;
}

static int look_at_labels(struct texts *texts, struct arena *arena, const struct doc *labels,
                          struct err *err) {
    int r = 0;
    for (size_t i = 0; r == 0 && doc_is(labels, DOC_MAP) && i < labels->map.n; i++) {
        const struct doc_member *label = &labels->map.members[i];
        struct str item = arena_strf(arena, "label %.*s", STR_ARG(label->key));
        struct str text = arena_strf(arena, "%.*s=%.*s", STR_ARG(label->key), STR_ARG(doc_str(label->value)));
        r = item.p && text.p ? look(texts, item, text, as_environment, err) : err_memory(err);
    }
    return r;
}

static int look_at_all(struct texts *texts, struct arena *arena, const struct doc *root, struct err *err) {
    const struct doc *config = doc_get(root, STR("config"));
    int r = look_at_list(texts, arena, doc_get(config, STR("Env")), "env", as_environment, err);
    r = r == 0 ? look_at_labels(texts, arena, doc_get(config, STR("Labels")), err) : r;
    r = r == 0 ? look_at_list(texts, arena, doc_get(config, STR("Entrypoint")), "entrypoint", as_command, err)
               : r;
    r = r == 0 ? look_at_list(texts, arena, doc_get(config, STR("Cmd")), "cmd", as_command, err) : r;
    return r == 0 ? look_at_list(texts, arena, doc_get(root, STR("history")), "history", as_command, err) : r;
}

static int look_in_cage(void *ctx, struct cage_port *port, struct err *err) {
    const struct looking *looking = ctx;
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    struct texts texts = {.facts = {buf_new(LIMIT_RECORD)}};
    struct cursor in = cursor_over(looking->image->config);
    const struct doc *root;
    int r = pass_secrets_open(&texts.secrets, looking->set, &texts.facts, err);
    r = r == 0 ? doc_unpack(&arena, &in, &root, err) : r;
    r = r == 0 ? look_at_all(&texts, &arena, root, err) : r;
    r = r == 0 && texts.facts.out.failed ? err_memory(err) : r;
    r = r == 0 ? cage_port_write(port, buf_view(&texts.facts.out), err) : r;
    pass_secrets_close(&texts.secrets);
    buf_free(&texts.facts.out);
    return r;
}

/* ---- outside */

/* The history repeats what the environment says: the first counts. */
static int take_secret(struct arena *arena, struct map *known, struct str item,
                       const struct secret_fact *fact, struct inventory_secret *out, size_t *n,
                       struct err *err) {
    bool is_new;
    struct str key = arena_strf(arena, "%.*s:%.*s", STR_ARG(fact->rule), STR_ARG(fact->hash));
    if (!key.p || !map_put(known, key, &is_new)) {
        return err_memory(err);
    }
    if (is_new) {
        out[(*n)++] = (struct inventory_secret){.item = item, .fact = *fact};
    }
    return 0;
}

static int add_facts(struct arena *arena, struct str facts, struct inventory *inventory, struct err *err) {
    struct map known = map_new(arena);
    struct cursor in = cursor_over(facts);
    struct fact fact;
    struct str item = STR_NONE;
    size_t n = inventory->secrets_n;
    int r;
    enum { LEAST = 8 + 16 }; /* bytes of one fact */
    struct inventory_secret *all = arena_array(arena, n + facts.n / LEAST + 1, sizeof *all);
    if (!all) {
        return err_memory(err);
    }
    if (n) {
        memcpy(all, inventory->secrets, n * sizeof *all);
    }
    while ((r = facts_next(&in, arena, &fact, err)) == 1) {
        item = fact.kind == FACT_FILE ? fact.path : item;
        r = fact.kind == FACT_SECRET ? take_secret(arena, &known, item, &fact.secret, all, &n, err) : 0;
        if (r < 0) {
            return r;
        }
    }
    inventory->secrets = all;
    inventory->secrets_n = n;
    return r;
}

static int read_anew(const struct image *image, const struct read_options *options, struct buf *out,
                     struct err *err) {
    struct looking looking = {image, options->secrets};
    const struct cage_job job = {.run = look_in_cage,
                                 .ctx = &looking,
                                 .memory = 224 * MIB,
                                 .output_cap = LIMIT_RECORD,
                                 .stall_seconds = LIMIT_STALL_SECONDS,
                                 .is_open = options->is_open};
    int r = cage_call(&job, out, err);
    return r < 0 ? err_at(err, "secrets of the image's configuration") : 0;
}

int read_image_secrets(const struct image *image, const struct read_options *options, struct arena *arena,
                       struct inventory *inventory, struct err *err) {
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_RECORD);
    _cleanup_(mapping_free) struct mapping kept = {0};
    struct str facts;
    if (!options->secrets || !image->config.n) {
        return 0;
    }
    if (!layer_cache_get(&options->cache, image->digest, &kept, &facts)) {
        if (secret_set_open(options->secrets, NULL) < 0) {
            return 0; /* the set says why */
        }
        int r = read_anew(image, options, &out, err);
        if (r < 0) {
            return r;
        }
        layer_cache_put(&options->cache, image->digest, &out);
        facts = buf_view(&out);
    }
    facts = arena_str(arena, facts);
    return facts.p ? add_facts(arena, facts, inventory, err) : err_memory(err);
}
