/* One compose file's model in the one canonical syntax, so that files can be merged value by value. */
#ifndef PLIMSOLL_INFRA_COMPOSE_CANONICAL_H
#define PLIMSOLL_INFRA_COMPOSE_CANONICAL_H

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"

/* "!reset" and "!override", which stay in place for the merge: a map with this one key. NULL for all else. */
const struct doc_member *compose_tag(const struct doc *d);

/* Short forms become long ones, and what may be a list or one value becomes a list. A value that is in no
 * form that the specification knows stays as it is. *values counts the values that are made, against
 * LIMIT_COMPOSE_VALUES. */
int compose_canonical(struct arena *arena, const struct doc *model, size_t *values, const struct doc **out,
                      struct err *err);

/* What holds where nothing is said, after all files are merged: protocol and mode of ports, the Dockerfile's
 * name. */
int compose_defaults(struct arena *arena, const struct doc *model, size_t *values, const struct doc **out,
                     struct err *err);

#endif
