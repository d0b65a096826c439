/* Which inspectors want a file: one look-up by its name, so that millions of entries cost little.
 *
 * Inspectors are bits of a mask, in the order of the table. */
#ifndef PLIMSOLL_INSPECT_ROUTE_H
#define PLIMSOLL_INSPECT_ROUTE_H

#include "base/map.h"
#include "inspect/inspector.h"

struct router;

/* In arena. */
/* of_sources: also what is_of_sources. */
int router_new(struct router **out, struct arena *arena, bool of_sources, struct err *err);

struct route {
    uint64_t certain;  /* want it whatever is in it */
    uint64_t by_magic; /* want it when its first bytes are theirs */
};

struct route route_path(const struct router *router, struct str path);

enum { ROUTE_HEAD = 16 }; /* bytes that route_head() needs, unless the file is shorter */

/* Those of `by_magic` whose magic the file begins with. */
uint64_t route_head(const struct router *router, uint64_t by_magic, struct str head);

#endif
