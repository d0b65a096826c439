/* Label selectors: which workloads' pods a Service, NetworkPolicy or PodDisruptionBudget selects.
 *
 * The selector of a Service is a map of labels, and selects nothing when it is empty; the others have
 * matchLabels and matchExpressions (In, NotIn, Exists, DoesNotExist), and select all pods of their namespace
 * when they are empty. */
#ifndef PLIMSOLL_INFRA_KUBERNETES_SELECTOR_H
#define PLIMSOLL_INFRA_KUBERNETES_SELECTOR_H

#include "infra/resource.h"

/* True when a LabelSelector matches the labels; NULL labels are none. */
bool kubernetes_selector_matches(const struct doc *selector, const struct doc *labels);

/* A copy of the labels that the pods of a workload have, without values that are no labels: empty where it
 * gives none, NULL when it is no workload. ERR_MEMORY. */
int kubernetes_pod_labels(struct arena *arena, const struct doc *object, const struct doc **out);

/* Connects all that selects with all that is selected; once, before resources_link(). */
int kubernetes_select(struct resources *set, struct err *err);

#endif
