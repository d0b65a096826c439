#include "infra/compose/rebase.h"

#include "base/limits.h"
#include "doc/build.h"
#include "infra/compose/path.h"
#include "infra/compose/short.h"

struct rebasing {
    struct arena *arena;
    struct str prefix; /* from "to" to "from": "../other" */
};

static bool is_relative(const struct doc *d) {
    return doc_is(d, DOC_STRING) && d->s.n && d->s.p[0] != '/' && d->s.p[0] != '~' && d->s.p[0] != '\\' &&
           str_find(d->s, STR("://")) < 0 && !str_starts(d->s, STR("git@"));
}

/* Adds a part to a path of n bytes, which may begin with "..": its new length. */
static size_t add_part(char *out, size_t n, struct str part) {
    struct str last = str_basename(str_n(out, n));
    if (part.n == 0 || str_eq(part, STR("."))) {
        return n;
    }
    if (str_eq(part, STR("..")) && n && !str_eq(last, STR(".."))) {
        return str_dirname(str_n(out, n)).n;
    }
    if (n) {
        out[n++] = '/';
    }
    memcpy(out + n, part.p, part.n);
    return n + part.n;
}

static const struct doc *rebase_path(struct rebasing *in, const struct doc *d) {
    if (!is_relative(d)) {
        return d;
    }
    size_t n = 0;
    char *joined = arena_alloc(in->arena, in->prefix.n + d->s.n + 2);
    if (!joined) {
        return NULL;
    }
    for (struct str rest = in->prefix, part; str_split(&rest, '/', &part);) {
        n = add_part(joined, n, part);
    }
    for (struct str rest = d->s, part; str_split(&rest, '/', &part);) {
        n = add_part(joined, n, part);
    }
    return doc_new_string(in->arena, d->at, n ? str_n(joined, n) : STR("."));
}

/* A named volume is no path. */
static bool is_file(const struct path *path, const struct doc *map) {
    static const struct str paths[] = {
        STR("services.*.build.context"), STR("services.*.env_file.*.path"),
        STR("services.*.label_file.*"),  STR("secrets.*.file"),
        STR("configs.*.file"),           STR("services.*.develop.watch.*.path")};
    if (path_is(path, STR("services.*.volumes.*.source"))) {
        return str_eq(doc_str(doc_get(map, STR("type"))), STR("bind"));
    }
    for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
        if (path_is(path, paths[i])) {
            return true;
        }
    }
    return false;
}

/* parent is the map or list that d is in. Bounded by the depth of the model. */
static const struct doc *rebase(struct rebasing *in, const struct path *path, const struct doc *parent,
                                const struct doc *d) {
    struct map_maker m = {.arena = in->arena, .at = d->at};
    struct list_maker l = {.arena = in->arena};
    if (!doc_is(d, DOC_MAP) && !doc_is(d, DOC_LIST)) {
        return is_file(path, parent) ? rebase_path(in, d) : d;
    }
    for (size_t i = 0; i < doc_count(d); i++) {
        const struct doc_member *member = d->kind == DOC_MAP ? &d->map.members[i] : NULL;
        const struct path next = {path, member ? member->key : STR("*")};
        const struct doc *value = rebase(in, &next, d, member ? member->value : d->list.items[i]);
        if (member) {
            map_maker_put(&m, member->key, member->at, value);
        } else {
            list_maker_put(&l, value);
        }
    }
    return d->kind == DOC_MAP ? map_maker_done(&m) : list_maker_done(&l, d->at);
}

/* How one who is in "to" names "from"; both below the root. p is NULL when there is no memory. */
static struct str prefix_of(struct arena *arena, struct str to, struct str from) {
    struct str a = to, b = from, part_a, part_b, rest_a = a, rest_b = b;
    while (a.n && b.n && str_split(&a, '/', &part_a) && str_split(&b, '/', &part_b) &&
           str_eq(part_a, part_b)) {
        rest_a = a;
        rest_b = b;
    }
    size_t up = 0, n = 0;
    for (struct str rest = rest_a, part; rest.n && str_split(&rest, '/', &part);) {
        up++;
    }
    char *text = arena_alloc(arena, up * 3 + rest_b.n + 1);
    if (!text) {
        return STR_NONE;
    }
    for (size_t i = 0; i < up; i++, n += 3) {
        memcpy(text + n, "../", 3);
    }
    if (rest_b.n) {
        memcpy(text + n, rest_b.p, rest_b.n);
    }
    return str_n(text, n + rest_b.n);
}

static int rebase_at(struct arena *arena, const struct path *path, struct str to, struct str from,
                     const struct doc **d, struct err *err) {
    if (str_eq(to, from)) {
        return 0;
    }
    struct rebasing in = {arena, prefix_of(arena, to, from)};
    *d = in.prefix.p ? rebase(&in, path, NULL, *d) : NULL;
    return *d ? 0 : err_memory(err);
}

int compose_rebase(struct arena *arena, struct str to, struct str from, const struct doc **service,
                   struct err *err) {
    const struct path services = {NULL, STR("services")}, one = {&services, STR("*")};
    return rebase_at(arena, &one, to, from, service, err);
}

int compose_rebase_model(struct arena *arena, struct str to, struct str from, const struct doc **model,
                         struct err *err) {
    return rebase_at(arena, NULL, to, from, model, err);
}
