/* What Kubernetes objects name and select: Pod to ServiceAccount, ConfigMap, Secret and claim; RoleBinding to
 * Role and subjects; Ingress to Service; Service, NetworkPolicy and PodDisruptionBudget to the workloads
 * whose pods they select; everything to its Namespace and owners.
 *
 * A reference to what is not in the set is kept, with nothing at its end. */
#ifndef PLIMSOLL_INFRA_KUBERNETES_REFERENCES_H
#define PLIMSOLL_INFRA_KUBERNETES_REFERENCES_H

#include "infra/resource.h"

/* Notes what a Kubernetes object names, when it is added; its tree is there. What it selects is for
 * kubernetes_select(), when all are. */
int kubernetes_refer(struct resources *set, struct resource *from, struct err *err);

#endif
