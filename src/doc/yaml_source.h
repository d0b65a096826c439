/* libfyaml's parser over a text, and what of 0.7.12 must be kept from it. Internal to the YAML reader.
 *
 * Behind the ":" of a key inside an explicit key ("? a:"), libfyaml refuses a tab in front of "?", ":", "-",
 * "|" or ">", and then frees one of its records twice. Such a tab separates tokens just as a space does
 * (YAML 1.2.2 section 6.2), so the parser is given a space in its place. Tabs inside scalars stay: a first
 * reading of the text with all of them hidden says where the scalars are. */
#ifndef PLIMSOLL_DOC_YAML_SOURCE_H
#define PLIMSOLL_DOC_YAML_SOURCE_H

#include "base/arena.h"

struct fy_parser;
struct fy_diag;
struct fy_event;

struct yaml_source {
    struct fy_parser *fy;
    struct fy_diag *diag;
};

/* The bytes of a token without its quotes; of a block scalar, its lines. */
struct yaml_extent {
    size_t from, to;
};

/* False when there is no memory. text must live until yaml_source_close(), which is due in either case. */
bool yaml_source_open(struct yaml_source *source, struct str text);
void yaml_source_close(struct yaml_source *source);

/* Of a scalar's event in a text of size bytes; false when it has no text of its own. */
bool yaml_scalar_extent(struct fy_event *event, size_t size, struct yaml_extent *out);

/* text, or a copy of the same length with the tabs hidden; p is NULL when there is no memory. */
struct str yaml_hide_tabs(struct arena *arena, struct str text);

#endif
