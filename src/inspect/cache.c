#include "inspect/cache.h"

#include "base/cursor.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/wire.h"
#include "inspect/pass.h"

/* Behind the facts, so that they are written and read where they lie: checksum, magic. */
enum { TAIL = 16 };

static const struct str magic = {"PLMFACT4", 8};

struct layer_cache layer_cache_at(struct arena *arena, const char *root, uint64_t secrets) {
    return (struct layer_cache){root ? arena_printf(arena, "%s/layers/%016llx-%016llx", root,
                                                    (unsigned long long)pass_fingerprint(),
                                                    (unsigned long long)secrets)
                                     : NULL};
}

struct layer_cache layer_cache_of_folders(struct arena *arena, const struct layer_cache *cache) {
    return (struct layer_cache){cache->folder ? arena_printf(arena, "%s/folders", cache->folder) : NULL};
}

/* The digest becomes a file name, so it must be one. */
static bool path_of(const struct layer_cache *cache, struct str diff_id, char out[LIMIT_PATH]) {
    unsigned char bytes[SHA256_BYTES];
    struct str hex = str_from(diff_id, 7);
    if (!cache->folder || !str_starts(diff_id, STR("sha256:")) || !hex_decode(hex, bytes, sizeof bytes)) {
        return false;
    }
    int n = snprintf(out, LIMIT_PATH, "%s/%.*s", cache->folder, STR_ARG(hex));
    return n > 0 && n < LIMIT_PATH;
}

bool layer_cache_get(const struct layer_cache *cache, struct str diff_id, struct mapping *out,
                     struct str *facts) {
    char path[LIMIT_PATH];
    struct err ignored = ERR_NONE;
    if (!path_of(cache, diff_id, path) || mapping_open(out, path, &ignored) < 0) {
        return false;
    }
    struct cursor in = cursor_over(out->bytes);
    *facts = cursor_take(&in, cursor_left(&in) < TAIL ? SIZE_MAX : cursor_left(&in) - TAIL);
    uint64_t sum = cursor_le64(&in);
    struct str found = cursor_take(&in, magic.n);
    if (in.failed || facts->n > LIMIT_FACTS || !str_eq(found, magic) || sum != hash_bytes(*facts)) {
        mapping_free(out);
        return false;
    }
    return true;
}

void layer_cache_put(const struct layer_cache *cache, struct str diff_id, struct buf *facts) {
    char path[LIMIT_PATH];
    struct err ignored = ERR_NONE;
    if (!path_of(cache, diff_id, path) || file_make_dirs(cache->folder, &ignored) < 0) {
        return;
    }
    size_t n = facts->n;
    wire_u64(facts, hash_bytes(buf_view(facts)));
    buf_str(facts, magic);
    if (!facts->failed) {
        (void)file_replace_cached(path, buf_view(facts), &ignored);
    }
    facts->n = n;
    facts->failed = false;
}
