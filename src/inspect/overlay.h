/* What of stacked layers is visible from above (OCI image-spec, "Layer Filesystem Changeset").
 *
 * A path of a lower layer is gone when a higher one has a whiteout for it or for a folder above it, an opaque
 * folder above it, an entry of its own at it, or anything but a folder at a path above it. */
#ifndef PLIMSOLL_INSPECT_OVERLAY_H
#define PLIMSOLL_INSPECT_OVERLAY_H

#include "base/map.h"
#include "inspect/facts.h"

struct overlay;

/* n layers, lowest first; in arena. */
int overlay_new(struct overlay **out, struct arena *arena, size_t n, struct err *err);
/* Takes what a FACT_HIDDEN or FACT_PATHS of that layer says; its slices must stay. */
int overlay_add(struct overlay *overlay, size_t layer, const struct fact *fact, struct err *err);

/* The lowest layer above `layer` that hides its path, or the number of layers when it can be seen. */
size_t overlay_hidden_by(const struct overlay *overlay, size_t layer, struct str path);

/* True when a layer has something other than a folder at path, and none above hides it. */
bool overlay_shows(const struct overlay *overlay, struct str path);

/* True when a layer below has something other than a folder at path, hidden or not. */
bool overlay_has_below(const struct overlay *overlay, size_t layer, struct str path);

#endif
