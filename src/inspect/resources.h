/* What the documents of a target declare: facts to the set that checks run on. */
#ifndef PLIMSOLL_INSPECT_RESOURCES_H
#define PLIMSOLL_INSPECT_RESOURCES_H

#include "infra/resource.h"
#include "inspect/compose_projects.h"
#include "inspect/inventory.h"

/* The set lives in arena and in the inventory's facts, in trees what it makes on demand. Documents that can't
 * be used are left out, each with a problem: at most problems_max of them, their number in *problems_n. */
int resources_gather(struct arena *arena, struct arena *trees, const struct inventory *inventory,
                     const struct compose_sources *sources, struct resources *set, struct problem *problems,
                     size_t problems_max, size_t *problems_n, struct err *err);

#endif
