/* One compose model over another, both canonical (Compose Specification, "Merge Compose files"). */
#ifndef PLIMSOLL_INFRA_COMPOSE_MERGE_H
#define PLIMSOLL_INFRA_COMPOSE_MERGE_H

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"

/* Maps by key; of lists the entries of both, where one that is about the same thing (port, target, name)
 * takes the earlier one's place; all else is replaced, by null not. base may be NULL. ERR_INPUT when a map or
 * list is to go over another kind of value, with the place in over. */
int compose_merge(struct arena *arena, const struct doc *base, const struct doc *over, const struct doc **out,
                  struct err *err);
/* As compose_merge(), of one service. */
int compose_merge_service(struct arena *arena, const struct doc *base, const struct doc *over,
                          const struct doc **out, struct err *err);

#endif
