#include "infra/compose/canonical.h"

#include "base/limits.h"
#include "doc/build.h"
#include "doc/number.h"
#include "infra/compose/path.h"
#include "infra/compose/short.h"

/* A form gives a new value, the same one, or NULL when there is no memory. */
typedef const struct doc *form(struct arena *arena, const struct doc *d);

const struct doc_member *compose_tag(const struct doc *d) {
    bool is_tag =
        doc_is(d, DOC_MAP) && d->map.n == 1 &&
        (str_eq(d->map.members->key, STR("!reset")) || str_eq(d->map.members->key, STR("!override")));
    return is_tag ? d->map.members : NULL;
}

/* ---- scalars ---- */

/* The words that compose takes for a bool, for fields that are one. */
static const struct doc *to_bool(struct arena *arena, const struct doc *d) {
    static const struct {
        struct str word;
        bool b;
    } words[] = {
        {STR("true"), true},   {STR("y"), true},  {STR("yes"), true}, {STR("on"), true},   {STR("1"), true},
        {STR("false"), false}, {STR("n"), false}, {STR("no"), false}, {STR("off"), false}, {STR("0"), false},
    };
    for (size_t i = 0; doc_is(d, DOC_STRING) && i < ARRAY_SIZE(words); i++) {
        if (str_eq_nocase(words[i].word, d->s)) {
            return doc_new_bool(arena, d->at, words[i].b);
        }
    }
    return d;
}

static const struct doc *to_int(struct arena *arena, const struct doc *d) {
    uint64_t u;
    bool is_number = doc_is(d, DOC_STRING) && str_to_u64(d->s, 10, &u) && u <= INT64_MAX;
    return is_number ? doc_new_int(arena, d->at, (int64_t)u) : d;
}

/* A number or bool as the text that a process gets to see. */
static const struct doc *to_string(struct arena *arena, const struct doc *d) {
    char digits[NUMBER_TEXT];
    struct str text;
    switch (d->kind) {
    case DOC_BOOL:
        text = d->b ? STR("true") : STR("false");
        break;
    case DOC_INT:
        text = arena_strf(arena, "%lld", (long long)d->i);
        break;
    case DOC_UINT:
        text = arena_strf(arena, "%llu", (unsigned long long)d->u);
        break;
    case DOC_DOUBLE:
        text = d->d - d->d == 0 ? arena_str(arena, str_n(digits, number_from_double(d->d, digits)))
                                : STR(".inf");
        break;
    case DOC_TIMESTAMP:
        text = d->s;
        break;
    default:
        return d;
    }
    return text.p ? doc_new_string(arena, d->at, text) : NULL;
}

static const struct doc *to_strings(struct arena *arena, const struct doc *d) {
    struct list_maker out = {.arena = arena};
    if (!doc_is(d, DOC_LIST)) {
        return d;
    }
    for (size_t i = 0; i < d->list.n; i++) {
        list_maker_put(&out, to_string(arena, d->list.items[i]));
    }
    return list_maker_done(&out, d->at);
}

/* ---- lists and maps ---- */

static const struct doc *to_list(struct arena *arena, const struct doc *d) {
    return doc_is(d, DOC_STRING) ? doc_new_list(arena, d->at, &d, 1) : d;
}

/* ["A=1", "B"] is {A: "1", B: null}; values of a map become strings. */
static const struct doc *key_values(struct arena *arena, const struct doc *d) {
    struct map_maker m = {.arena = arena, .at = d->at};
    for (size_t i = 0; doc_is(d, DOC_LIST) && i < d->list.n; i++) {
        const struct doc *item = d->list.items[i];
        struct str key, value;
        if (!doc_is(item, DOC_STRING)) {
            return d;
        }
        bool has_value = str_cut(item->s, '=', &key, &value);
        map_maker_put(&m, key, item->at,
                      has_value ? doc_new_string(arena, item->at, value)
                                : doc_new(arena, DOC_NULL, item->at));
    }
    for (size_t i = 0; doc_is(d, DOC_MAP) && i < d->map.n; i++) {
        const struct doc_member *member = &d->map.members[i];
        map_maker_put(&m, member->key, member->at, to_string(arena, member->value));
    }
    return doc_is(d, DOC_LIST) || doc_is(d, DOC_MAP) ? map_maker_done(&m) : d;
}

/* ["a", "b"] is {a: null, b: null}. */
static const struct doc *names(struct arena *arena, const struct doc *d) {
    struct map_maker m = {.arena = arena, .at = d->at};
    for (size_t i = 0; doc_is(d, DOC_LIST) && i < d->list.n; i++) {
        const struct doc *item = d->list.items[i];
        if (!doc_is(item, DOC_STRING)) {
            return d;
        }
        map_maker_put(&m, item->s, item->at, doc_new(arena, DOC_NULL, item->at));
    }
    return doc_is(d, DOC_LIST) ? map_maker_done(&m) : d;
}

/* {"a.example": "10.0.0.1"} is ["a.example=10.0.0.1"]; the form with ":" becomes that with "=". */
static const struct doc *hosts(struct arena *arena, const struct doc *d) {
    struct list_maker out = {.arena = arena};
    for (size_t i = 0; doc_is(d, DOC_LIST) && i < d->list.n; i++) {
        const struct doc *item = d->list.items[i];
        struct str host, address;
        bool is_old = str_find_byte(doc_str(item), '=') < 0 && str_cut(doc_str(item), ':', &host, &address);
        list_maker_put(
            &out, is_old ? doc_new_string(arena, item->at,
                                          arena_strf(arena, "%.*s=%.*s", STR_ARG(host), STR_ARG(address)))
                         : item);
    }
    for (size_t i = 0; doc_is(d, DOC_MAP) && i < d->map.n; i++) {
        const struct doc_member *m = &d->map.members[i];
        size_t n = doc_is(m->value, DOC_LIST) ? m->value->list.n : 1;
        for (size_t k = 0; k < n; k++) {
            const struct doc *value = doc_is(m->value, DOC_LIST) ? m->value->list.items[k] : m->value;
            list_maker_put(&out, doc_new_string(arena, value->at,
                                                arena_strf(arena, "%.*s=%.*s", STR_ARG(m->key),
                                                           STR_ARG(doc_str(value)))));
        }
    }
    return doc_is(d, DOC_LIST) || doc_is(d, DOC_MAP) ? list_maker_done(&out, d->at) : d;
}

/* ---- maps that a single value may stand for ---- */

static const struct doc *as_member(struct arena *arena, const struct doc *d, struct str key) {
    struct map_maker m = {.arena = arena, .at = d->at};
    map_maker_put(&m, key, d->at, d);
    return doc_is(d, DOC_STRING) || doc_is(d, DOC_UNKNOWN) ? map_maker_done(&m) : d;
}

static const struct doc *build(struct arena *arena, const struct doc *d) {
    return as_member(arena, d, STR("context"));
}

static const struct doc *file_mount(struct arena *arena, const struct doc *d) {
    return as_member(arena, d, STR("source"));
}

static const struct doc *env_file(struct arena *arena, const struct doc *d) {
    struct list_maker out = {.arena = arena};
    if (!doc_is(d, DOC_LIST)) {
        d = as_member(arena, d, STR("path"));
        return d && doc_is(d, DOC_MAP) ? doc_new_list(arena, d->at, &d, 1) : d;
    }
    for (size_t i = 0; i < d->list.n; i++) {
        list_maker_put(&out, as_member(arena, d->list.items[i], STR("path")));
    }
    return list_maker_done(&out, d->at);
}

static const struct doc *depends_on(struct arena *arena, const struct doc *d) {
    struct map_maker m = {.arena = arena, .at = d->at};
    for (size_t i = 0; doc_is(d, DOC_LIST) && i < d->list.n; i++) {
        const struct doc *item = d->list.items[i];
        struct map_maker one = {.arena = arena, .at = item->at};
        if (!doc_is(item, DOC_STRING)) {
            return d;
        }
        map_maker_str(&one, STR("condition"), STR("service_started"));
        map_maker_bool(&one, STR("required"), true);
        map_maker_put(&m, item->s, item->at, map_maker_done(&one));
    }
    return doc_is(d, DOC_LIST) ? map_maker_done(&m) : d;
}

/* A test in one string is run by a shell. */
static const struct doc *health_test(struct arena *arena, const struct doc *d) {
    struct list_maker out = {.arena = arena};
    if (!doc_is(d, DOC_STRING)) {
        return d;
    }
    list_maker_put(&out, doc_new_string(arena, d->at, STR("CMD-SHELL")));
    list_maker_put(&out, d);
    return list_maker_done(&out, d->at);
}

static const struct doc *ports(struct arena *arena, const struct doc *d) {
    struct list_maker out = {.arena = arena};
    if (!doc_is(d, DOC_LIST)) {
        return d;
    }
    for (size_t i = 0; i < d->list.n && out.items.n <= LIMIT_COMPOSE_PORTS; i++) {
        compose_put_ports(&out, d->list.items[i]);
    }
    return list_maker_done(&out, d->at);
}

/* {external: {name: x}} of the format 3 is {external: true, name: x}. */
static const struct doc *external(struct arena *arena, const struct doc *d) {
    const struct doc *old = doc_get(d, STR("external"));
    if (!doc_is(old, DOC_MAP)) {
        return d;
    }
    struct map_maker m = {.arena = arena, .at = d->at};
    for (size_t i = 0; i < d->map.n; i++) {
        const struct doc_member *member = &d->map.members[i];
        bool is_old = member->value == old;
        map_maker_put(&m, member->key, member->at,
                      is_old ? doc_new_bool(arena, old->at, true) : member->value);
    }
    if (doc_get(old, STR("name")) && !doc_get(d, STR("name"))) {
        map_maker_put(&m, STR("name"), old->at, doc_get(old, STR("name")));
    }
    return map_maker_done(&m);
}

/* ---- where each form belongs ---- */

struct place_form {
    struct str path;
    form *form;
};

static const struct place_form canonical[] = {
    {STR("services.*.annotations"), key_values},
    {STR("services.*.attach"), to_bool},
    {STR("services.*.build"), build},
    {STR("services.*.build.additional_contexts"), key_values},
    {STR("services.*.build.args"), key_values},
    {STR("services.*.build.extra_hosts"), hosts},
    {STR("services.*.build.labels"), key_values},
    {STR("services.*.build.no_cache"), to_bool},
    {STR("services.*.build.privileged"), to_bool},
    {STR("services.*.build.pull"), to_bool},
    {STR("services.*.build.secrets.*"), file_mount},
    {STR("services.*.build.ssh"), key_values},
    {STR("services.*.command"), compose_words},
    {STR("services.*.configs.*"), file_mount},
    {STR("services.*.depends_on"), depends_on},
    {STR("services.*.deploy.labels"), key_values},
    {STR("services.*.deploy.replicas"), to_int},
    {STR("services.*.devices.*"), compose_device},
    {STR("services.*.dns"), to_list},
    {STR("services.*.dns_search"), to_list},
    {STR("services.*.entrypoint"), compose_words},
    {STR("services.*.env_file"), env_file},
    {STR("services.*.environment"), key_values},
    {STR("services.*.expose"), to_strings},
    {STR("services.*.extra_hosts"), hosts},
    {STR("services.*.healthcheck.disable"), to_bool},
    {STR("services.*.healthcheck.test"), health_test},
    {STR("services.*.init"), to_bool},
    {STR("services.*.label_file"), to_list},
    {STR("services.*.labels"), key_values},
    {STR("services.*.logging.options"), key_values},
    {STR("services.*.models"), names},
    {STR("services.*.networks"), names},
    {STR("services.*.oom_kill_disable"), to_bool},
    {STR("services.*.ports"), ports},
    {STR("services.*.privileged"), to_bool},
    {STR("services.*.read_only"), to_bool},
    {STR("services.*.scale"), to_int},
    {STR("services.*.secrets.*"), file_mount},
    {STR("services.*.stdin_open"), to_bool},
    {STR("services.*.sysctls"), key_values},
    {STR("services.*.tmpfs"), to_list},
    {STR("services.*.tty"), to_bool},
    {STR("services.*.use_api_socket"), to_bool},
    {STR("services.*.volumes.*"), compose_volume},
    {STR("services.*.volumes.*.bind.create_host_path"), to_bool},
    {STR("services.*.volumes.*.read_only"), to_bool},
    {STR("services.*.volumes.*.volume.nocopy"), to_bool},
    {STR("services.*.volumes.*.volume.labels"), key_values},
    {STR("networks.*"), external},
    {STR("networks.*.attachable"), to_bool},
    {STR("networks.*.enable_ipv6"), to_bool},
    {STR("networks.*.external"), to_bool},
    {STR("networks.*.internal"), to_bool},
    {STR("networks.*.labels"), key_values},
    {STR("volumes.*"), external},
    {STR("volumes.*.external"), to_bool},
    {STR("volumes.*.labels"), key_values},
    {STR("secrets.*"), external},
    {STR("secrets.*.external"), to_bool},
    {STR("secrets.*.labels"), key_values},
    {STR("configs.*"), external},
    {STR("configs.*.external"), to_bool},
    {STR("configs.*.labels"), key_values},
};

/* Puts what a map does not say at its end. */
struct default_value {
    struct str key, value;
    struct str unless; /* not where this key is */
};

static const struct doc *with_defaults(struct arena *arena, const struct doc *d,
                                       const struct default_value *values, size_t n) {
    struct map_maker m = {.arena = arena, .at = d->at};
    if (!doc_is(d, DOC_MAP)) {
        return d;
    }
    for (size_t i = 0; i < d->map.n; i++) {
        map_maker_put(&m, d->map.members[i].key, d->map.members[i].at, d->map.members[i].value);
    }
    for (size_t i = 0; i < n; i++) {
        if (!doc_get(d, values[i].key) && !doc_get(d, values[i].unless)) {
            map_maker_str(&m, values[i].key, values[i].value);
        }
    }
    return map_maker_done(&m);
}

static const struct doc *port_defaults(struct arena *arena, const struct doc *d) {
    static const struct default_value values[] = {{STR("mode"), STR("ingress"), STR("mode")},
                                                  {STR("protocol"), STR("tcp"), STR("protocol")}};
    return with_defaults(arena, d, values, ARRAY_SIZE(values));
}

static const struct doc *build_defaults(struct arena *arena, const struct doc *d) {
    static const struct default_value values[] = {
        {STR("context"), STR("."), STR("context")},
        {STR("dockerfile"), STR("Dockerfile"), STR("dockerfile_inline")}};
    return with_defaults(arena, d, values, ARRAY_SIZE(values));
}

static const struct doc *required_default(struct arena *arena, const struct doc *d) {
    struct map_maker m = {.arena = arena, .at = d->at};
    if (!doc_is(d, DOC_MAP) || doc_get(d, STR("required"))) {
        return d;
    }
    for (size_t i = 0; i < d->map.n; i++) {
        map_maker_put(&m, d->map.members[i].key, d->map.members[i].at, d->map.members[i].value);
    }
    map_maker_bool(&m, STR("required"), true);
    return map_maker_done(&m);
}

static const struct doc *dependency_defaults(struct arena *arena, const struct doc *d) {
    static const struct default_value values[] = {
        {STR("condition"), STR("service_started"), STR("condition")}};
    d = with_defaults(arena, d, values, ARRAY_SIZE(values));
    return d ? required_default(arena, d) : NULL;
}

static const struct doc *secret_target(struct arena *arena, const struct doc *d) {
    struct str source = doc_str(doc_get(d, STR("source")));
    struct default_value value = {STR("target"), STR_NONE, STR("target")};
    value.value = source.n ? arena_strf(arena, "/run/secrets/%.*s", STR_ARG(source)) : STR_NONE;
    return source.n && !value.value.p ? NULL : with_defaults(arena, d, &value, 1);
}

static const struct place_form defaults[] = {
    {STR("services.*.build"), build_defaults},        {STR("services.*.depends_on.*"), dependency_defaults},
    {STR("services.*.env_file.*"), required_default}, {STR("services.*.ports.*"), port_defaults},
    {STR("services.*.secrets.*"), secret_target},
};

/* ---- the walk ---- */

struct forming {
    struct arena *arena;
    const struct place_form *forms;
    size_t forms_n;
    size_t *values;
    struct err *err;
};

static int form_value(struct forming *in, const struct path *path, const struct doc *d,
                      const struct doc **out);

static int form_map(struct forming *in, const struct path *path, const struct doc *d,
                    const struct doc **out) {
    struct map_maker m = {.arena = in->arena, .at = d->at};
    for (size_t i = 0; i < d->map.n; i++) {
        const struct doc_member *member = &d->map.members[i];
        const struct path next = {path, member->key};
        const struct doc *value;
        /* A tag is no step of the path. */
        int rc = form_value(in, compose_tag(d) ? path : &next, member->value, &value);
        if (rc < 0) {
            return rc;
        }
        map_maker_put(&m, member->key, member->at, value);
    }
    *out = map_maker_done(&m);
    return *out ? 0 : err_memory(in->err);
}

static int form_list(struct forming *in, const struct path *path, const struct doc *d,
                     const struct doc **out) {
    struct list_maker l = {.arena = in->arena};
    const struct path next = {path, STR("*")};
    for (size_t i = 0; i < d->list.n; i++) {
        const struct doc *value;
        int rc = form_value(in, &next, d->list.items[i], &value);
        if (rc < 0) {
            return rc;
        }
        list_maker_put(&l, value);
    }
    *out = list_maker_done(&l, d->at);
    return *out ? 0 : err_memory(in->err);
}

/* Bounded by the depth of what was read, and a few levels that forms add. */
static int form_value(struct forming *in, const struct path *path, const struct doc *d,
                      const struct doc **out) {
    if (++*in->values > LIMIT_COMPOSE_VALUES) {
        return doc_error(in->err, ERR_LIMIT, d->at, "more than %u values", (unsigned)LIMIT_COMPOSE_VALUES);
    }
    for (size_t i = 0; i < in->forms_n && !compose_tag(d); i++) {
        if (path_is(path, in->forms[i].path)) {
            d = in->forms[i].form(in->arena, d);
            if (!d) {
                return err_memory(in->err);
            }
        }
    }
    *out = d;
    if (doc_is(d, DOC_MAP)) {
        return form_map(in, path, d, out);
    }
    return doc_is(d, DOC_LIST) ? form_list(in, path, d, out) : 0;
}

int compose_canonical(struct arena *arena, const struct doc *model, size_t *values, const struct doc **out,
                      struct err *err) {
    struct forming in = {arena, canonical, ARRAY_SIZE(canonical), values, err};
    return form_value(&in, NULL, model, out);
}

int compose_defaults(struct arena *arena, const struct doc *model, size_t *values, const struct doc **out,
                     struct err *err) {
    struct forming in = {arena, defaults, ARRAY_SIZE(defaults), values, err};
    return form_value(&in, NULL, model, out);
}
