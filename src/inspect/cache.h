/* Facts of layers that were read before, by the digest of their content (diffID).
 *
 * One file a layer under <cache>/layers/<fingerprint of the inspectors>/; it carries its own checksum, so a
 * damaged one counts as absent. Trusting the configuration's diffID here is what container engines do: they
 * refuse an image whose layer has another one. */
#ifndef PLIMSOLL_INSPECT_CACHE_H
#define PLIMSOLL_INSPECT_CACHE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mapping.h"

struct layer_cache {
    char *folder; /* NULL: nothing is kept */
};

/* In arena; the folder is made at the first write. root NULL: no cache. secrets: what is looked for (0: no
 * secrets), as other rules find others. */
struct layer_cache layer_cache_at(struct arena *arena, const char *root, uint64_t secrets);

/* For facts of layers that lie unpacked in a storage. A storage states a digest that nobody can verify, so
 * what is read there never stands for an archive with that digest. */
struct layer_cache layer_cache_of_folders(struct arena *arena, const struct layer_cache *cache);

/* True when the layer is known: facts lie in the mapping, which is to be freed. */
bool layer_cache_get(const struct layer_cache *cache, struct str diff_id, struct mapping *out,
                     struct str *facts);
/* A cache that can't be written is no error: the next scan reads the layer again. facts are the same
 * afterwards; the checksum is written behind them, so that they need not be copied. */
void layer_cache_put(const struct layer_cache *cache, struct str diff_id, struct buf *facts);

#endif
