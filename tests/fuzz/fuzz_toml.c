/* TOML in; what is accepted can be written as JSON. */
#include "base/limits.h"
#include "doc/json_write.h"
#include "doc/toml.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    _cleanup_(buf_free) struct buf text = buf_new(64 * MIB);
    const struct doc *d;
    struct err err = ERR_NONE;
    if (toml_parse(&arena, str_n((const char *)data, size), &d, &err) < 0) {
        return 0;
    }
    struct json_writer w = json_writer_new(&text, 0);
    json_write_doc(&w, d);
    if (json_finish(&w, &err) < 0) {
        abort();
    }
    return 0;
}
