/* Prints what the readers of Dockerfiles and shell text make of a file, as JSON, for tests that compare:
 *
 *     document_json dockerfile FILE
 *     document_json shell FILE
 *
 * Values that are not known are null.
 */
#include "base/file.h"
#include "base/limits.h"
#include "doc/dockerfile/dockerfile.h"
#include "doc/dockerfile/shell.h"
#include "doc/json_write.h"

static void put_problems(struct json_writer *w, const struct doc_problems *problems) {
    json_key(w, STR("problems"));
    json_begin_array(w);
    for (size_t i = 0; i < problems->list.n; i++) {
        json_begin_object(w);
        json_key(w, STR("line"));
        json_uint(w, problems->list.p[i].at.line);
        json_key(w, STR("column"));
        json_uint(w, problems->list.p[i].at.column);
        json_key(w, STR("message"));
        json_str(w, problems->list.p[i].message);
        json_end(w);
    }
    json_end(w);
}

/* [first line, last line] of each instruction. */
static void put_lines(struct json_writer *w, const struct dockerfile *file) {
    const struct doc *instructions = doc_get(file->root, STR("instructions"));
    json_key(w, STR("lines"));
    json_begin_array(w);
    for (size_t i = 0; i < doc_count(instructions); i++) {
        const struct doc *instruction = doc_at(instructions, i);
        json_begin_array(w);
        json_uint(w, instruction->at.line);
        json_uint(w, doc_place(&file->lines, doc_span(&file->lines, instruction).to).line);
        json_end(w);
    }
    json_end(w);
}

int main(int argc, char **argv) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_DOC_BYTES), out = buf_new(LIMIT_REPORT);
    struct err err = ERR_NONE;
    struct dockerfile file = {0};
    struct shell shell = {0};
    if (argc != 3 || file_read(argv[2], &text, &err) < 0) {
        fprintf(stderr, "document_json dockerfile|shell FILE: %s\n", err.message);
        return 2;
    }
    bool is_shell = strcmp(argv[1], "shell") == 0;
    int rc = is_shell ? shell_parse(&arena, buf_view(&text), &shell, &err)
                      : dockerfile_parse(&arena, buf_view(&text), &file, &err);
    if (rc < 0) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    struct json_writer w = json_writer_new(&out, 2);
    json_begin_object(&w);
    json_key(&w, STR("root"));
    json_write_doc(&w, is_shell ? shell.commands : file.root);
    put_problems(&w, is_shell ? &shell.problems : &file.problems);
    put_lines(&w, &file);
    json_end(&w);
    if (json_finish(&w, &err) < 0) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    printf("%.*s\n", STR_ARG(buf_view(&out)));
    return 0;
}
