/* Shell text in: every node has a span inside the text, and the commands can be written. */
#include "base/limits.h"
#include "doc/dockerfile/shell.h"
#include "doc/json_write.h"
#include "fuzz.h"

/* Every node's text lies in the file. */
static void check(const struct doc_lines *lines, const struct doc *d) {
    struct doc_span span = doc_span(lines, d);
    if (span.to > lines->text.n || span.from > span.to) {
        abort();
    }
    for (size_t i = 0; i < doc_count(d); i++) {
        check(lines, d->kind == DOC_LIST ? d->list.items[i] : d->map.members[i].value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    _cleanup_(buf_free) struct buf text = buf_new(64 * MIB);
    struct shell shell;
    struct err err = ERR_NONE;
    if (shell_parse(&arena, str_n((const char *)data, size), &shell, &err) < 0) {
        return 0;
    }
    check(&shell.lines, shell.commands);
    struct json_writer w = json_writer_new(&text, 0);
    json_write_doc(&w, shell.commands);
    if (!text.failed && json_finish(&w, &err) < 0) {
        abort();
    }
    return 0;
}
