/* A Dockerfile in: every node has a span inside the text, and the tree can be written. */
#include "base/limits.h"
#include "doc/dockerfile/dockerfile.h"
#include "doc/json_write.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    _cleanup_(buf_free) struct buf text = buf_new(64 * MIB);
    struct dockerfile file;
    struct err err = ERR_NONE;
    if (dockerfile_parse(&arena, str_n((const char *)data, size), &file, &err) < 0) {
        return 0;
    }
    for (size_t i = 0; i < file.spans.rows.n; i++) {
        const struct doc *node = file.spans.rows.p[i].node;
        struct doc_span span;
        if (!doc_span_of(&file.spans, node, &span) || span.end > size || span.start > span.end ||
            span.line != node->at.line || span.column != node->at.column) {
            abort();
        }
    }
    struct json_writer w = json_writer_new(&text, 0);
    json_write_doc(&w, file.root);
    if (!text.failed && json_finish(&w, &err) < 0) {
        abort();
    }
    return 0;
}
