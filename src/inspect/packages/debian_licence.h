/* The licences that a Debian copyright file names, as one SPDX expression (copyright-format 1.0, "License
 * specification").
 *
 *     debian_licences_add(&set, STR("GPL-2+ or Artistic, and Expat"));
 *     debian_licences_add(&set, STR("permissive"));
 *     debian_licences_join(&set, &licence, err);
 *     → "(GPL-2.0-or-later OR Artistic-1.0) AND LicenseRef-permissive AND MIT"
 *
 * A name that stands for no known licence, or only for one of several, becomes a LicenseRef; where there is
 * none beside it, it stays as it is. */
#ifndef PLIMSOLL_INSPECT_PACKAGES_DEBIAN_LICENCE_H
#define PLIMSOLL_INSPECT_PACKAGES_DEBIAN_LICENCE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"

struct debian_licences {
    struct arena *arena;
    struct map stated; /* synopses as they stand: files repeat them by the thousand */
    struct map known;  /* parts of the expression */
    VEC(struct str) parts;
    struct str only; /* the first synopsis */
    bool has_no_memory, is_full;
};

struct debian_licences debian_licences_new(struct arena *arena);
/* The first line of a License field. */
void debian_licences_add(struct debian_licences *set, struct str synopsis);
/* All of them by AND in the order of their bytes, in arena; empty when there are none, or more than
 * LIMIT_DEBIAN_LICENCES or LIMIT_FIELD bytes. */
int debian_licences_join(struct debian_licences *set, struct str *out, struct err *err);

#endif
