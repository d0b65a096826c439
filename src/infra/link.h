/* The last step of reading: what resources name becomes edges between them. */
#ifndef PLIMSOLL_INFRA_LINK_H
#define PLIMSOLL_INFRA_LINK_H

#include "infra/resource.h"

/* Finds the references of Kubernetes objects, and what all references name. Once, after all were added. */
int infra_link(struct resources *set, struct err *err);

#endif
