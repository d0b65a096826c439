/* Image documents as JSON, and the records that a broken reader may answer with. */
#include "base/limits.h"
#include "fuzz.h"
#include "source/image/manifest.h"

static int decode(struct str record) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    struct manifest manifest;
    struct err err = ERR_NONE;
    int r = manifest_decode(record, &arena, &manifest, &err);
    if (r == 0 && manifest.kind == MANIFEST_INDEX) {
        const struct manifest_item *item = manifest_for_platform(&manifest, STR("linux/arm64/v8"));
        assert(!item || !item->is_attestation);
        (void)item;
    }
    assert(r == 0 || err.message[0]);
    return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str bytes = str_n((const char *)data, size);
    _cleanup_(buf_free) struct buf record = buf_new(LIMIT_RECORD);
    struct err err = ERR_NONE;
    if (manifest_encode(bytes, &record, &err) == 0) {
        int r = decode(buf_view(&record));
        assert(r == 0 || r == ERR_MEMORY);
        (void)r;
    } else {
        assert(err.message[0]);
    }
    (void)decode(bytes);
    return 0;
}
