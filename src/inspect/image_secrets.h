/* Secrets in how an image is set up: its environment, labels, commands, and the history that made it. */
#ifndef PLIMSOLL_INSPECT_IMAGE_SECRETS_H
#define PLIMSOLL_INSPECT_IMAGE_SECRETS_H

#include "inspect/inventory.h"
#include "inspect/read.h"

/* Looks through the configuration in the cage and adds what it finds to the inventory, whose slices live in
 * arena. Without options->secrets it does nothing. */
int read_image_secrets(const struct image *image, const struct read_options *options, struct arena *arena,
                       struct inventory *inventory, struct err *err);

#endif
