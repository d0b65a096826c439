/* What the visible files of a target say to checks: set-id files, what everyone may write to, tools, caches,
 * and what lies in layers without being seen.
 *
 * Made by the inventory, which hands in the facts of each layer from the lowest up, then asks once what of
 * them can be seen. Everything lives in the arena. */
#ifndef PLIMSOLL_INSPECT_SURFACE_H
#define PLIMSOLL_INSPECT_SURFACE_H

#include "doc/json_write.h"
#include "inspect/notables.h"
#include "inspect/overlay.h"
#include "model/package_record.h"

/* An entry of one layer. */
struct surface_file {
    struct entry entry;
    size_t layer; /* from 0 */
    bool is_void; /* a later entry of its layer has its path */
    bool is_visible;
    bool was_below;   /* a lower layer has its path; known of set-id files that can be seen */
    size_t hidden_by; /* the layer that hides it, when it can't be seen */
    const struct surface_row *tool;
    const struct package_record *owner; /* distribution package, or NULL */
    struct surface_file *below;         /* the same path before, in this layer or a lower one */
};

struct surface_part {
    struct str path;
    size_t layer;
    uint64_t bytes, files;
    size_t hidden_by; /* the number of layers when it can be seen */
    const struct surface_row *row;
};

struct surface {
    struct arena *arena;
    size_t layers_n;
    bool has_layers;
    const bool *is_in_base; /* by layer */
    VEC(struct surface_file *) files;
    VEC(struct surface_part) parts;
    struct map newest; /* path → the last file */
};

struct surface surface_new(struct arena *arena, size_t layers_n, bool has_layers);

/* FACT_ENTRY, FACT_TREE or FACT_REPLACED; its slices must stay. */
int surface_take(struct surface *surface, size_t layer, const struct fact *fact, struct err *err);
/* After the last one: what is visible. Owners are set by the caller afterwards. */
void surface_merge(struct surface *surface, const struct overlay *overlay);

/* True when there is anything to say. */
bool surface_is_known(const struct surface *surface);
/* As checks and reports see it: docs/image.md shows the shape. Sorts the files. */
int surface_write(struct surface *surface, struct json_writer *w, struct err *err);

#endif
