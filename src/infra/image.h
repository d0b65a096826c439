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

#endif
