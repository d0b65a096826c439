#include "doc/dockerfile/dockerfile_stage.h"

/* The parts of registry/repository:tag@digest. */
struct reference {
    struct str registry, name, tag, digest;
};

static struct reference split(struct str text) {
    struct reference ref = {0};
    str_cut(text, '@', &ref.name, &ref.digest);
    ptrdiff_t slash = str_rfind_byte(ref.name, '/');
    ptrdiff_t colon = str_rfind_byte(ref.name, ':');
    if (colon > slash) {
        ref.tag = str_from(ref.name, (size_t)colon + 1);
        ref.name = str_sub(ref.name, 0, (size_t)colon);
    }
    struct str first, rest;
    bool has_slash = str_cut(ref.name, '/', &first, &rest);
    bool is_host = has_slash && (str_find_byte(first, '.') >= 0 || str_find_byte(first, ':') >= 0 ||
                                 str_eq(first, STR("localhost")));
    if (is_host) {
        ref.registry = first;
        ref.name = rest;
    }
    return ref;
}

static bool holds_unknown(struct str s) {
    return s.n && memchr(s.p, 0, s.n);
}

/* The member, or why it is not known: when it holds what is not known, or `also`. */
static void put(struct docker_file *f, struct fields *out, struct part p, struct str key, struct str value,
                struct str reason, bool also) {
    bool is_unknown = holds_unknown(value) || also;
    size_t from = part_from(p), to = part_to(p);
    if (is_unknown) {
        fields_add(f->r, out, key, reading_unknown(f->r, from, to, reason));
    } else if (value.n) {
        fields_add(f->r, out, key, reading_string(f->r, from, to, value));
    }
}

static void put_reference(struct docker_file *f, struct fields *out, struct part p,
                          const struct expanded *text) {
    struct reference ref = split(text->text);
    bool unknown_name = holds_unknown(ref.name) || holds_unknown(ref.registry);
    struct str registry = ref.registry.n ? ref.registry : STR("docker.io");
    struct str repository = ref.name;
    bool is_official = str_eq(registry, STR("docker.io")) && ref.name.n && str_find_byte(ref.name, '/') < 0;
    if (is_official && !unknown_name) {
        repository = arena_strf(f->r->arena, "library/%.*s", STR_ARG(ref.name));
        f->r->failed = f->r->failed || !repository.p;
    }
    put(f, out, p, STR("registry"), registry, text->unknown, unknown_name);
    put(f, out, p, STR("repository"), repository, text->unknown, unknown_name);
    put(f, out, p, STR("name"), ref.name, text->unknown, unknown_name);
    put(f, out, p, STR("tag"), ref.tag, text->unknown, unknown_name && !ref.tag.n && !ref.digest.n);
    bool may_have_digest = !ref.digest.n && (unknown_name || holds_unknown(ref.tag));
    put(f, out, p, STR("digest"), ref.digest, text->unknown,
        may_have_digest && !(ref.tag.n && !holds_unknown(ref.tag)));
}

const struct doc *image_map(struct docker_file *f, struct part p, const struct expanded *text,
                            const struct stage *named) {
    struct reading *r = f->r;
    struct fields out = {0};
    size_t from = part_from(p), to = part_to(p);
    bool is_scratch = str_eq(text->text, STR("scratch"));
    fields_add(r, &out, STR("text"), expanded_node(r, p, text));
    fields_add(r, &out, STR("written"), part_string(r, p));
    if (named) {
        fields_add(r, &out, STR("stage"), reading_int(r, from, to, (int64_t)named->index));
    } else if (text->unknown.n && text->text.n <= 1) {
        fields_add(r, &out, STR("stage"), reading_unknown(r, from, to, text->unknown));
    }
    bool is_open = text->unknown.n && text->text.n <= 1;
    fields_add(r, &out, STR("scratch"),
               is_open ? reading_unknown(r, from, to, text->unknown) : reading_bool(r, from, to, is_scratch));
    if (!named && !is_scratch) {
        put_reference(f, &out, p, text);
    }
    return fields_map(r, &out, from, to);
}
