/* Text of a bill to a record, and the record back. */
#include "base/limits.h"
#include "fuzz.h"
#include "inspect/bills/reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena = arena_new(LIMIT_DOC_BYTES);
    struct buf record = buf_new(LIMIT_BODY);
    struct bill bill;
    struct err err = ERR_NONE;
    if (bill_encode(&arena, str_n((const char *)data, size), STR("bill.json"), &record, &err) == 0 &&
        bill_decode(&arena, buf_view(&record), &bill, &err) < 0) {
        __builtin_trap();
    }
    (void)bill_decode(&arena, str_n((const char *)data, size), &bill, &err);
    buf_free(&record);
    arena_free(&arena);
    return 0;
}
