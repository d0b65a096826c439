#include "infra/kubernetes/references.h"

#include "base/limits.h"
#include "infra/kubernetes/object.h"

#define RBAC    "rbac.authorization.k8s.io"
#define GATEWAY "gateway.networking.k8s.io"

/* A value at path names an object: a string is the name of one of kind; a map has name, and may have kind,
 * apiVersion (or apiGroup, group) and namespace. "*" stands for each item of a list. */
struct reference {
    struct str from; /* kind; the rows of pods come without */
    const char *path;
    struct str group, kind; /* of what is named, where the value does not say */
};

static const struct reference pod_references[] = {
    {STR(""), "serviceAccountName", STR(""), STR("ServiceAccount")},
    {STR(""), "serviceAccount", STR(""), STR("ServiceAccount")},
    {STR(""), "priorityClassName", STR("scheduling.k8s.io"), STR("PriorityClass")},
    {STR(""), "runtimeClassName", STR("node.k8s.io"), STR("RuntimeClass")},
    {STR(""), "imagePullSecrets.*", STR(""), STR("Secret")},
    {STR(""), "volumes.*.configMap", STR(""), STR("ConfigMap")},
    {STR(""), "volumes.*.secret.secretName", STR(""), STR("Secret")},
    {STR(""), "volumes.*.persistentVolumeClaim.claimName", STR(""), STR("PersistentVolumeClaim")},
    {STR(""), "volumes.*.projected.sources.*.configMap", STR(""), STR("ConfigMap")},
    {STR(""), "volumes.*.projected.sources.*.secret", STR(""), STR("Secret")},
    {STR(""), "volumes.*.csi.nodePublishSecretRef", STR(""), STR("Secret")},
    {STR(""), "resourceClaims.*.resourceClaimName", STR("resource.k8s.io"), STR("ResourceClaim")},
    {STR(""), "resourceClaims.*.resourceClaimTemplateName", STR("resource.k8s.io"),
     STR("ResourceClaimTemplate")},
};

static const struct reference container_references[] = {
    {STR(""), "env.*.valueFrom.configMapKeyRef", STR(""), STR("ConfigMap")},
    {STR(""), "env.*.valueFrom.secretKeyRef", STR(""), STR("Secret")},
    {STR(""), "envFrom.*.configMapRef", STR(""), STR("ConfigMap")},
    {STR(""), "envFrom.*.secretRef", STR(""), STR("Secret")},
};

static const struct reference object_references[] = {
    {STR("RoleBinding." RBAC), "roleRef", STR(RBAC), STR("Role")},
    {STR("RoleBinding." RBAC), "subjects.*", STR(""), STR("ServiceAccount")},
    {STR("ClusterRoleBinding." RBAC), "roleRef", STR(RBAC), STR("ClusterRole")},
    {STR("ClusterRoleBinding." RBAC), "subjects.*", STR(""), STR("ServiceAccount")},
    {STR("ServiceAccount"), "secrets.*", STR(""), STR("Secret")},
    {STR("ServiceAccount"), "imagePullSecrets.*", STR(""), STR("Secret")},
    {STR("StatefulSet.apps"), "spec.serviceName", STR(""), STR("Service")},
    {STR("PersistentVolumeClaim"), "spec.storageClassName", STR("storage.k8s.io"), STR("StorageClass")},
    {STR("PersistentVolumeClaim"), "spec.volumeName", STR(""), STR("PersistentVolume")},
    {STR("PersistentVolume"), "spec.storageClassName", STR("storage.k8s.io"), STR("StorageClass")},
    {STR("PersistentVolume"), "spec.claimRef", STR(""), STR("PersistentVolumeClaim")},
    {STR("HorizontalPodAutoscaler.autoscaling"), "spec.scaleTargetRef", STR("apps"), STR("Deployment")},
    {STR("VerticalPodAutoscaler.autoscaling.k8s.io"), "spec.targetRef", STR("apps"), STR("Deployment")},
    {STR("ScaledObject.keda.sh"), "spec.scaleTargetRef", STR("apps"), STR("Deployment")},
    {STR("Ingress.networking.k8s.io"), "spec.ingressClassName", STR("networking.k8s.io"),
     STR("IngressClass")},
    {STR("Ingress.networking.k8s.io"), "spec.tls.*.secretName", STR(""), STR("Secret")},
    {STR("Ingress.networking.k8s.io"), "spec.defaultBackend.service", STR(""), STR("Service")},
    {STR("Ingress.networking.k8s.io"), "spec.backend.serviceName", STR(""), STR("Service")},
    {STR("Ingress.networking.k8s.io"), "spec.rules.*.http.paths.*.backend.service", STR(""), STR("Service")},
    {STR("Ingress.networking.k8s.io"), "spec.rules.*.http.paths.*.backend.serviceName", STR(""),
     STR("Service")},
    {STR("Gateway." GATEWAY), "spec.gatewayClassName", STR(GATEWAY), STR("GatewayClass")},
    {STR("Gateway." GATEWAY), "spec.listeners.*.tls.certificateRefs.*", STR(""), STR("Secret")},
    {STR("HTTPRoute." GATEWAY), "spec.parentRefs.*", STR(GATEWAY), STR("Gateway")},
    {STR("HTTPRoute." GATEWAY), "spec.rules.*.backendRefs.*", STR(""), STR("Service")},
    {STR("GRPCRoute." GATEWAY), "spec.parentRefs.*", STR(GATEWAY), STR("Gateway")},
    {STR("GRPCRoute." GATEWAY), "spec.rules.*.backendRefs.*", STR(""), STR("Service")},
    {STR("APIService.apiregistration.k8s.io"), "spec.service", STR(""), STR("Service")},
    {STR("MutatingWebhookConfiguration.admissionregistration.k8s.io"), "webhooks.*.clientConfig.service",
     STR(""), STR("Service")},
    {STR("ValidatingWebhookConfiguration.admissionregistration.k8s.io"), "webhooks.*.clientConfig.service",
     STR(""), STR("Service")},
    {STR("ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io"), "spec.policyName",
     STR("admissionregistration.k8s.io"), STR("ValidatingAdmissionPolicy")},
    {STR("MutatingAdmissionPolicyBinding.admissionregistration.k8s.io"), "spec.policyName",
     STR("admissionregistration.k8s.io"), STR("MutatingAdmissionPolicy")},
};

static const struct reference owner_reference = {STR(""), "metadata.ownerReferences.*", STR(""), STR("")};

struct referring {
    struct resources *set;
    struct resource *from;
    struct err *err;
};

static int refer_to(struct referring *in, struct str kind, struct str namespace, struct str name,
                    struct doc_place at) {
    struct str where = kubernetes_is_cluster_kind(kind) ? STR_NONE : namespace;
    struct str key = kubernetes_key(in->set->arena, where, kind, name);
    return key.p ? resources_refer(in->set, in->from, kind, key, at, in->err) : err_memory(in->err);
}

/* The group of what a map names, as "group" or "group/version", which both give the group. */
static struct str api_version_of(const struct doc *d, struct str otherwise, struct arena *arena) {
    struct str api_version = doc_str(doc_get(d, STR("apiVersion")));
    if (api_version.n) {
        return api_version;
    }
    const struct doc *group = doc_get(d, STR("apiGroup"));
    group = group ? group : doc_get(d, STR("group"));
    struct str name = doc_is(group, DOC_STRING) ? group->s : otherwise;
    return name.n ? arena_strf(arena, "%.*s/", STR_ARG(name)) : STR("");
}

static int refer_by_value(struct referring *in, const struct reference *row, const struct doc *d) {
    const struct doc *named = doc_is(d, DOC_MAP) ? doc_get(d, STR("name")) : d;
    struct str kind = doc_str(doc_get(d, STR("kind"))), namespace = doc_str(doc_get(d, STR("namespace")));
    kind = kind.n ? kind : row->kind;
    if (doc_str(named).n == 0 || kind.n == 0) {
        return 0;
    }
    struct str api_version = api_version_of(d, row->group, in->set->arena);
    kind = api_version.p ? kubernetes_kind(in->set->arena, api_version, kind) : STR_NONE;
    if (!kind.p) {
        return err_memory(in->err);
    }
    return refer_to(in, kind, namespace.n ? namespace : in->from->namespace, named->s, named->at);
}

/* The path is one of the tables': it ends the recursion. */
static int follow(struct referring *in, const struct reference *row, struct str path, const struct doc *d) {
    struct str part;
    /* Over all objects: shared nodes make long lists of lists out of short texts. */
    if (++in->set->steps > LIMIT_RESOURCE_STEPS) {
        in->set->edges_cut = true;
        return 0;
    }
    while (d && str_split(&path, '.', &part)) {
        if (!str_eq(part, STR("*"))) {
            d = doc_get(d, part);
            continue;
        }
        for (size_t i = 0; doc_is(d, DOC_LIST) && i < d->list.n && !in->set->edges_cut; i++) {
            int rc = follow(in, row, path, d->list.items[i]);
            if (rc < 0) {
                return rc;
            }
        }
        return 0;
    }
    return d ? refer_by_value(in, row, d) : 0;
}

static int follow_all(struct referring *in, const struct reference *rows, size_t n, const struct doc *d) {
    for (size_t i = 0; i < n; i++) {
        int rc = follow(in, &rows[i], str_c(rows[i].path), d);
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}

/* A pod that names no ServiceAccount runs as the one that each namespace has. */
static int refer_default_account(struct referring *in, const struct doc *spec) {
    if (doc_get(spec, STR("serviceAccountName")) || doc_get(spec, STR("serviceAccount"))) {
        return 0;
    }
    return refer_to(in, STR("ServiceAccount"), in->from->namespace, STR("default"), spec->at);
}

static int refer_pod(struct referring *in, const struct doc *spec) {
    int rc = follow_all(in, pod_references, ARRAY_SIZE(pod_references), spec);
    rc = rc < 0 ? rc : refer_default_account(in, spec);
    struct kubernetes_container_walk walk = {.spec = spec};
    for (const struct doc *c; rc == 0 && (c = kubernetes_container_next(&walk));) {
        rc = follow_all(in, container_references, ARRAY_SIZE(container_references), c);
    }
    return rc;
}

static int refer_object(struct referring *in) {
    const struct resource *from = in->from;
    for (size_t i = 0; i < ARRAY_SIZE(object_references); i++) {
        const struct reference *row = &object_references[i];
        int rc = str_eq(row->from, from->kind) ? follow(in, row, str_c(row->path), from->object) : 0;
        if (rc < 0) {
            return rc;
        }
    }
    int rc = follow(in, &owner_reference, str_c(owner_reference.path), from->object);
    if (rc == 0 && from->namespace.n) {
        const struct doc *named = doc_path(from->object, "metadata.namespace");
        rc = refer_to(in, STR("Namespace"), STR_NONE, from->namespace, named ? named->at : from->at);
    }
    const struct doc *spec = kubernetes_pod_spec(from->object);
    return rc == 0 && doc_is(spec, DOC_MAP) ? refer_pod(in, spec) : rc;
}

int kubernetes_refer(struct resources *set, struct resource *from, struct err *err) {
    struct referring in = {.set = set, .from = from, .err = err};
    return refer_object(&in);
}
