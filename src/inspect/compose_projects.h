/* The compose files of a folder, put together to projects in the cage.
 *
 * The pass keeps the text of files that compose finds by their names. What they name beside them (extends,
 * include, .env) is asked for by the reader, opened here below the folder's root (or in the commit's tree),
 * and handed in. */
#ifndef PLIMSOLL_INSPECT_COMPOSE_PROJECTS_H
#define PLIMSOLL_INSPECT_COMPOSE_PROJECTS_H

#include "infra/resource.h"
#include "inspect/inventory.h"

struct compose_sources {
    /* Opens a path below the folder's root for reading; -1: there is none, or it leads out of it. */
    int (*open)(void *ctx, const char *path);
    void *ctx;
    bool is_open; /* --no-cage */
};

/* An open() for a folder: ctx is its descriptor. */
int compose_open_below(void *ctx, const char *path);

/* Adds the project of one compose file, and of the override file beside it. ERR_INPUT and the like: it can't
 * be used; the message says where. */
int compose_project_add(struct resources *set, const struct inventory *inventory,
                        const struct inventory_document *file, const struct compose_sources *sources,
                        struct err *err);

/* "compose.override.yaml": read with its compose.yaml, and no project of its own. */
bool compose_is_override(struct str path);

#endif
