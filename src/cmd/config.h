/* .plimsoll.yaml: the nearest one from the target upward. Its keys are the names of the long options, and
 * those of guardrails (policy/guardrail/guardrail.h).
 *
 * It may belong to whoever wrote what is scanned, so it is parsed in the cage. */
#ifndef PLIMSOLL_CMD_CONFIG_H
#define PLIMSOLL_CMD_CONFIG_H

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"

struct config_value {
    const char *key, *value; /* value is empty when it is no scalar */
    struct doc_place at;
};

struct config {
    const char *path;            /* NULL: there is none */
    struct str text;             /* as it is, and */
    const struct doc *root;      /* what it says; NULL when it is empty */
    struct config_value *values; /* of the top level */
    size_t n;
};

/* No file is no error; one that can't be read is. */
int config_find(struct config *out, struct arena *arena, const char *target, struct err *err);
/* NULL when the key is not there. */
const struct config_value *config_get(const struct config *config, const char *key);

#endif
