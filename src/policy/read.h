/* One file's text to resources, by the name of its source: for inline examples, editors and tests.
 *
 * Call infra_link() when all is read. A scan takes another way to the same resources: there the text is read
 * in the cage. */
#ifndef PLIMSOLL_POLICY_READ_H
#define PLIMSOLL_POLICY_READ_H

#include "infra/resource.h"

/* source: "dockerfile", "kubernetes", "compose" or "image" (the JSON of an image as docs/image.md shows it).
 * ERR_UNSUPPORTED for others. text must live as long as the set. */
int policy_read(struct resources *set, struct str source, struct str file, struct str text, struct err *err);

/* The i-th name of a source; empty past the last. */
struct str policy_source_name(size_t i);

#endif
