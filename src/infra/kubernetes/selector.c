#include "infra/kubernetes/selector.h"

#include "base/limits.h"
#include "doc/build.h"
#include "infra/kubernetes/object.h"

static bool has_labels(const struct doc *wanted, const struct doc *labels) {
    for (size_t i = 0; doc_is(wanted, DOC_MAP) && i < wanted->map.n; i++) {
        const struct doc *label = doc_get(labels, wanted->map.members[i].key);
        if (!doc_is(label, DOC_STRING) || !str_eq(label->s, doc_str(wanted->map.members[i].value))) {
            return false;
        }
    }
    return true;
}

static bool is_among(const struct doc *values, const struct doc *label) {
    for (size_t i = 0; i < doc_count(values); i++) {
        const struct doc *value = doc_at(values, i);
        if (doc_is(value, DOC_STRING) && doc_is(label, DOC_STRING) && str_eq(value->s, label->s)) {
            return true;
        }
    }
    return false;
}

static bool expression_holds(const struct doc *expression, const struct doc *labels) {
    struct str how = doc_str(doc_get(expression, STR("operator")));
    const struct doc *label = doc_get(labels, doc_str(doc_get(expression, STR("key"))));
    const struct doc *values = doc_get(expression, STR("values"));
    if (str_eq(how, STR("Exists"))) {
        return label;
    }
    if (str_eq(how, STR("DoesNotExist"))) {
        return !label;
    }
    if (str_eq(how, STR("NotIn"))) {
        return !is_among(values, label);
    }
    return str_eq(how, STR("In")) && is_among(values, label);
}

bool kubernetes_selector_matches(const struct doc *selector, const struct doc *labels) {
    const struct doc *expressions = doc_get(selector, STR("matchExpressions"));
    for (size_t i = 0; i < doc_count(expressions); i++) {
        if (!expression_holds(doc_at(expressions, i), labels)) {
            return false;
        }
    }
    return has_labels(doc_get(selector, STR("matchLabels")), labels);
}

/* ---- who selects whom ---- */

int kubernetes_pod_labels(struct arena *arena, const struct doc *object, const struct doc **out) {
    const struct doc *template = kubernetes_pod_template(object);
    const struct doc *labels = doc_path(template, "metadata.labels");
    size_t n = doc_is(labels, DOC_MAP) ? labels->map.n : 0;
    struct doc_member *members = template ? arena_array(arena, n + 1, sizeof *members) : NULL;
    struct doc *values = template ? arena_array(arena, n + 1, sizeof *values) : NULL;
    *out = NULL;
    if (!template) {
        return 0;
    }
    if (!members || !values) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        const struct doc *value = labels->map.members[i].value;
        values[i] = doc_is(value, DOC_STRING) ? *value : (struct doc){.kind = DOC_NULL};
        members[i] = (struct doc_member){labels->map.members[i].key, labels->map.members[i].at, &values[i]};
    }
    *out = doc_new_map(arena, template->at, members, n, NULL);
    return *out ? 0 : ERR_MEMORY;
}

static const struct {
    struct str kind;
    const char *path;
    bool is_plain; /* a map of labels, as a Service has it */
} selecting[] = {
    {STR("Service"), "spec.selector", true},
    {STR("NetworkPolicy.networking.k8s.io"), "spec.podSelector", false},
    {STR("PodDisruptionBudget.policy"), "spec.selector", false},
};

struct workload {
    struct resource *resource;
    struct workload *next;
};

/* Workloads by namespace, and by namespace and label: a Service looks only at those with its first label. */
struct selection {
    struct resources *set;
    struct map by_label;
    size_t steps;
    struct err *err;
};

/* "namespace", or "namespace key=value": none of these may hold a space. */
static struct str label_key(struct arena *arena, struct str namespace, const struct doc_member *label) {
    return label ? arena_strf(arena, "%.*s %.*s=%.*s", STR_ARG(namespace), STR_ARG(label->key),
                              STR_ARG(doc_str(label->value)))
                 : namespace;
}

static int put_workload(struct selection *in, struct resource *r, const struct doc_member *label) {
    struct str key = label_key(in->set->arena, r->namespace, label);
    struct workload *workload = arena_alloc(in->set->arena, sizeof *workload);
    uint64_t *slot = key.p && workload ? map_put(&in->by_label, key, NULL) : NULL;
    if (!slot) {
        return err_memory(in->err);
    }
    *workload = (struct workload){r, (struct workload *)(uintptr_t)*slot};
    *slot = (uint64_t)(uintptr_t)workload;
    return 0;
}

static int put_workloads(struct selection *in) {
    for (size_t i = in->set->all.n; i > 0; i--) {
        struct resource *r = in->set->all.p[i - 1];
        const struct doc *labels = r->pod_labels;
        int rc = labels ? put_workload(in, r, NULL) : 0;
        for (size_t k = 0; rc == 0 && labels && k < labels->map.n; k++) {
            rc = put_workload(in, r, &labels->map.members[k]);
        }
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}

static int connect_selected(struct selection *in, struct resource *from, const struct doc *selector,
                            bool is_plain) {
    const struct doc *wanted = is_plain ? selector : doc_get(selector, STR("matchLabels"));
    if (is_plain && doc_count(wanted) == 0) {
        return 0;
    }
    bool has_label = doc_is(wanted, DOC_MAP) && wanted->map.n;
    struct str key = label_key(in->set->arena, from->namespace, has_label ? wanted->map.members : NULL);
    if (!key.p) {
        return err_memory(in->err);
    }
    const uint64_t *slot = map_get(&in->by_label, key);
    const struct workload *w = slot ? (const struct workload *)(uintptr_t)*slot : NULL;
    for (; w; w = w->next) {
        in->steps += 1 + doc_count(wanted);
        if (in->steps > LIMIT_RESOURCE_STEPS) {
            in->set->edges_cut = true;
            return 0;
        }
        const struct doc *labels = w->resource->pod_labels;
        bool matches =
            is_plain ? has_labels(selector, labels) : kubernetes_selector_matches(selector, labels);
        int rc = matches ? resources_connect(in->set, from, w->resource, selector->at, in->err) : 0;
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}

static int select_by(struct selection *in, struct resource *from, const char *path, bool is_plain) {
    resources_rest(in->set);
    const struct doc *object = resource_object(from), *selector = doc_path(object, path);
    if (!object) {
        return err_memory(in->err);
    }
    return doc_is(selector, DOC_MAP) ? connect_selected(in, from, selector, is_plain) : 0;
}

int kubernetes_select(struct resources *set, struct err *err) {
    struct selection in = {.set = set, .by_label = map_new(set->arena), .err = err};
    int rc = put_workloads(&in);
    for (size_t i = 0; rc == 0 && i < set->all.n; i++) {
        struct resource *from = set->all.p[i];
        for (size_t k = 0; rc == 0 && k < ARRAY_SIZE(selecting); k++) {
            if (str_eq(selecting[k].kind, from->kind)) {
                rc = select_by(&in, from, selecting[k].path, selecting[k].is_plain);
            }
        }
    }
    return rc;
}
