/* Any bytes as an advisory, and as the compact form of one. What is read survives the compact form. */
#include "base/limits.h"
#include "fuzz.h"
#include "vuln/osv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    _cleanup_(buf_free) struct buf bytes = buf_new(16 * MIB), again = buf_new(16 * MIB);
    struct str text = str_n((const char *)data, size);
    struct osv_record record;
    struct err err = ERR_NONE;
    (void)osv_decode(&arena, text, &record, &err);
    if (osv_read(&arena, text, &record, &err) < 0) {
        return 0;
    }
    osv_reduce(&record);
    osv_encode(&bytes, &record);
    if (osv_decode(&arena, buf_view(&bytes), &record, &err) < 0) {
        abort();
    }
    osv_encode(&again, &record);
    if (!str_eq(buf_view(&bytes), buf_view(&again))) {
        abort();
    }
    return 0;
}
