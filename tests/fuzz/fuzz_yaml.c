/* YAML in; what is accepted can be written as JSON (or is an alias bomb, which the buffer's cap stops). */
#include "base/limits.h"
#include "doc/json_write.h"
#include "doc/yaml.h"
#include "fuzz.h"

/* libfyaml 0.7.12 leaks a little on quoted scalars of many lines and quotes; what we leak ourselves is still
 * seen. */
const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void) {
    return "leak:libfyaml";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    _cleanup_(buf_free) struct buf text = buf_new(MIB);
    struct yaml_stream stream;
    struct err err = ERR_NONE;
    if (yaml_read(&arena, str_n((const char *)data, size), (enum yaml_reading)(size % 3), &stream, &err) <
        0) {
        return 0;
    }
    for (size_t i = 0; i < stream.n_comments; i++) {
        if (stream.comments[i].text.p[0] != '#') {
            abort();
        }
    }
    struct json_writer w = json_writer_new(&text, 0);
    json_begin_array(&w);
    for (size_t i = 0; i < stream.n; i++) {
        json_write_doc(&w, stream.docs[i]);
    }
    json_end(&w);
    if (!text.failed && !w.too_deep && json_finish(&w, &err) < 0) {
        abort();
    }
    return 0;
}
