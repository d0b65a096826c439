/* Kubernetes' URL library (k8s.io/apiserver, pkg/cel/library, URLs). */
#include "cel/library/libraries.h"

#include "cel/library/support.h"
#include "cel/values/url.h"

static bool equal(const void *a, const void *b) {
    const struct cel_url *x = a, *y = b;
    return str_eq(x->text, y->text);
}

static const struct cel_opaque_kind kind = {{"kubernetes.URL", 14}, equal};

static const struct cel_url *of(const struct cel_value *v) {
    return cel_opaque_of(v, &kind);
}

static struct cel_value to_url(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct err err = ERR_NONE;
    if (!cel_spend(call, args[0].n)) {
        return cel_over_budget(call);
    }
    struct cel_url *url = arena_alloc(call->arena, sizeof *url);
    if (!url) {
        return cel_no_memory(call);
    }
    return cel_url_parse(cel_str(&args[0]), call->arena, url, &err) < 0 ? cel_error_from(call, &err)
                                                                        : cel_opaque_result(call, &kind, url);
}

static struct cel_value is_url(struct cel_call *call, const struct cel_value *args, size_t n) {
    if (!cel_spend(call, args[0].n)) {
        return cel_over_budget(call);
    }
    int status = cel_url_check(cel_str(&args[0]), call->arena, NULL);
    return status == ERR_MEMORY ? cel_no_memory(call) : cel_bool(status == 0);
}

#define PART(name, field)                                                                                    \
    static struct cel_value name(struct cel_call *call, const struct cel_value *args, size_t n) {            \
        return cel_string(of(&args[0])->field);                                                              \
    }
PART(to_string, text)
PART(scheme, scheme)
PART(host, host)
PART(hostname, hostname)
PART(port, port)
PART(escaped_path, escaped_path)

/* The values of one key as a list. */
static bool put_parameter(struct cel_call *call, struct cel_map_builder *map,
                          const struct cel_url_parameter *p) {
    struct cel_value *items = arena_array(call->arena, p->values.n + 1, sizeof *items);
    if (!items) {
        return false;
    }
    for (size_t i = 0; i < p->values.n; i++) {
        items[i] = cel_string(p->values.p[i]);
    }
    return cel_map_put(call->arena, map, cel_string(p->key), cel_list(items, p->values.n)) !=
           CEL_PUT_NO_MEMORY;
}

static struct cel_value query(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct cel_url_query parts = {0};
    struct cel_map_builder map = {0};
    struct err err = ERR_NONE;
    if (!cel_spend(call, of(&args[0])->query.n)) {
        return cel_over_budget(call);
    }
    if (cel_url_query(of(&args[0]), call->arena, &parts, &err) < 0) {
        return cel_error_from(call, &err);
    }
    for (size_t i = 0; i < parts.parameters.n; i++) {
        if (!put_parameter(call, &map, &parts.parameters.p[i])) {
            return cel_no_memory(call);
        }
    }
    return cel_map_done(&map);
}

#define URL "kubernetes.URL"

static const struct cel_function functions[] = {
    {"url", "(string) " URL, to_url},
    {"isURL", "(string) bool", is_url},
    {"string", "(" URL ") string", to_string},
    {"getScheme", URL ".() string", scheme},
    {"getHost", URL ".() string", host},
    {"getHostname", URL ".() string", hostname},
    {"getPort", URL ".() string", port},
    {"getEscapedPath", URL ".() string", escaped_path},
    {"getQuery", URL ".() map(string, list(string))", query},
};

static const struct cel_opaque_kind *const kinds[] = {&kind};
const struct cel_library cel_library_url = {"url", functions, ARRAY_SIZE(functions), kinds,
                                            ARRAY_SIZE(kinds)};
