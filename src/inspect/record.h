/* Writes what was found in a target into the store: the subject, its layers, operating system and packages.
 */
#ifndef PLIMSOLL_INSPECT_RECORD_H
#define PLIMSOLL_INSPECT_RECORD_H

#include "infra/resource.h"
#include "inspect/inventory.h"
#include "model/store.h"
#include "source/image/image.h"

struct record_input {
    const struct image *image; /* NULL: the subject is the folder `name` */
    struct str name;
    const struct inventory *inventory;
    bool keeps_edges; /* between packages, layers and files: for a store that stays, and reports that read
                         them */
};

/* *subject is set to its asset id. All in the transaction of the caller. */
int record_inventory(struct store *store, int64_t run, const struct record_input *input, int64_t *subject,
                     struct err *err);

/* Writes the resources that stand for themselves, and sets resource->asset of all. Not their documents: those
 * may hold secrets. */
int record_resources(struct store *store, int64_t run, int64_t subject, struct resources *set,
                     bool keeps_edges, struct err *err);

#endif
