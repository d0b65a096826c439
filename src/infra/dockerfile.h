/* Dockerfiles to resources: the file (kind "Dockerfile"), each stage ("dockerfile.Stage") and each
 * instruction ("dockerfile.RUN", "dockerfile.FROM", ...; those of ONBUILD also under their own kind).
 *
 * The shape of all three is in docs/dockerfile.md. Stages and instructions are part_of the file. */
#ifndef PLIMSOLL_INFRA_DOCKERFILE_H
#define PLIMSOLL_INFRA_DOCKERFILE_H

#include "infra/resource.h"

/* Adds what text declares. text and file must live as long as the set. */
int dockerfile_read(struct resources *set, struct str file, struct str text, struct err *err);

/* Adds a file that dockerfile_parse() has read; the tree must live as long as the set. */
int dockerfile_add(struct resources *set, struct str file, const struct doc *root, struct err *err);

/* "Dockerfile", "Dockerfile.dev", "web.dockerfile", "Containerfile": the names that builders look for. */
bool dockerfile_is_file_name(struct str name);

#endif
