/* Which installed packages provide which virtual ones (Debian policy 7.5), so that a need of a name that
 * others provide leads to them.
 *
 * A need with a version is met by provides with a version alone; as with packages themselves, versions are
 * not compared: what is installed was. */
#ifndef PLIMSOLL_INSPECT_PACKAGES_DEB_PROVIDES_H
#define PLIMSOLL_INSPECT_PACKAGES_DEB_PROVIDES_H

#include "base/map.h"
#include "inspect/packages/installed.h"

struct deb_provides {
    struct arena *arena;
    struct map by_name; /* virtual package → its first provider */
    bool has_no_memory;
};

struct deb_provides deb_provides_new(struct arena *arena);
/* provides: the field of a package that is installed; of one name the first LIMIT_PROVIDERS count. */
void deb_provides_add(struct deb_provides *provides, struct str package, struct str field);
/* As needs_add_relation(), and for each name those who provide it. */
void deb_provides_needs(const struct deb_provides *provides, struct str relation, struct needs *needs);

#endif
