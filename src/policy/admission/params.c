/* The parameters that a binding names, by the rules of paramRef. */
#include "infra/kubernetes/object.h"
#include "infra/kubernetes/selector.h"
#include "policy/admission/parts.h"

struct search {
    struct arena *arena;
    const struct resources *const *sets;
    struct str kind, namespace;
    struct vap_params *out;
    struct err *err;
};

static int add(struct search *s, const struct doc *object) {
    const struct doc **slot = VEC_PUSH(s->arena, &s->out->found);
    if (!slot) {
        return err_memory(s->err);
    }
    *slot = object;
    return 0;
}

/* A custom kind is read as one in namespaces, whatever its definition says. */
static int find_anywhere(struct search *s, struct str name) {
    for (size_t i = 0; i < 2; i++) {
        const struct resource *param = resources_of_kind(s->sets[i], s->kind);
        for (; param; param = param->next_of_kind) {
            const struct doc *object = resource_object(param);
            if (!object) {
                return err_memory(s->err);
            }
            if (str_eq(doc_str(doc_path(object, "metadata.name")), name)) {
                return add(s, object);
            }
        }
    }
    return 0;
}

static int find_named(struct search *s, struct str name) {
    struct str key = kubernetes_key(s->arena, s->namespace, s->kind, name);
    if (!key.p) {
        return err_memory(s->err);
    }
    const struct resource *found = resources_by_key(s->sets[0], key);
    found = found ? found : resources_by_key(s->sets[1], key);
    if (!found) {
        return s->namespace.n ? 0 : find_anywhere(s, name);
    }
    const struct doc *object = resource_object(found);
    return object ? add(s, object) : err_memory(s->err);
}

static int find_selected(struct search *s, const struct doc *selector) {
    int r = 0;
    for (size_t i = 0; i < 2; i++) {
        const struct resource *param = resources_of_kind(s->sets[i], s->kind);
        for (; r == 0 && param; param = param->next_of_kind) {
            if (s->namespace.n && !str_eq(param->namespace, s->namespace)) {
                continue;
            }
            const struct doc *object = resource_object(param);
            if (!object) {
                return err_memory(s->err);
            }
            if (kubernetes_selector_matches(selector, doc_path(object, "metadata.labels"))) {
                r = add(s, object);
            }
        }
    }
    return r;
}

/* Where to look. False when the reference can't be: problem says why. */
static bool choose_namespace(struct search *s, const struct doc *ref, const struct vap_kind *kind,
                             const struct vap_object *object) {
    struct str given = doc_str(doc_get(ref, STR("namespace")));
    if (kind->is_cluster) {
        s->namespace = STR_NONE;
        if (given.n) {
            s->out->problem = STR("paramRef.namespace must not be given: the paramKind is cluster-scoped");
        }
        return !given.n;
    }
    s->namespace = given.n ? given : object->namespace;
    if (!s->namespace.n) {
        s->out->problem = STR("paramRef.namespace is needed: the object is in no namespace");
    }
    return s->namespace.n > 0;
}

static void tell_missing(struct vap_params *out, const struct doc *ref, const struct vap_kind *kind) {
    if (kind->is_guess) {
        out->undecided = STR("the parameters are not at hand, nor the definition of their kind");
    } else if (!str_eq(doc_str(doc_get(ref, STR("parameterNotFoundAction"))), STR("Allow"))) {
        out->problem = STR("no parameters were found for the binding");
    }
}

int vap_find_params(struct arena *arena, const struct resources *const sets[2], const struct map *definitions,
                    const struct vap_policy *policy, const struct vap_binding *binding,
                    const struct vap_object *object, struct vap_params *out, struct err *err) {
    struct search s = {.arena = arena, .sets = sets, .kind = policy->param_kind, .out = out, .err = err};
    const struct doc *ref = binding->param_ref;
    *out = (struct vap_params){0};
    if (!policy->param_kind.n || !ref) {
        return add(&s, NULL);
    }
    struct vap_kind kind = vap_kind_of(arena, definitions, policy->param_kind);
    if (!kind.plural.p) {
        return err_memory(err);
    }
    if (!choose_namespace(&s, ref, &kind, object)) {
        return 0;
    }
    struct str name = doc_str(doc_get(ref, STR("name")));
    int r = name.n ? find_named(&s, name) : find_selected(&s, doc_get(ref, STR("selector")));
    if (r == 0 && !out->found.n) {
        tell_missing(out, ref, &kind);
    }
    return r;
}
