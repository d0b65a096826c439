/* What the inspectors of language packages share.
 *
 * Names and versions come from text that anyone may have written: language_package() keeps a single one from
 * filling a record, and says so instead. */
#ifndef PLIMSOLL_INSPECT_PACKAGES_LANGUAGE_H
#define PLIMSOLL_INSPECT_PACKAGES_LANGUAGE_H

#include "inspect/inspector.h"

/* Writes the package, unless its name is empty or a string of it is longer than LIMIT_FIELD; the
 * latter is a problem. A licence that is too long (some metadata holds its whole text) is left out, and so
 * are needs past LIMIT_NEEDS_BYTES, with a problem. The checksum may have any form that checksum.h reads;
 * what is none is left out. */
void language_package(struct inspection *in, const struct package *package);

/* True when one of the folders of path is called name. */
bool language_is_below(struct str path, struct str name);

/* A copy in the arena's memory of the slices joined; p is NULL when there is no memory. */
struct str language_join(struct arena *arena, struct str a, struct str b);

/* Adds one of several licences of which the user may choose: "MIT OR GPL-2.0-only"; no more than a few are
 * kept. False when there is no memory. */
bool language_add_licence(struct arena *arena, struct str *all, struct str licence);

/* The version of the standard library that comes with a Go toolchain: "1.21.3" of "go1.21.3", without what a
 * vendor or an experiment adds. Empty when the toolchain is no release. */
struct str language_go_release(struct str toolchain);

#endif
