#include "inspect/owners.h"

/* ---- what is asked about: places of packages, and behind them those of the surface's files */

static size_t places(const struct owners *o) {
    return o->n + o->surface->files.n;
}

/* Empty for what is not asked about. */
static struct str path_of(const struct owners *o, size_t i) {
    if (i >= o->n) {
        return o->surface->files.p[i - o->n]->entry.path;
    }
    const struct package_record *record = &o->packages[i];
    return package_type_is_of_os(record->package.type) ? STR_NONE : package_record_file(record);
}

static void set_owner(struct owners *o, size_t i, const struct package_record *owner) {
    if (i >= o->n) {
        o->surface->files.p[i - o->n]->owner = owner;
    } else {
        o->packages[i].owner = owner->purl;
    }
}

/* ---- by the hash of their file: chains through next, which end with SIZE_MAX. A distribution's packages own
 * a hundred times as many files as are asked about, so the sieve lets most of them go before the map is
 * asked.
 */

enum { SIEVE_BITS = 1 << 16 };

static uint64_t *sieve_word(const struct owners *o, uint64_t hash) {
    return &o->sieve[hash % SIEVE_BITS / 64];
}

static bool may_be_owned(const struct owners *o, uint64_t hash) {
    return *sieve_word(o, hash) >> hash % 64 & 1;
}

static int index_place(struct owners *o, size_t i, struct err *err) {
    struct str path = path_of(o, i);
    bool is_new;
    if (!path.n) {
        return 0;
    }
    o->hashes[i] = facts_owned_hash(path);
    struct str key = str_n((const char *)&o->hashes[i], sizeof o->hashes[i]);
    uint64_t *slot = map_put(&o->by_hash, key, &is_new);
    if (!slot) {
        return err_memory(err);
    }
    *sieve_word(o, o->hashes[i]) |= UINT64_C(1) << o->hashes[i] % 64;
    o->next[i] = is_new ? SIZE_MAX : (size_t)*slot;
    *slot = i;
    return 0;
}

static int index_name(struct owners *o, size_t i, struct err *err) {
    if (!package_type_is_of_os(o->packages[i].package.type)) {
        return 0;
    }
    uint64_t *slot = map_put(&o->by_name, o->packages[i].package.name, NULL);
    if (!slot) {
        return err_memory(err);
    }
    *slot = i;
    return 0;
}

int owners_begin(struct owners *out, struct arena *arena, struct package_record *packages, size_t n,
                 const struct surface *surface, struct err *err) {
    *out = (struct owners){.packages = packages,
                           .n = n,
                           .surface = surface,
                           .by_name = map_new(arena),
                           .by_hash = map_new(arena)};
    out->next = arena_array(arena, places(out), sizeof *out->next);
    out->hashes = arena_array(arena, places(out), sizeof *out->hashes);
    out->sieve = arena_array(arena, SIEVE_BITS / 64, sizeof *out->sieve);
    int r = out->next && out->hashes && out->sieve ? 0 : err_memory(err);
    for (size_t i = 0; r == 0 && i < n; i++) {
        r = index_name(out, i, err);
    }
    for (size_t i = 0; r == 0 && i < places(out); i++) {
        r = index_place(out, i, err);
    }
    return r;
}

bool owners_asks(const struct owners *owners) {
    return owners->by_hash.n && owners->by_name.n;
}

static const struct package_record *find_owner(const struct owners *o, const struct fact *owned) {
    const uint64_t *slot = map_get(&o->by_name, owned->owner);
    const struct package_record *record = slot ? &o->packages[*slot] : NULL;
    return record && record->package.type == owned->owner_type ? record : NULL;
}

void owners_take(struct owners *owners, const struct fact *owned) {
    const struct package_record *owner = find_owner(owners, owned);
    for (size_t i = 0; owner && i < owned->hashes.n / sizeof(uint64_t); i++) {
        uint64_t hash = fact_hash(owned->hashes, i);
        if (!may_be_owned(owners, hash)) {
            continue;
        }
        const uint64_t *slot = map_get(&owners->by_hash, str_n((const char *)&hash, sizeof hash));
        for (size_t at = slot ? (size_t)*slot : SIZE_MAX; at != SIZE_MAX; at = owners->next[at]) {
            set_owner(owners, at, owner);
        }
    }
}
