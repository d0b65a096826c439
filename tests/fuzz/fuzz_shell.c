/* Shell text in: every node has a span inside the text, and the commands can be written. */
#include "base/limits.h"
#include "doc/dockerfile/shell.h"
#include "doc/json_write.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    _cleanup_(buf_free) struct buf text = buf_new(64 * MIB);
    struct shell shell;
    struct err err = ERR_NONE;
    if (shell_parse(&arena, str_n((const char *)data, size), &shell, &err) < 0) {
        return 0;
    }
    for (size_t i = 0; i < shell.spans.rows.n; i++) {
        const struct doc_span_row *row = &shell.spans.rows.p[i];
        if (row->end > size || row->start > row->end) {
            abort();
        }
    }
    struct json_writer w = json_writer_new(&text, 0);
    json_write_doc(&w, shell.commands);
    if (!text.failed && json_finish(&w, &err) < 0) {
        abort();
    }
    return 0;
}
