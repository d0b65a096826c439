/* Text edits: a change of a few bytes that leaves comments and layout as they are.
 *
 *     struct edit_step path[] = {{.key = STR("spec")}, {.key = STR("hostNetwork")}};
 *     struct edit_target target = {EDIT_YAML, text, 0};
 *     struct edit edit;
 *     if (edit_set(&arena, &target, path, 2, value, &edit, err) < 0) ...
 *     if (edit_apply(text, &edit, 1, &out, err) < 0) ...
 *
 * What a maker gives is proven: it applies the edit, reads the text again and compares all its documents with
 * what was meant. Where layout, an alias, an anchor, a tag or a merge key makes the simple edit wrong, the
 * maker refuses with ERR_UNSUPPORTED and nothing is written. Documents are those of yaml_parse_tagged(). */
#ifndef PLIMSOLL_DOC_EDIT_H
#define PLIMSOLL_DOC_EDIT_H

#include "base/arena.h"
#include "base/buf.h"
#include "doc/span.h"

/* The bytes of span are replaced by text. */
struct edit {
    struct doc_span span;
    struct str text;
};

/* Writes text with all edits into out, in any order given; insertions at one place keep their order.
 * ERR_USAGE when two overlap or one reaches past the end; ERR_MEMORY, also at out's cap. out is then left as
 * it was. */
int edit_apply(struct str text, const struct edit *edits, size_t n, struct buf *out, struct err *err);

enum edit_format { EDIT_YAML, EDIT_JSON };

struct edit_target {
    enum edit_format format;
    struct str text;
    size_t document; /* from 0, in a YAML stream */
};

/* A member of a map, or with key.p NULL an item of a list. */
struct edit_step {
    struct str key;
    size_t index;
};

/* The edit that makes value stand at path. Maps that are missing on the way are added, below the last member
 * of the map that is there; a string keeps its quotes. The edit's text lives in the arena. ERR_UNSUPPORTED as
 * above, ERR_ABSENT when the document or an item is not there, ERR_INPUT when text is refused. */
int edit_set(struct arena *arena, const struct edit_target *target, const struct edit_step *path, size_t n,
             const struct doc *value, struct edit *out, struct err *err);

/* The edit that takes the member at path away, with its line's comment. A map that loses its last one becomes
 * "{}". Errors as above; ERR_ABSENT also when there is no such member. */
int edit_remove(struct arena *arena, const struct edit_target *target, const struct edit_step *path, size_t n,
                struct edit *out, struct err *err);

#endif
