#include "inspect/cache.h"

#include "base/cursor.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/wire.h"
#include "inspect/pass.h"

enum { HEAD = 16 }; /* magic, checksum */

static const struct str magic = {"PLMFACT1", 8};

struct layer_cache layer_cache_at(struct arena *arena, const char *root) {
    return (struct layer_cache){
        root ? arena_printf(arena, "%s/layers/%016llx", root, (unsigned long long)pass_fingerprint()) : NULL};
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

bool layer_cache_get(const struct layer_cache *cache, struct str diff_id, struct buf *out) {
    char path[LIMIT_PATH];
    struct err ignored = ERR_NONE;
    size_t before = out->n;
    if (!path_of(cache, diff_id, path) || file_read(path, out, &ignored) < 0) {
        out->n = before;
        return false;
    }
    struct cursor in = cursor_over(str_from(buf_view(out), before));
    struct str found = cursor_take(&in, magic.n);
    uint64_t sum = cursor_le64(&in);
    struct str facts = cursor_take(&in, cursor_left(&in));
    if (in.failed || !str_eq(found, magic) || sum != hash_bytes(facts)) {
        out->n = before;
        return false;
    }
    memmove(out->p + before, facts.p, facts.n);
    out->n = before + facts.n;
    return true;
}

void layer_cache_put(const struct layer_cache *cache, struct str diff_id, struct str facts) {
    char path[LIMIT_PATH];
    struct err ignored = ERR_NONE;
    if (!path_of(cache, diff_id, path) || file_make_dirs(cache->folder, &ignored) < 0) {
        return;
    }
    _cleanup_(buf_free) struct buf file = buf_new(LIMIT_FACTS + HEAD);
    buf_str(&file, magic);
    wire_u64(&file, hash_bytes(facts));
    buf_str(&file, facts);
    if (!file.failed) {
        (void)file_replace_cached(path, buf_view(&file), &ignored);
    }
}
