/* Attached documents: what they say that they are, and the records that a broken reader may answer with. */
#include "base/limits.h"
#include "fuzz.h"
#include "source/image/attached_document.h"

static int decode(struct str record) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    struct attached_document document;
    struct err err = ERR_NONE;
    int r = attached_document_decode(&arena, record, &document, &err);
    assert(r == 0 || err.message[0]);
    assert(r < 0 || document.format < ATTACHED_FORMATS);
    return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct str digest =
        STR("sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    struct str bytes = str_n((const char *)data, size);
    _cleanup_(buf_free) struct buf record = buf_new(LIMIT_RECORD);
    struct err err = ERR_NONE;
    if (attached_document_encode(bytes, &digest, 1, &record, &err) == 0) {
        int r = decode(buf_view(&record));
        assert(r == 0 || r == ERR_MEMORY);
        (void)r;
    } else {
        assert(err.message[0]);
    }
    (void)decode(bytes);
    return 0;
}
