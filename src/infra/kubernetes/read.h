/* Files with Kubernetes manifests to resources.
 *
 * - YAML with any number of documents, or JSON. Documents that are no Kubernetes objects are stepped over;
 *   custom resources and their definitions are objects like all others.
 * - A List, or any "...List" with items, gives its items; those of a typed list get its kind.
 * - An object without a namespace is in "default", as `kubectl apply` would put it. One with generateName
 *   alone goes by that.
 * - Members that are null are taken to be left out.
 * - The key is "prod/Deployment.apps/web", or "ClusterRole.rbac.authorization.k8s.io/admin".
 * - Helm templates are text for another program, and what kustomize does to objects is not in its file: both
 * are ERR_UNSUPPORTED with the reason, so that what they declare is reported as not decided. */
#ifndef PLIMSOLL_INFRA_KUBERNETES_READ_H
#define PLIMSOLL_INFRA_KUBERNETES_READ_H

#include "infra/resource.h"

/* Adds what text declares. text may go afterwards. */
int kubernetes_read(struct resources *set, struct str file, struct str text, struct err *err);

/* Adds one object, or the items of a list, that somebody else has read; nothing when it is neither. file and
 * the tree must live as long as the set. ERR_LIMIT when lists stand in lists more than LIMIT_LIST_DEPTH deep.
 */
int kubernetes_add(struct resources *set, struct str file, const struct doc *d, struct err *err);

/* As kubernetes_add() of a packed document (doc/pack.h), whose tree is made on demand: the set has trees. */
int kubernetes_add_packed(struct resources *set, struct str file, struct str packed, struct err *err);

/* "{{ .Values.x }}" and the like: text that Helm renders. Go templates for other programs, as in a ConfigMap
 * for an alert manager, are none. */
bool kubernetes_is_helm_template(struct str text);

#endif
