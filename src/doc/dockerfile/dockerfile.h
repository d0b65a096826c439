/* Dockerfile (BuildKit's frontend 1.x, docs.docker.com/reference/dockerfile) to a document.
 *
 * The shape is in docs/dockerfile.md. Nothing that is wrong in a file stops it: problems are collected with
 * their places and the rest is read. A value that depends on an ARG without default, or on what the base
 * image sets, is DOC_UNKNOWN with the reason; an ARG with a default has it. Linear in the text; what
 * expansions may cost is bounded. */
#ifndef PLIMSOLL_DOC_DOCKERFILE_H
#define PLIMSOLL_DOC_DOCKERFILE_H

#include "doc/dockerfile/reading.h"

struct dockerfile {
    const struct doc *root;
    struct doc_lines lines; /* for doc_span() of its nodes */
    struct doc_problems problems;
};

/* text must live as long as the tree. ERR_LIMIT or ERR_MEMORY. */
int dockerfile_parse(struct arena *arena, struct str text, struct dockerfile *out, struct err *err);

#endif
