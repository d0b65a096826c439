/* Which distribution's package brought what: language packages, and files of the surface, by the lists of
 * files that package databases keep (FACT_OWNED).
 *
 *     owners_begin(&owners, arena, packages, n, surface, err)       both are there, and stay where they are
 *     if (owners_asks(&owners)) owners_take(&owners, &fact)         of each visible FACT_OWNED
 *
 * Sets `owner` of both. */
#ifndef PLIMSOLL_INSPECT_OWNERS_H
#define PLIMSOLL_INSPECT_OWNERS_H

#include "inspect/surface.h"

struct owners {
    struct package_record *packages;
    size_t n;
    const struct surface *surface;
    struct map by_name; /* of a distribution's packages → place */
    struct map by_hash; /* of a file that is asked about → the first place that asks; others by next */
    size_t *next;
    uint64_t *hashes;
    uint64_t *sieve; /* the bit of each hash's low bits */
};

int owners_begin(struct owners *out, struct arena *arena, struct package_record *packages, size_t n,
                 const struct surface *surface, struct err *err);
/* False: there is no distribution's package, or nothing that one could own. */
bool owners_asks(const struct owners *owners);
void owners_take(struct owners *owners, const struct fact *owned);

#endif
