/* Which installed packages an rpm package needs: headers require capabilities (rpm.org, "Dependencies":
 * names, sonames, "perl(File::Spec)", paths), and which package provides one is known when all headers were
 * read. So packages wait here until then.
 *
 * Not followed: paths of files that no package provides by name, and what rpm itself provides
 * ("rpmlib(...)"). */
#ifndef PLIMSOLL_INSPECT_PACKAGES_RPM_RPM_NEEDS_H
#define PLIMSOLL_INSPECT_PACKAGES_RPM_RPM_NEEDS_H

#include "base/map.h"
#include "inspect/packages/installed.h"
#include "inspect/packages/rpm/rpm_header.h"

struct rpm_waiting {
    struct package package;
    size_t first, n; /* of its requirements */
};

struct rpm_needs {
    struct arena *arena;
    struct map capabilities; /* name → 1 + its number */
    VEC(uint32_t) providers; /* by number of the capability: 1 + the first package, 0: none so far */
    VEC(uint32_t) required;  /* numbers of capabilities, package by package */
    VEC(struct rpm_waiting) packages;
    bool is_full; /* past LIMIT_RPM_CAPABILITIES requirements are dropped */
};

/* All in arena. */
struct rpm_needs rpm_needs_new(struct arena *arena);
/* Copies the package, whose header may go. ERR_MEMORY alone. */
int rpm_needs_take(struct rpm_needs *needs, const struct package *package, const struct rpm_header *header,
                   struct err *err);
/* Writes all packages with what they need. */
int rpm_needs_put(struct rpm_needs *needs, struct problems *problems, struct err *err);

#endif
