/* The files of a compose project, read, and brought to one model: "include", "extends", overrides. */
#ifndef PLIMSOLL_INFRA_COMPOSE_LOAD_H
#define PLIMSOLL_INFRA_COMPOSE_LOAD_H

#include "infra/compose/compose.h"

struct compose_model {
    const struct doc *model; /* canonical: services, volumes, networks, secrets, configs */
    const struct doc *input; /* the first document of the first file, as it was read */
    struct str folder;       /* of the first file */
};

int compose_load(struct resources *set, const struct compose_project *project, struct compose_files files,
                 struct compose_model *out, struct err *err);

#endif
