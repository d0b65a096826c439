#include "inspect/removed.h"

#include "base/limits.h"

struct removed removed_new(struct arena *arena) {
    return (struct removed){.arena = arena, .known = map_new(arena), .key = buf_new(LIMIT_RECORD)};
}

void removed_free(struct removed *removed) {
    buf_free(&removed->key);
}

/* What tells packages apart, until the next call; without a path wherever it lies. */
static struct str write_key(struct removed *removed, const struct package *package, struct str path) {
    struct buf *key = &removed->key;
    const struct str texts[] = {package->name, package->version, package->arch, path};
    buf_clear(key);
    buf_byte(key, (uint8_t)package->type);
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        buf_str(key, texts[i]);
        buf_byte(key, 0);
    }
    removed->failed |= key->failed;
    return buf_view(key);
}

/* Lists lie in the reader's scratch memory. */
static bool keep(struct arena *arena, struct package_record *record) {
    struct package *package = &record->package;
    struct str *linked = package->linked_n ? arena_array(arena, package->linked_n, sizeof *linked) : NULL;
    if (linked) {
        memcpy(linked, package->linked, package->linked_n * sizeof *linked);
    }
    bool has_all = linked || !package->linked_n;
    package->linked = linked;
    package->needs = NULL;
    package->needs_n = 0;
    return has_all;
}

static void add_fresh(struct removed *removed, struct str key, const struct package_record *record) {
    struct str kept = arena_str(removed->arena, key);
    uint64_t *slot = kept.p ? map_put(&removed->known, kept, NULL) : NULL;
    struct package_record *fresh = slot ? VEC_PUSH(removed->arena, &removed->packages) : NULL;
    if (!fresh) {
        removed->failed = true;
        return;
    }
    *fresh = *record;
    *slot = removed->packages.n;
    removed->failed |= !keep(removed->arena, fresh);
}

void removed_add(struct removed *removed, const struct package_record *record) {
    struct str key = write_key(removed, &record->package, record->path);
    const uint64_t *slot = map_get(&removed->known, key);
    struct package_record *known = slot ? &removed->packages.p[*slot - 1] : NULL;
    if (known && known->layer == record->removed_in) {
        known->layer = record->layer;
        known->is_in_base = record->is_in_base;
    } else if (!known && removed->packages.n == LIMIT_REMOVED) {
        removed->is_cut = true;
    } else if (!known) {
        add_fresh(removed, key, record);
    }
}

static uint64_t owned_hash(const struct package_record *record) {
    return facts_owned_hash(package_record_file(record));
}

static struct str hash_key(const uint64_t *hash) {
    return str_n((const char *)hash, sizeof *hash);
}

static void want_owner(struct removed *removed, const struct package_record *record) {
    uint64_t *hash = arena_alloc(removed->arena, sizeof *hash);
    if (hash) {
        *hash = owned_hash(record);
    }
    removed->failed |= !hash || !map_put(&removed->known, hash_key(hash), NULL);
}

enum { IS_REMOVED = 1, IS_VISIBLE };

/* The packages that are taken away → IS_REMOVED, or IS_VISIBLE where they are seen elsewhere. */
static bool find_visible(struct removed *removed, const struct package_record *visible, size_t n,
                         struct map *out) {
    for (size_t i = 0; i < removed->packages.n; i++) {
        struct str kept =
            arena_str(removed->arena, write_key(removed, &removed->packages.p[i].package, STR_NONE));
        uint64_t *slot = kept.p ? map_put(out, kept, NULL) : NULL;
        if (!slot) {
            return false;
        }
        *slot = IS_REMOVED;
    }
    for (size_t i = 0; i < n; i++) {
        uint64_t *slot = map_get(out, write_key(removed, &visible[i].package, STR_NONE));
        if (slot) {
            *slot = IS_VISIBLE;
        }
    }
    return true;
}

bool removed_drop_visible(struct removed *removed, const struct package_record *visible, size_t n) {
    struct map seen = map_new(removed->arena);
    size_t kept = 0;
    removed->known = map_new(removed->arena);
    removed->failed |= !find_visible(removed, visible, n, &seen);
    for (size_t i = 0; !removed->failed && i < removed->packages.n; i++) {
        const struct package_record *record = &removed->packages.p[i];
        const uint64_t *slot = map_get(&seen, write_key(removed, &record->package, STR_NONE));
        if (slot && *slot == IS_VISIBLE) {
            continue;
        }
        if (!package_type_is_of_os(record->package.type)) {
            want_owner(removed, record);
        }
        removed->packages.p[kept++] = *record;
    }
    removed->packages.n = kept;
    return removed->known.n;
}

void removed_own(struct removed *removed, const struct fact *owned) {
    for (size_t i = 0; i < owned->hashes.n / sizeof(uint64_t); i++) {
        uint64_t hash = fact_hash(owned->hashes, i);
        uint64_t *slot = map_get(&removed->known, hash_key(&hash));
        if (slot) {
            *slot = 1;
        }
    }
}

void removed_drop_owned(struct removed *removed) {
    size_t kept = 0;
    for (size_t i = 0; i < removed->packages.n; i++) {
        const struct package_record *record = &removed->packages.p[i];
        uint64_t hash = owned_hash(record);
        const uint64_t *slot =
            package_type_is_of_os(record->package.type) ? NULL : map_get(&removed->known, hash_key(&hash));
        if (!slot || !*slot) {
            removed->packages.p[kept++] = *record;
        }
    }
    removed->packages.n = kept;
}
