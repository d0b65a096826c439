#include "policy/bases/facts.h"

#include "base/clock.h"
#include "doc/build.h"
#include "doc/json.h"
#include "doc/json_write.h"
#include "source/fetch/reference.h"

enum { DAY = 24 * 60 * 60 };

static void put_bool(struct json_writer *w, const char *key, bool value) {
    json_key(w, str_c(key));
    json_bool(w, value);
}

static void put_texts(struct json_writer *w, const char *key, const struct str *texts, size_t n) {
    if (!n) {
        return;
    }
    json_key(w, str_c(key));
    json_begin_array(w);
    for (size_t i = 0; i < n; i++) {
        json_str(w, texts[i]);
    }
    json_end(w);
}

static bool fits(const struct str *globs, size_t n, struct str text) {
    for (size_t i = 0; text.n && i < n; i++) {
        if (guardrail_glob(globs[i], text, false)) {
            return true;
        }
    }
    return false;
}

/* "debian:12" is also "docker.io/library/debian:12". */
static int full_name(struct arena *arena, struct str reference, struct str *out, struct err *err) {
    struct image_reference parts;
    struct err ignored = ERR_NONE;
    *out = STR_NONE;
    int r = reference.n ? reference_parse(reference, arena, &parts, &ignored) : ERR_USAGE;
    if (r == 0) {
        *out = arena_strf(arena, "%.*s/%.*s%s%.*s", STR_ARG(parts.registry), STR_ARG(parts.repository),
                          parts.tag.n ? ":" : "", STR_ARG(parts.tag));
    }
    return r == ERR_MEMORY || (r == 0 && !out->p) ? err_memory(err) : 0;
}

/* By any of the ways in which it can be called. */
static int is_allowed_base(struct arena *arena, const struct image_base *base,
                           const struct image_rules *rules, bool *out, struct err *err) {
    struct str full, title = arena_strf(arena, "%.*s:%.*s", STR_ARG(base->name), STR_ARG(base->version));
    int r = full_name(arena, base->reference, &full, err);
    const struct str names[] = {base->reference, base->name, base->version.n ? title : STR_NONE, full};
    *out = false;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        *out |= fits(rules->bases, rules->bases_n, names[i]);
    }
    return r == 0 && !title.p ? err_memory(err) : r;
}

static int put_base(struct json_writer *w, struct arena *arena, const struct image_base *base,
                    const struct image_rules *rules, int64_t now, struct err *err) {
    char created[CLOCK_TEXT];
    json_key(w, STR("base"));
    json_begin_object(w);
    json_member_text(w, STR("name"), base->name);
    json_member_text(w, STR("version"), base->version);
    json_member_text(w, STR("reference"), base->reference);
    json_member_text(w, STR("digest"), base->digest);
    json_member_text(w, STR("namedBy"), str_c(base_evidence_name(base->named_by)));
    json_member_text(w, STR("layersBy"), str_c(base_evidence_name(base->layers_by)));
    if (base->layers) {
        json_key(w, STR("layers"));
        json_uint(w, base->layers);
    }
    if (base->created > 0) {
        clock_format(base->created, created);
        json_member_text(w, STR("created"), str_c(created));
        json_key(w, STR("ageDays"));
        json_int(w, MAX(now - base->created, 0) / DAY);
    }
    bool allowed = false;
    int r = rules->bases_n && base->name.n ? is_allowed_base(arena, base, rules, &allowed, err) : 0;
    if (rules->bases_n && base->name.n) {
        put_bool(w, "isAllowed", allowed);
    }
    if (base->name.n) {
        put_bool(w, "isPinned", base->is_pinned);
    }
    json_end(w);
    return r;
}

static void put_reference(struct json_writer *w, const struct image *image, const struct image_rules *rules) {
    if (!image->registry.n) {
        return;
    }
    json_key(w, STR("reference"));
    json_begin_object(w);
    json_member_text(w, STR("registry"), image->registry);
    json_member_text(w, STR("repository"), image->repository);
    put_bool(w, "isPinned", image->is_pinned);
    if (rules->registries_n) {
        put_bool(w, "isAllowed", fits(rules->registries, rules->registries_n, image->registry));
    }
    json_end(w);
}

static void put_rules(struct json_writer *w, const struct image_rules *rules) {
    json_begin_object(w);
    put_texts(w, "bases", rules->bases, rules->bases_n);
    put_texts(w, "registries", rules->registries, rules->registries_n);
    if (rules->base_days) {
        json_key(w, STR("baseDays"));
        json_int(w, rules->base_days);
    }
    put_bool(w, "wantsPinned", rules->wants_pinned);
    json_end(w);
}

int base_facts_write(struct buf *out, struct arena *arena, const struct image *image,
                     const struct image_rules *rules, int64_t now, struct err *err) {
    struct json_writer w = json_writer_new(out, 0);
    json_begin_object(&w);
    int r = put_base(&w, arena, &image->base, rules, now, err);
    put_reference(&w, image, rules);
    json_key(&w, STR("rules"));
    put_rules(&w, rules);
    json_end(&w);
    return r == 0 ? json_finish(&w, err) : r;
}

/* ---- Dockerfiles */

int base_rules_write(struct buf *out, const struct image_rules *rules, struct err *err) {
    struct json_writer w = json_writer_new(out, 0);
    if (!rules->at.line) {
        return 0;
    }
    put_rules(&w, rules);
    return json_finish(&w, err);
}

/* The instruction as it stands in the Dockerfile's own tree does not change. */
static int add_rules(struct resources *set, struct resource *from, const struct doc *rules, struct err *err) {
    size_t n = doc_count(from->object);
    struct doc_member *members = arena_array(set->arena, n + 1, sizeof *members);
    if (!members) {
        return err_memory(err);
    }
    memcpy(members, from->object->map.members, n * sizeof *members);
    members[n] = (struct doc_member){.key = STR("rules"), .at = from->object->at, .value = rules};
    const struct doc *object = doc_new_map(set->arena, from->object->at, members, n + 1, NULL);
    from->object = object ? object : from->object;
    return object ? 0 : err_memory(err);
}

int base_rules_add(struct resources *set, struct str rules, struct err *err) {
    const struct doc *root;
    int r = json_parse(set->arena, rules, &root, err);
    for (size_t i = 0; r == 0 && i < set->all.n; i++) {
        struct resource *from = set->all.p[i]; /* a manifest may have a kind of that name too */
        if (from->source == RESOURCE_DOCKERFILE && str_eq(from->kind, STR("dockerfile.FROM"))) {
            r = add_rules(set, from, root, err);
        }
    }
    return r;
}
