/* What Kubernetes objects name and select: Pod to ServiceAccount, ConfigMap, Secret and claim; RoleBinding to
 * Role and subjects; Ingress to Service; Service, NetworkPolicy and PodDisruptionBudget to the workloads
 * whose pods they select; everything to its Namespace and owners.
 *
 * A reference to what is not in the set is kept, with nothing at its end. */
#ifndef PLIMSOLL_INFRA_KUBERNETES_REFERENCES_H
#define PLIMSOLL_INFRA_KUBERNETES_REFERENCES_H

#include "infra/resource.h"

/* Notes the references of all Kubernetes objects in the set; once, before resources_link(). */
int kubernetes_refer(struct resources *set, struct err *err);

#endif
