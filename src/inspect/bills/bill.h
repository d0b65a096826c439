/* Bills of materials, read: CycloneDX JSON, SPDX 2 JSON and Syft JSON, bare or in an in-toto attestation.
 *
 * bill_read() parses in the cage (bills/cyclonedx.c and the others fill a struct bill there), and gives what
 * a scan of the bill's subject would have found: an inventory, and the image's identity and layers when it
 * says that it is of one. What a bill of ours says in its own words (docs/sbom.md) comes back as it was; of
 * another's, a package that states no file is said to be at its line in the bill. */
#ifndef PLIMSOLL_INSPECT_BILLS_BILL_H
#define PLIMSOLL_INSPECT_BILLS_BILL_H

#include "inspect/inventory.h"
#include "source/image/image.h"

struct bill {
    struct str format; /* "CycloneDX 1.6" */
    struct str name;   /* of its subject */
    bool is_of_image;
    struct image image; /* name, digest, platform, layers: no source */
    struct inventory inventory;
};

/* path names it in messages and places. Slices live in arena. ERR_INPUT: it is no bill of materials, with
 * line and column where JSON is wrong. */
int bill_read(struct arena *arena, struct str text, struct str path, bool is_open, struct bill *out,
              struct err *err);

#endif
