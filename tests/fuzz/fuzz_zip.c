/* Any bytes as a ZIP archive: all members are unpacked. */
#include "base/limits.h"
#include "fuzz.h"
#include "source/stream/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    _cleanup_(buf_free) struct buf body = buf_new(MIB);
    struct zip zip;
    struct zip_member member;
    struct err err = ERR_NONE;
    int r = zip_open(&zip, str_n((const char *)data, size), &err);
    while (r == 0 && zip_next(&zip, &member, &err) == 1) {
        buf_clear(&body);
        if (zip_read(&zip, &member, &body, &err) == 0 && body.n != member.size) {
            abort();
        }
    }
    return 0;
}
