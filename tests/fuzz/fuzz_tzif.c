/* A time zone file; its offsets stay below a week at any moment. */
#include "base/limits.h"
#include "cel/values/zone.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const int64_t moments[] = {-62135596800, -1, 0, 1711846800, 4102444800, 253402300799};
    _cleanup_(arena_free) struct arena arena = arena_new(16 * MIB);
    struct zone zone;
    if (zone_read_tzif(str_n((const char *)data, size), &arena, &zone, NULL) < 0) {
        return 0;
    }
    for (size_t i = 0; i < ARRAY_SIZE(moments); i++) {
        int32_t offset = zone_offset(&zone, moments[i]);
        if (offset < -604800 || offset > 604800) {
            abort();
        }
    }
    return 0;
}
