/* Licences of Debian packages, which stand in a file apart: FACT_LICENCE, brought to the packages.
 *
 * A package's folder below usr/share/doc may be a link to that of another binary of the same source and
 * version (Debian policy 12.5), so a package without a file of its own takes the licence of one of those. */
#ifndef PLIMSOLL_INSPECT_DEB_LICENCES_H
#define PLIMSOLL_INSPECT_DEB_LICENCES_H

#include "base/err.h"
#include "base/map.h"
#include "model/package_record.h"

struct deb_licences {
    struct map by_name; /* package → its struct str */
};

struct deb_licences deb_licences_new(struct arena *arena);
/* The slices must stay. Of two the later counts. */
int deb_licences_add(struct deb_licences *licences, struct str package, struct str licence, struct err *err);
/* To deb packages that state none, in their order, until room bytes of licences are used. */
int deb_licences_give(struct deb_licences *licences, struct package_record *packages, size_t n, size_t room,
                      struct err *err);

#endif
