/* .plimsoll.yaml: the nearest one from the target upward. Its keys are the names of the long options. */
#ifndef PLIMSOLL_CMD_CONFIG_H
#define PLIMSOLL_CMD_CONFIG_H

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"

struct config {
    const char *path; /* NULL: there is none */
    const struct doc *root;
    struct err err; /* of a file that is there but can't be read */
};

struct config config_find(struct arena *arena, const char *target);
/* NULL when the key is not there. */
const char *config_get(const struct config *config, struct arena *arena, const char *key);

#endif
