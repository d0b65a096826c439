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

/* Connects all that selects with all that is selected. Used by kubernetes_refer(). */
int kubernetes_select(struct resources *set, struct err *err);

#endif
