/* The plural names and scopes of kinds.
 *
 * Kubernetes' own follow one rule (lower case; -s, -ies for -y, -es behind s and x), which
 * https://kubernetes.io/docs/reference/kubernetes-api/ confirms for each; custom ones are what their
 * definition says. */
#include "infra/kubernetes/object.h"
#include "policy/admission/parts.h"

/* Kubernetes' own groups. */
static const struct str groups[] = {
    STR(""),
    STR("admissionregistration.k8s.io"),
    STR("apiextensions.k8s.io"),
    STR("apiregistration.k8s.io"),
    STR("apps"),
    STR("authentication.k8s.io"),
    STR("authorization.k8s.io"),
    STR("autoscaling"),
    STR("batch"),
    STR("certificates.k8s.io"),
    STR("coordination.k8s.io"),
    STR("discovery.k8s.io"),
    STR("events.k8s.io"),
    STR("extensions"),
    STR("flowcontrol.apiserver.k8s.io"),
    STR("internal.apiserver.k8s.io"),
    STR("networking.k8s.io"),
    STR("node.k8s.io"),
    STR("policy"),
    STR("rbac.authorization.k8s.io"),
    STR("resource.k8s.io"),
    STR("scheduling.k8s.io"),
    STR("storage.k8s.io"),
    STR("storagemigration.k8s.io"),
};

static bool is_own_group(struct str group) {
    for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
        if (str_eq(groups[i], group)) {
            return true;
        }
    }
    return false;
}

int vap_definitions(struct map *definitions, const struct resources *set, struct err *err) {
    const struct resource *r = resources_of_kind(set, STR("CustomResourceDefinition.apiextensions.k8s.io"));
    for (; r; r = r->next_of_kind) {
        const struct doc *object = resource_keep(set, r), *spec = doc_get(object, STR("spec"));
        if (!object) {
            return err_memory(err);
        }
        struct str kind = doc_str(doc_path(spec, "names.kind")), group = doc_str(doc_get(spec, STR("group")));
        struct str key = arena_strf(definitions->arena, "%.*s.%.*s", STR_ARG(kind), STR_ARG(group));
        uint64_t *slot = key.p ? map_put(definitions, key, NULL) : NULL;
        if (!slot) {
            return err_memory(err);
        }
        *slot = *slot ? *slot : (uint64_t)(uintptr_t)spec;
    }
    return 0;
}

static struct str plural_of(struct arena *arena, struct str kind) {
    const char *ending = "s";
    size_t keep = kind.n;
    if (str_eq(kind, STR("Endpoints"))) {
        ending = "";
    } else if (str_ends(kind, STR("s")) || str_ends(kind, STR("x"))) {
        ending = "es";
    } else if (str_ends(kind, STR("y"))) {
        ending = "ies";
        keep--;
    }
    char *text = arena_printf(arena, "%.*s%s", STR_ARG(str_sub(kind, 0, keep)), ending);
    for (char *c = text; c && *c; c++) {
        *c = ascii_lower(*c);
    }
    return str_c(text);
}

struct vap_kind vap_kind_of(struct arena *arena, const struct map *definitions, struct str kind_with_group) {
    struct str kind, group;
    str_cut(kind_with_group, '.', &kind, &group);
    const uint64_t *slot = map_get(definitions, kind_with_group);
    const struct doc *definition = slot ? (const struct doc *)(uintptr_t)*slot : NULL;
    struct str plural = doc_str(doc_path(definition, "names.plural"));
    if (plural.n) {
        return (struct vap_kind){plural, str_eq(doc_str(doc_get(definition, STR("scope"))), STR("Cluster")),
                                 false};
    }
    return (struct vap_kind){plural_of(arena, kind), kubernetes_is_cluster_kind(kind_with_group),
                             !is_own_group(group)};
}
