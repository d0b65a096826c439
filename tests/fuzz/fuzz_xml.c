/* Any bytes as XML. */
#include "base/limits.h"
#include "doc/xml.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    const struct xml_element *root;
    struct err err = ERR_NONE;
    int r = xml_parse(&arena, str_n((const char *)data, size), &root, &err);
    if ((r == 0) != (err.code == 0) || (r == 0 && !root)) {
        abort();
    }
    return 0;
}
