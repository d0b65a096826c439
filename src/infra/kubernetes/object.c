#include "infra/kubernetes/object.h"

bool kubernetes_is_object(const struct doc *d) {
    return doc_str(doc_get(d, STR("apiVersion"))).n > 0 && doc_str(doc_get(d, STR("kind"))).n > 0;
}

struct str kubernetes_group(struct str api_version) {
    struct str group, version;
    return str_cut(api_version, '/', &group, &version) ? group : STR_NONE;
}

bool kubernetes_is_kustomization(const struct doc *d) {
    struct str group = kubernetes_group(doc_str(doc_get(d, STR("apiVersion"))));
    return str_eq(group, STR("kustomize.config.k8s.io"));
}

/* Where the kinds of the group "extensions" went. */
static const struct {
    struct str kind, group;
} moved[] = {
    {STR("DaemonSet"), STR("apps")},
    {STR("Deployment"), STR("apps")},
    {STR("Ingress"), STR("networking.k8s.io")},
    {STR("NetworkPolicy"), STR("networking.k8s.io")},
    {STR("PodSecurityPolicy"), STR("policy")},
    {STR("ReplicaSet"), STR("apps")},
};

static struct str group_today(struct str group, struct str kind) {
    if (!str_eq(group, STR("extensions"))) {
        return group;
    }
    for (size_t i = 0; i < ARRAY_SIZE(moved); i++) {
        if (str_eq(moved[i].kind, kind)) {
            return moved[i].group;
        }
    }
    return group;
}

struct str kubernetes_kind(struct arena *arena, struct str api_version, struct str kind) {
    struct str group = group_today(kubernetes_group(api_version), kind);
    return group.n ? arena_strf(arena, "%.*s.%.*s", STR_ARG(kind), STR_ARG(group)) : arena_str(arena, kind);
}

struct str kubernetes_key(struct arena *arena, struct str namespace, struct str kind, struct str name) {
    return namespace.n ? arena_strf(arena, "%.*s/%.*s/%.*s", STR_ARG(namespace), STR_ARG(kind), STR_ARG(name))
                       : arena_strf(arena, "%.*s/%.*s", STR_ARG(kind), STR_ARG(name));
}

/* Sorted. */
static const struct str cluster_kinds[] = {
    STR("APIService.apiregistration.k8s.io"),
    STR("CSIDriver.storage.k8s.io"),
    STR("CSINode.storage.k8s.io"),
    STR("CertificateSigningRequest.certificates.k8s.io"),
    STR("ClusterRole.rbac.authorization.k8s.io"),
    STR("ClusterRoleBinding.rbac.authorization.k8s.io"),
    STR("ClusterTrustBundle.certificates.k8s.io"),
    STR("ComponentStatus"),
    STR("CustomResourceDefinition.apiextensions.k8s.io"),
    STR("DeviceClass.resource.k8s.io"),
    STR("DeviceTaintRule.resource.k8s.io"),
    STR("FlowSchema.flowcontrol.apiserver.k8s.io"),
    STR("GatewayClass.gateway.networking.k8s.io"),
    STR("IPAddress.networking.k8s.io"),
    STR("IngressClass.networking.k8s.io"),
    STR("MutatingAdmissionPolicy.admissionregistration.k8s.io"),
    STR("MutatingAdmissionPolicyBinding.admissionregistration.k8s.io"),
    STR("MutatingWebhookConfiguration.admissionregistration.k8s.io"),
    STR("Namespace"),
    STR("Node"),
    STR("PersistentVolume"),
    STR("PodSecurityPolicy.policy"),
    STR("PriorityClass.scheduling.k8s.io"),
    STR("PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io"),
    STR("ResourceSlice.resource.k8s.io"),
    STR("RuntimeClass.node.k8s.io"),
    STR("SecurityContextConstraints.security.openshift.io"),
    STR("SelfSubjectAccessReview.authorization.k8s.io"),
    STR("SelfSubjectReview.authentication.k8s.io"),
    STR("SelfSubjectRulesReview.authorization.k8s.io"),
    STR("ServiceCIDR.networking.k8s.io"),
    STR("StorageClass.storage.k8s.io"),
    STR("StorageVersionMigration.storagemigration.k8s.io"),
    STR("SubjectAccessReview.authorization.k8s.io"),
    STR("TokenReview.authentication.k8s.io"),
    STR("ValidatingAdmissionPolicy.admissionregistration.k8s.io"),
    STR("ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io"),
    STR("ValidatingWebhookConfiguration.admissionregistration.k8s.io"),
    STR("VolumeAttachment.storage.k8s.io"),
    STR("VolumeAttributesClass.storage.k8s.io"),
};

bool kubernetes_is_cluster_kind(struct str kind) {
    size_t low = 0, high = ARRAY_SIZE(cluster_kinds);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(cluster_kinds[middle], kind);
        if (order == 0) {
            return true;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}

/* Where a kind has its PodTemplate; "" is the object itself. */
static const struct {
    struct str kind, group;
    const char *path;
} templates[] = {
    {STR("Pod"), STR(""), ""},
    {STR("PodTemplate"), STR(""), "template"},
    {STR("ReplicationController"), STR(""), "spec.template"},
    {STR("DaemonSet"), STR("apps"), "spec.template"},
    {STR("Deployment"), STR("apps"), "spec.template"},
    {STR("ReplicaSet"), STR("apps"), "spec.template"},
    {STR("StatefulSet"), STR("apps"), "spec.template"},
    {STR("CronJob"), STR("batch"), "spec.jobTemplate.spec.template"},
    {STR("Job"), STR("batch"), "spec.template"},
    {STR("DeploymentConfig"), STR("apps.openshift.io"), "spec.template"},
    {STR("Rollout"), STR("argoproj.io"), "spec.template"},
    {STR("Configuration"), STR("serving.knative.dev"), "spec.template"},
    {STR("Revision"), STR("serving.knative.dev"), ""},
    {STR("Service"), STR("serving.knative.dev"), "spec.template"},
    {STR("AdvancedCronJob"), STR("apps.kruise.io"), "spec.template.jobTemplate.spec.template"},
    {STR("BroadcastJob"), STR("apps.kruise.io"), "spec.template"},
    {STR("CloneSet"), STR("apps.kruise.io"), "spec.template"},
    {STR("DaemonSet"), STR("apps.kruise.io"), "spec.template"},
    {STR("StatefulSet"), STR("apps.kruise.io"), "spec.template"},
    {STR("ScaledJob"), STR("keda.sh"), "spec.jobTargetRef.template"},
    {STR("Fleet"), STR("agones.dev"), "spec.template.spec.template"},
    {STR("GameServer"), STR("agones.dev"), "spec.template"},
    {STR("GameServerSet"), STR("agones.dev"), "spec.template.spec.template"},
    {STR("Notebook"), STR("kubeflow.org"), "spec.template"},
    {STR("AutoscalingRunnerSet"), STR("actions.github.com"), "spec.template"},
};

const struct doc *kubernetes_pod_template(const struct doc *object) {
    struct str kind = doc_str(doc_get(object, STR("kind")));
    struct str group = group_today(kubernetes_group(doc_str(doc_get(object, STR("apiVersion")))), kind);
    for (size_t i = 0; i < ARRAY_SIZE(templates); i++) {
        if (str_eq(templates[i].kind, kind) && str_eq(templates[i].group, group)) {
            return *templates[i].path ? doc_path(object, templates[i].path) : object;
        }
    }
    return NULL;
}

const struct doc *kubernetes_pod_spec(const struct doc *object) {
    return doc_get(kubernetes_pod_template(object), STR("spec"));
}

const struct doc *kubernetes_pod_metadata(const struct doc *object) {
    return doc_get(kubernetes_pod_template(object), STR("metadata"));
}

const struct doc *kubernetes_container_next(struct kubernetes_container_walk *walk) {
    static const struct {
        struct str key;
        enum kubernetes_container_kind kind;
    } lists[] = {
        {STR("initContainers"), CONTAINER_INIT},
        {STR("containers"), CONTAINER_ORDINARY},
        {STR("ephemeralContainers"), CONTAINER_EPHEMERAL},
    };
    for (; walk->list < ARRAY_SIZE(lists); walk->list++, walk->i = 0) {
        const struct doc *container = doc_at(doc_get(walk->spec, lists[walk->list].key), walk->i);
        if (container) {
            walk->i++;
            walk->kind = lists[walk->list].kind;
            return container;
        }
    }
    return NULL;
}
