/* Variables of a Dockerfile and their expansion (reference: "Environment replacement"). Internal to the
 * Dockerfile reader. */
#ifndef PLIMSOLL_DOC_DOCKERFILE_EXPAND_H
#define PLIMSOLL_DOC_DOCKERFILE_EXPAND_H

#include "base/map.h"
#include "doc/dockerfile/dockerfile_words.h"

struct variable {
    struct str name, value;
    struct str unknown;     /* why it is not known; empty when it is */
    bool is_env, is_unset;  /* an ARG without default: unset as far as the file says */
    const struct doc *node; /* where its value was set; NULL for what no line sets */
};

/* The variables of one stage, or those in front of the first (global). */
struct scope {
    const struct scope *parent; /* the stage that it builds on */
    bool is_global, is_scratch; /* nothing is set by a base image */
    struct map env, args;       /* name to number + 1 */
    VEC(struct variable) v;
};

/* What expansions may still cost. */
struct expander {
    struct reading *r;
    size_t fuel;
};

void scope_set(struct reading *r, struct scope *scope, const struct variable *variable);
/* NULL when nothing sets it. ENV wins over ARG. */
const struct variable *scope_find(const struct scope *scope, struct str name);
/* True for what the builder sets: TARGETPLATFORM, BUILDARCH ... and HTTP_PROXY ... */
bool variable_is_platform(struct str name);
bool variable_is_predefined(struct str name);

/* A text in which '\0' stands for what is not known. */
struct expanded {
    struct str text;
    struct str unknown; /* why; empty when all is known */
};

/* Quotes and escapes are taken away. */
struct expanded expand(struct expander *e, const struct scope *scope, struct str text, char escape,
                       size_t offset);
/* The same as a node: DOC_STRING, or DOC_UNKNOWN with the reason. */
const struct doc *expand_part(struct expander *e, const struct scope *scope, struct part p);
const struct doc *expanded_node(struct reading *r, struct part p, const struct expanded *x);

#endif
