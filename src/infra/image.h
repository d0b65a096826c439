/* A built image to a resource of kind "Image": its configuration as the OCI image specification writes it
 * (config.md: config, history, rootfs, architecture, ...), and beside it what the layers hold that checks ask
 * for. docs/image.md shows the shape. */
#ifndef PLIMSOLL_INFRA_IMAGE_H
#define PLIMSOLL_INFRA_IMAGE_H

#include "infra/resource.h"

/* Adds the image that text, JSON, describes. text and file must live as long as the set. */
int image_read(struct resources *set, struct str file, struct str text, struct err *err);
/* As image_read(), of a tree that must live as long as the set. */
int image_add(struct resources *set, struct str name, const struct doc *object, struct err *err);

/* A folder that is a root file system, as a resource of kind "RootFS": only what its files say. */
int image_add_root(struct resources *set, struct str name, struct str files, struct err *err);
/* The configuration with the members of a JSON object beside its own. Both must live as long as the set. */
int image_with_facts(struct arena *arena, const struct doc *config, struct str facts, const struct doc **out,
                     struct err *err);
/* The configuration with what the layers hold as its member "files". files: JSON, or empty for none. Both
 * must live as long as the set. */
int image_with_files(struct arena *arena, const struct doc *config, struct str files, const struct doc **out,
                     struct err *err);

#endif
