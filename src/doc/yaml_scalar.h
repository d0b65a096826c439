/* What a YAML scalar means. Internal to the YAML reader. */
#ifndef PLIMSOLL_DOC_YAML_SCALAR_H
#define PLIMSOLL_DOC_YAML_SCALAR_H

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"

enum yaml_scalar_result {
    YAML_SCALAR_OK,
    YAML_SCALAR_WRONG, /* the text is not what the tag says */
    YAML_SCALAR_NO_MEMORY,
};

/* Fills kind and value of d from a scalar's text, which must live as long as d. tag is the whole tag
 * ("tag:yaml.org,2002:int"), empty when there is none; a plain scalar is one without quotes and block style.
 */
enum yaml_scalar_result yaml_scalar_resolve(struct arena *arena, struct doc *d, struct str text,
                                            struct str tag, bool is_plain);

/* What a plain scalar without tag is in YAML 1.1 and not in 1.2, as sigs.k8s.io/yaml reads it: the booleans
 * yes, no, on, off, y and n; integers with a leading 0 (octal), 0b or "_" between digits. False when it is
 * none of these. */
bool yaml_scalar_resolve_1_1(struct doc *d, struct str text);

#endif
