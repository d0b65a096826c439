/* YAML 1.2 (core schema, chapter 10.3) to documents, through libfyaml's event parser.
 *
 * - Plain scalars are null, bool, int (decimal, 0o, 0x), float or string; quoted ones and !!str are strings.
 * - An alias shares its anchor's node: nothing is expanded, so an alias bomb costs nothing. An alias inside
 * its own anchor is refused, as is one without anchor.
 * - "<<" merges (yaml.org/type/merge): keys of the map itself win, then the earlier of a list of maps.
 *   Merged members stand in front of the map's own.
 * - Keys are scalars and stay as they are written ("1", "true", "null"); a list or map as key is refused.
 * - Equal keys in one map are refused, with the place of the second.
 * - !!binary is DOC_BYTES; other tags do not change a value, except that a scalar with a tag is no number.
 * - A value's place is that of its text, behind anchor and tag; a block scalar's is the first line of its
 *   text. An alias and a merged member have the place of what they name.
 * - Errors say "line 3 column 14: ...", ERR_INPUT, or ERR_LIMIT past LIMIT_DOC_DEPTH (an alias counts with
 * the depth of what it names) and where libfyaml has no bounds of its own (LIMIT_YAML_*). */
#ifndef PLIMSOLL_DOC_YAML_H
#define PLIMSOLL_DOC_YAML_H

#include "base/arena.h"
#include "base/err.h"
#include "doc/span.h"

/* All documents of a stream; none (*n is 0) when text holds only comments and white space. Everything is
 * copied into the arena: text may go. */
int yaml_parse(struct arena *arena, struct str text, const struct doc ***docs, size_t *n, struct err *err);

/* As yaml_parse(), but a node with an application's own tag ("!Ref x", "!GetAtt a.b") becomes a map with the
 * tag as its one key: {"!Ref": "x"}. Its place is the tag's node's. For formats whose tags have a meaning. */
int yaml_parse_tagged(struct arena *arena, struct str text, const struct doc ***docs, size_t *n,
                      struct err *err);

/* As yaml_parse(), but plain scalars mean what Kubernetes takes them for (sigs.k8s.io/yaml): "yes" is true
 * and 0644 is 420, as in YAML 1.1. */
int yaml_parse_kubernetes(struct arena *arena, struct str text, const struct doc ***docs, size_t *n,
                          struct err *err);

enum yaml_reading { YAML_CORE, YAML_TAGGED, YAML_KUBERNETES };

struct yaml_comment {
    struct doc_place at; /* of the "#" */
    struct doc_span span;
    struct str text; /* from the "#" to the end of the line; a slice of the text that was read */
    bool is_alone;   /* nothing but white space stands in front of it in its line */
};

struct yaml_stream {
    const struct doc **docs;
    const struct doc_place *starts; /* of each document: its "---", or its first token */
    size_t n;
    const struct yaml_comment *comments; /* in the order of the text; none when it is refused */
    size_t n_comments;
};

/* As the function of that reading above, with what else the text says. */
int yaml_read(struct arena *arena, struct str text, enum yaml_reading reading, struct yaml_stream *out,
              struct err *err);

#endif
