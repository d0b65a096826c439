/* What checks of our field ask for and CEL does not have. */
#include "cel/values/ip.h"
#include "infra/kubernetes/api_version.h"
#include "infra/kubernetes/object.h"
#include "policy/env.h"
#include "policy/guardrail/guardrail.h"
#include "source/fetch/reference.h"
#include "vuln/version/version.h"

/* ---- maps that are made here */

struct entry {
    struct str key;
    struct cel_value value;
};

static struct cel_value map_of(struct cel_call *call, const struct entry *entries, size_t n) {
    struct cel_map_builder map = {0};
    for (size_t i = 0; i < n; i++) {
        if (cel_map_put(call->arena, &map, cel_string(entries[i].key), entries[i].value) != CEL_PUT) {
            return cel_no_memory(call);
        }
    }
    return cel_map_done(&map);
}

/* ---- Kubernetes */

static const struct doc *node_of(const struct cel_value *v) {
    return v->kind == CEL_MAP && v->held == CEL_HELD_DOC ? v->doc : NULL;
}

/* Where there is nothing an empty map, so that fields can be asked for. */
static struct cel_value doc_or_empty(const struct doc *d) {
    return d ? cel_from_doc(d) : cel_map_done(&(struct cel_map_builder){0});
}

static const struct doc *pod_spec_of(const struct cel_call *call, const struct doc *node) {
    const struct policy_call *policy = call->user;
    bool is_self = policy && policy->self && policy->self->object == node;
    return is_self ? policy->pod_spec : kubernetes_pod_spec(node);
}

static struct cel_value pod_spec(struct cel_call *call, const struct cel_value *args, size_t n) {
    return doc_or_empty(pod_spec_of(call, node_of(&args[0])));
}

static struct cel_value pod_metadata(struct cel_call *call, const struct cel_value *args, size_t n) {
    return doc_or_empty(kubernetes_pod_metadata(node_of(&args[0])));
}

/* Of a workload, or of a PodSpec. Empty for everything else. */
static struct cel_value containers(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct cel_list_builder list = {0};
    const struct doc *node = node_of(&args[0]);
    const struct doc *spec = pod_spec_of(call, node);
    struct kubernetes_container_walk walk = {.spec = spec ? spec : node};
    for (const struct doc *c; (c = kubernetes_container_next(&walk));) {
        if (!cel_list_add(call->arena, &list, cel_from_doc(c))) {
            return cel_no_memory(call);
        }
    }
    return cel_list_done(&list);
}

static struct cel_value api_version(struct cel_call *call, const struct cel_value *args, size_t n) {
    const struct kubernetes_api_version *row =
        kubernetes_api_version_find(cel_str(&args[0]), cel_str(&args[1]));
    if (!row) {
        return cel_null();
    }
    const struct entry entries[] = {
        {STR("deprecated"), cel_int(row->deprecated)},
        {STR("removed"), cel_int(row->removed)},
        {STR("use"), cel_string(row->use)},
    };
    return map_of(call, entries, ARRAY_SIZE(entries));
}

/* ---- the other resources */

static struct cel_value related(struct cel_call *call, const struct cel_value *args, size_t n) {
    const struct policy_call *policy = call->user;
    struct cel_list_builder list = {0};
    if (!policy || !policy->self) {
        return cel_list(NULL, 0);
    }
    struct resource_walk walk = resource_walk_over(policy->self);
    for (const struct resource *other; (other = resource_walk_next(&walk, cel_str(&args[0])));) {
        if (!cel_spend(call, 1)) {
            return cel_over_budget(call);
        }
        const struct doc *object = resource_object(other);
        if (!object || !cel_list_add(call->arena, &list, cel_from_doc(object))) {
            return cel_no_memory(call);
        }
    }
    return cel_list_done(&list);
}

static struct cel_value resources(struct cel_call *call, const struct cel_value *args, size_t n) {
    const struct policy_call *policy = call->user;
    struct cel_list_builder list = {0};
    const struct resource *r = policy ? resources_of_kind(policy->resources, cel_str(&args[0])) : NULL;
    for (; r; r = r->next_of_kind) {
        if (!cel_spend(call, 1)) {
            return cel_over_budget(call);
        }
        const struct doc *object = resource_object(r);
        if (!object || !cel_list_add(call->arena, &list, cel_from_doc(object))) {
            return cel_no_memory(call);
        }
    }
    return cel_list_done(&list);
}

/* ---- names and versions */

/* tag is what is written: "" for one that is left out, not "latest". */
static struct cel_value image_reference(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct image_reference parts;
    struct err err = ERR_NONE;
    struct str text = cel_str(&args[0]);
    if (!cel_spend(call, text.n)) {
        return cel_over_budget(call);
    }
    if (reference_parse(text, call->arena, &parts, &err) < 0) {
        return cel_error_from(call, &err);
    }
    struct str name, tag, before;
    str_cut(text, '@', &name, &before);
    bool has_tag = str_cut_last(name, ':', &before, &tag) && str_find_byte(tag, '/') < 0;
    const struct entry entries[] = {
        {STR("registry"), cel_string(parts.registry)},
        {STR("repository"), cel_string(parts.repository)},
        {STR("tag"), cel_string(has_tag ? tag : STR(""))},
        {STR("digest"), cel_string(parts.digest)},
    };
    return map_of(call, entries, ARRAY_SIZE(entries));
}

static struct cel_value is_image_reference(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct image_reference parts;
    return cel_bool(reference_parse(cel_str(&args[0]), call->arena, &parts, NULL) == 0);
}

static struct cel_value compare_versions(struct cel_call *call, const struct cel_value *args, size_t n) {
    enum version_scheme scheme;
    struct str a = cel_str(&args[1]), b = cel_str(&args[2]);
    if (!version_scheme_of(cel_str(&args[0]), &scheme)) {
        return cel_error(call, "'%.*s' is no ecosystem whose versions have an order",
                         STR_ARG(cel_str(&args[0])));
    }
    if (!cel_spend(call, a.n + b.n)) {
        return cel_over_budget(call);
    }
    int order = version_compare(scheme, a, b);
    return cel_int(order < 0 ? -1 : order > 0);
}

/* "public", "private", "loopback", ...; "" for what is no address. */
static struct cel_value address_scope(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct ip ip;
    struct cidr cidr;
    if (ip_parse(cel_str(&args[0]), &ip, NULL) == 0) {
        return cel_string(ip_scope_name(ip_scope(&ip)));
    }
    if (cidr_parse(cel_str(&args[0]), &cidr, NULL) == 0) {
        return cel_string(ip_scope_name(ip_scope(&cidr.ip)));
    }
    return cel_string(STR(""));
}

/* As in guardrails: * and ?, over the whole text. */
static struct cel_value matches_glob(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct str text = cel_str(&args[0]), glob = cel_str(&args[1]);
    if (!cel_spend(call, text.n + glob.n)) {
        return cel_over_budget(call);
    }
    return cel_bool(guardrail_glob(glob, text, false));
}

static const struct cel_function functions[] = {
    {"podSpec", "(dyn) dyn", pod_spec},
    {"podMetadata", "(dyn) dyn", pod_metadata},
    {"containers", "(dyn) list(dyn)", containers},
    {"apiVersionLife", "(string, string) dyn", api_version},
    {"related", "(string) list(dyn)", related},
    {"resources", "(string) list(dyn)", resources},
    {"imageReference", "(string) map(string, string)", image_reference},
    {"isImageReference", "(string) bool", is_image_reference},
    {"matchesGlob", "(string, string) bool", matches_glob},
    {"compareVersions", "(string, string, string) int", compare_versions},
    {"addressScope", "(string) string", address_scope},
};

const struct cel_library policy_library = {
    .name = "plimsoll", .functions = functions, .function_count = ARRAY_SIZE(functions)};
