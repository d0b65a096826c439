/* Packages that a layer brings and a later one takes away: whoever has the image can still read them, but
 * nothing in a container does. They are kept apart from those that can be seen.
 *
 * A package counts as taken away when the file that stated it was deleted, or no longer states it, and
 * nothing visible states the same package. */
#ifndef PLIMSOLL_INSPECT_REMOVED_H
#define PLIMSOLL_INSPECT_REMOVED_H

#include "base/buf.h"
#include "base/map.h"
#include "inspect/facts.h"
#include "model/package_record.h"

struct removed {
    struct arena *arena;
    VEC(struct package_record) packages; /* purl, ecosystem and owner are not set */
    struct map known; /* what tells them apart → place in packages + 1; then owned_hash() of a file → 1 */
    struct buf key;
    bool is_cut; /* there were more than LIMIT_REMOVED */
    bool failed; /* there was no memory */
};

struct removed removed_new(struct arena *arena);
void removed_free(struct removed *removed);
/* From the highest layer down. record.layer has it, removed_in hides its file; of what lies in several layers
 * without a gap the lowest is kept. The texts of record must stay. */
void removed_add(struct removed *removed, const struct package_record *record);
/* Once all are there: drops what the visible packages are too. True when owners have to be looked for. */
bool removed_drop_visible(struct removed *removed, const struct package_record *visible, size_t n);
/* Drops what the files of distributions' packages brought, which are judged by those: each FACT_OWNED of the
 * layers has to be given to removed_own() before. */
void removed_own(struct removed *removed, const struct fact *owned);
void removed_drop_owned(struct removed *removed);

#endif
