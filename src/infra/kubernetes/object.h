/* What all Kubernetes objects have in common, and the pods that they describe.
 *
 * A kind is written with its group: "Deployment.apps", "Pod" in the core group. Kinds that moved out of the
 * group "extensions" go by the name that they have today; api_version of the resource still says what is
 * written. Documents come from outside: every value may be missing or of a wrong kind. */
#ifndef PLIMSOLL_INFRA_KUBERNETES_OBJECT_H
#define PLIMSOLL_INFRA_KUBERNETES_OBJECT_H

#include "base/arena.h"
#include "doc/doc.h"

/* A map that has apiVersion and kind, both strings. */
bool kubernetes_is_object(const struct doc *d);
/* A file of kustomize (kustomize.config.k8s.io), which says how objects are changed, and is none itself. */
bool kubernetes_is_kustomization(const struct doc *d);

/* "apps" of "apps/v1"; empty for the core group. */
struct str kubernetes_group(struct str api_version);
/* "Deployment.apps"; p is NULL when there is no memory. */
struct str kubernetes_kind(struct arena *arena, struct str api_version, struct str kind) _nodiscard_;
/* "prod/Deployment.apps/web", without a namespace "Node/a"; p is NULL when there is no memory. */
struct str kubernetes_key(struct arena *arena, struct str namespace, struct str kind_with_group,
                          struct str name) _nodiscard_;
/* Objects of this kind are in no namespace. Kinds that Kubernetes does not know itself are taken to be in
 * one. */
bool kubernetes_is_cluster_kind(struct str kind_with_group);

/* The PodTemplate of a workload: the map with metadata and spec; the Pod itself. NULL for all else. Also
 * knows Argo Rollouts, Knative, OpenShift, OpenKruise, KEDA, Agones, Kubeflow notebooks and runner sets. */
const struct doc *kubernetes_pod_template(const struct doc *object);
const struct doc *kubernetes_pod_spec(const struct doc *object);
const struct doc *kubernetes_pod_metadata(const struct doc *object);

enum kubernetes_container_kind { CONTAINER_INIT, CONTAINER_ORDINARY, CONTAINER_EPHEMERAL };

/* All containers of a PodSpec, in the order in which they may run.
 *
 *     struct kubernetes_container_walk walk = {.spec = kubernetes_pod_spec(object)};
 *     for (const struct doc *c; (c = kubernetes_container_next(&walk));) ... walk.kind ... */
struct kubernetes_container_walk {
    const struct doc *spec;
    enum kubernetes_container_kind kind; /* of the container that was given last */
    unsigned list;
    size_t i;
};
const struct doc *kubernetes_container_next(struct kubernetes_container_walk *walk);

#endif
