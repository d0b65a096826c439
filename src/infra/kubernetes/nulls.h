/* Members that are null, taken out of an object: to Kubernetes `securityContext: null`, or nothing behind the
 * colon, is the same as no securityContext at all.
 *
 * Nodes without a null below them stay the same nodes. Aliases let a few lines hold a great many values: past
 * LIMIT_OBJECT_VALUES the rest stays as it is. */
#ifndef PLIMSOLL_INFRA_KUBERNETES_NULLS_H
#define PLIMSOLL_INFRA_KUBERNETES_NULLS_H

#include "base/arena.h"
#include "doc/doc.h"

/* NULL when there is no memory. The tree is at most as deep as readers let it be. */
const struct doc *kubernetes_without_nulls(struct arena *arena, const struct doc *object) _nodiscard_;

#endif
