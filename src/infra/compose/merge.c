#include "infra/compose/merge.h"

#include "base/map.h"
#include "doc/build.h"
#include "infra/compose/canonical.h"
#include "infra/compose/path.h"
#include "infra/compose/short.h"

struct merging {
    struct arena *arena;
    struct err *err;
};

static int merge(struct merging *in, const struct path *path, const struct doc *base, const struct doc *over,
                 const struct doc **out);

/* ---- what an entry of a list is about ---- */

/* p is NULL when there is no memory. */
typedef struct str identify(struct arena *arena, const struct doc *entry);

static struct str whole(struct arena *arena, const struct doc *entry) {
    return doc_is(entry, DOC_STRING) ? entry->s : STR("");
}

static struct str target(struct arena *arena, const struct doc *entry) {
    return doc_is(doc_get(entry, STR("target")), DOC_STRING) ? doc_str(doc_get(entry, STR("target")))
                                                             : STR("");
}

static struct str env_path(struct arena *arena, const struct doc *entry) {
    return doc_is(doc_get(entry, STR("path")), DOC_STRING) ? doc_str(doc_get(entry, STR("path"))) : STR("");
}

static struct str subnet(struct arena *arena, const struct doc *entry) {
    return doc_is(doc_get(entry, STR("subnet")), DOC_STRING) ? doc_str(doc_get(entry, STR("subnet")))
                                                             : STR("");
}

static struct str mount(struct arena *arena, const struct doc *entry) {
    struct str where = target(arena, entry), source = doc_str(doc_get(entry, STR("source")));
    return where.n || !source.n ? where : arena_strf(arena, "/run/secrets/%.*s", STR_ARG(source));
}

static struct str config(struct arena *arena, const struct doc *entry) {
    struct str where = target(arena, entry), source = doc_str(doc_get(entry, STR("source")));
    return where.n || !source.n ? where : arena_strf(arena, "/%.*s", STR_ARG(source));
}

static struct str port(struct arena *arena, const struct doc *entry) {
    int64_t number;
    const struct doc *published = doc_get(entry, STR("published"));
    struct str host = doc_str(doc_get(entry, STR("host_ip"))),
               protocol = doc_str(doc_get(entry, STR("protocol")));
    if (!doc_int(doc_get(entry, STR("target")), &number)) {
        return STR("");
    }
    host = host.n ? host : STR("0.0.0.0");
    protocol = protocol.n ? protocol : STR("tcp");
    int64_t from = 0;
    struct str text =
        doc_int(published, &from) ? arena_strf(arena, "%lld", (long long)from) : doc_str(published);
    return arena_strf(arena, "%.*s:%.*s:%lld/%.*s", STR_ARG(host), STR_ARG(text), (long long)number,
                      STR_ARG(protocol));
}

static const struct {
    struct str path;
    identify *identify;
} unique[] = {
    {STR("services.*.build.tags"), whole},
    {STR("services.*.cap_add"), whole},
    {STR("services.*.cap_drop"), whole},
    {STR("services.*.configs"), config},
    {STR("services.*.devices"), target},
    {STR("services.*.dns"), whole},
    {STR("services.*.dns_opt"), whole},
    {STR("services.*.dns_search"), whole},
    {STR("services.*.env_file"), env_path},
    {STR("services.*.expose"), whole},
    {STR("services.*.extra_hosts"), whole},
    {STR("services.*.links"), whole},
    {STR("services.*.networks.*.aliases"), whole},
    {STR("services.*.ports"), port},
    {STR("services.*.profiles"), whole},
    {STR("services.*.secrets"), mount},
    {STR("services.*.security_opt"), whole},
    {STR("services.*.tmpfs"), whole},
    {STR("services.*.volumes"), target},
    {STR("networks.*.ipam.config"), subnet},
};

static identify *identify_of(const struct path *path) {
    for (size_t i = 0; i < ARRAY_SIZE(unique); i++) {
        if (path_is(path, unique[i].path)) {
            return unique[i].identify;
        }
    }
    return NULL;
}

/* ---- lists ---- */

struct uniting {
    struct merging *in;
    const struct path *path;
    struct list_maker out;
    struct map places; /* of an identity: its number in out, from 1 */
    identify *identify;
};

/* Of two pools of one subnet, what the later says goes over the earlier; other entries are whole. */
static int put_again(struct uniting *u, size_t i, const struct doc *entry) {
    if (u->identify == subnet) {
        return merge(u->in, u->path, u->out.items.p[i], entry, &u->out.items.p[i]);
    }
    u->out.items.p[i] = entry;
    return 0;
}

static int unite(struct uniting *u, const struct doc *list) {
    for (size_t i = 0; i < list->list.n; i++) {
        const struct doc *entry = list->list.items[i];
        struct str identity = u->identify ? u->identify(u->in->arena, entry) : STR("");
        uint64_t *slot = identity.n ? map_put(&u->places, identity, NULL) : NULL;
        if (!identity.p || (identity.n && !slot)) {
            return err_memory(u->in->err);
        }
        if (slot && *slot) {
            int rc = put_again(u, (size_t)*slot - 1, entry);
            if (rc < 0) {
                return rc;
            }
            continue;
        }
        list_maker_put(&u->out, entry);
        if (slot) {
            *slot = u->out.items.n;
        }
    }
    return u->out.failed ? err_memory(u->in->err) : 0;
}

static int merge_lists(struct merging *in, const struct path *path, const struct doc *base,
                       const struct doc *over, const struct doc **out) {
    const struct path next = {path, STR("*")};
    struct uniting u = {in, &next, {.arena = in->arena}, map_new(in->arena), identify_of(path)};
    int rc = base ? unite(&u, base) : 0;
    rc = rc < 0 ? rc : unite(&u, over);
    *out = rc < 0 ? NULL : list_maker_done(&u.out, over->at);
    return *out || rc < 0 ? rc : err_memory(in->err);
}

/* ---- maps ---- */

/* What goes over base: without tags, NULL when nothing stays. */
static int merge_member(struct merging *in, const struct path *path, const struct doc *base,
                        const struct doc *over, const struct doc **out) {
    const struct doc_member *tag = compose_tag(over);
    if (!tag) {
        return merge(in, path, base, over, out);
    }
    *out = NULL;
    return str_eq(tag->key, STR("!reset")) ? 0 : merge(in, path, NULL, tag->value, out);
}

/* The members of base, each with what over says about it. */
static int merge_known(struct merging *in, const struct path *path, const struct doc *base,
                       const struct doc *over, struct map_maker *m) {
    for (size_t i = 0; i < doc_count(base); i++) {
        const struct doc_member *old = &base->map.members[i], *new = doc_member(over, old->key);
        const struct path next = {path, old->key};
        const struct doc *value = old->value;
        int rc = new ? merge_member(in, &next, old->value, new->value, &value) : 0;
        if (rc < 0) {
            return rc;
        }
        if (value) {
            bool is_new = new &&value == new->value;
            map_maker_put(m, old->key, is_new ? new->at : old->at, value);
        }
    }
    return 0;
}

static int merge_maps(struct merging *in, const struct path *path, const struct doc *base,
                      const struct doc *over, const struct doc **out) {
    struct map_maker m = {.arena = in->arena, .at = over->at};
    int rc = merge_known(in, path, base, over, &m);
    for (size_t i = 0; rc == 0 && i < over->map.n; i++) {
        const struct doc_member *new = &over->map.members[i];
        const struct path next = {path, new->key};
        const struct doc *value = NULL;
        if (doc_get(base, new->key)) {
            continue;
        }
        rc = merge_member(in, &next, NULL, new->value, &value);
        if (rc == 0 && value) {
            map_maker_put(&m, new->key, new->at, value);
        }
    }
    if (rc < 0) {
        return rc;
    }
    *out = map_maker_done(&m);
    return *out ? 0 : err_memory(in->err);
}

/* Items keep their places, tags go. */
static int plain_list(struct merging *in, const struct path *path, const struct doc *list,
                      const struct doc **out) {
    struct list_maker l = {.arena = in->arena};
    const struct path next = {path, STR("*")};
    for (size_t i = 0; i < list->list.n; i++) {
        const struct doc *value;
        int rc = merge_member(in, &next, NULL, list->list.items[i], &value);
        if (rc < 0) {
            return rc;
        }
        if (value) {
            list_maker_put(&l, value);
        }
    }
    *out = list_maker_done(&l, list->at);
    return *out ? 0 : err_memory(in->err);
}

/* ---- values ---- */

/* What a container runs is not mixed of two files; null takes the earlier one away. */
static bool is_command(const struct path *path) {
    static const struct str commands[] = {STR("services.*.command"), STR("services.*.entrypoint"),
                                          STR("services.*.healthcheck.test")};
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        if (path_is(path, commands[i])) {
            return true;
        }
    }
    return false;
}

static bool is_replaced(const struct path *path, const struct doc *base, const struct doc *over) {
    struct str old = doc_str(doc_get(base, STR("driver"))), new = doc_str(doc_get(over, STR("driver")));
    if (path_is(path, STR("services.*.logging"))) {
        return old.n && new.n && !str_eq(old, new);
    }
    return is_command(path) ||
           (path_is(path, STR("services.*.ulimits.*")) && doc_is(base, DOC_MAP) != doc_is(over, DOC_MAP));
}

static bool is_container(const struct doc *d) {
    return doc_is(d, DOC_MAP) || doc_is(d, DOC_LIST);
}

static int merge(struct merging *in, const struct path *path, const struct doc *base, const struct doc *over,
                 const struct doc **out) {
    *out = over;
    if (doc_is(over, DOC_NULL)) {
        *out = base && !is_command(path) ? base : over;
        return 0;
    }
    bool is_over_null = !base || doc_is(base, DOC_NULL) || is_replaced(path, base, over);
    if (doc_is(over, DOC_MAP) && (is_over_null || doc_is(base, DOC_MAP))) {
        return merge_maps(in, path, is_over_null ? NULL : base, over, out);
    }
    if (doc_is(over, DOC_LIST) && (is_over_null || doc_is(base, DOC_LIST))) {
        const struct doc *plain;
        int rc = plain_list(in, path, over, &plain);
        return rc < 0 ? rc : merge_lists(in, path, is_over_null ? NULL : base, plain, out);
    }
    bool fits = is_over_null || (!is_container(base) && !is_container(over)) || doc_is(base, DOC_UNKNOWN) ||
                doc_is(over, DOC_UNKNOWN);
    return fits ? 0
                : doc_error(in->err, ERR_INPUT, over->at, "%s over %s: they can't be merged",
                            doc_kind_name(over->kind), doc_kind_name(base->kind));
}

int compose_merge(struct arena *arena, const struct doc *base, const struct doc *over, const struct doc **out,
                  struct err *err) {
    struct merging in = {arena, err};
    return merge(&in, NULL, base, over, out);
}

int compose_merge_service(struct arena *arena, const struct doc *base, const struct doc *over,
                          const struct doc **out, struct err *err) {
    struct merging in = {arena, err};
    const struct path services = {NULL, STR("services")}, service = {&services, STR("*")};
    return merge(&in, &service, base, over, out);
}
