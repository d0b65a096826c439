/* The comments between the scalars of a YAML text. Internal to the YAML reader. */
#ifndef PLIMSOLL_DOC_YAML_COMMENTS_H
#define PLIMSOLL_DOC_YAML_COMMENTS_H

#include "doc/text.h"
#include "doc/yaml.h"
#include "doc/yaml_source.h"

/* What stands between scalars are indicators, anchors, tags, directives, white space and comments; of these
 * only a comment has a "#" behind white space (YAML 1.2.2 section 6.6). extents are in the order of the text
 * and count from t.p on; skipped bytes stand in front of t.p. ERR_MEMORY. */
int yaml_find_comments(struct arena *arena, const struct text *t, size_t skipped,
                       const struct yaml_extent *extents, size_t n, struct yaml_stream *out, struct err *err);

#endif
