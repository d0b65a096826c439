/* compile_programs OUT FILE…: the rows of content/programs as C (program.h). Run by the build; a mistake in a
 * file ends it with the place. */
#include "base/file.h"
#include "base/limits.h"
#include "content/c_source.h"
#include "inspect/packages/programs/program.h"

#include <stdio.h>

struct output {
    struct arena *arena;
    struct buf text;
    size_t rows;
    struct err *err;
};

static int wrong(struct output *o, const struct doc *at, const char *what) {
    return err_set(o->err, ERR_INPUT, "line %u: %s", at ? at->at.line : 0, what);
}

/* "\0" is a byte of zero, "\t" a tab. */
static int unescape(struct output *o, struct str s, struct str *out) {
    char *p = arena_alloc(o->arena, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; p && i < s.n; i++) {
        bool is_escape = s.p[i] == '\\' && i + 1 < s.n && (s.p[i + 1] == '0' || s.p[i + 1] == 't');
        i += is_escape;
        p[n++] = !is_escape ? s.p[i] : (char)(s.p[i] == '0' ? 0 : '\t');
    }
    *out = str_n(p, n);
    return p ? 0 : err_memory(o->err);
}

static int put_string(struct output *o, const struct doc *item) {
    static const struct {
        struct str mark;
        bool has_three_parts;
    } marks[] = {{STR("{version3}"), true}, {STR("{version}"), false}};
    struct str text = doc_str(item), before, after;
    for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
        ptrdiff_t at = str_find(text, marks[i].mark);
        if (at < 0) {
            continue;
        }
        int r = unescape(o, str_sub(text, 0, (size_t)at), &before);
        r = r < 0 ? r : unescape(o, str_from(text, (size_t)at + marks[i].mark.n), &after);
        if (r < 0 || (!before.n && !after.n)) {
            return r < 0 ? r : wrong(o, item, "a version with nothing around it");
        }
        buf_c(&o->text, "        {");
        c_put_str(&o->text, before);
        buf_c(&o->text, ", ");
        c_put_str(&o->text, after);
        buf_printf(&o->text, ", %d},\n", marks[i].has_three_parts);
        return 0;
    }
    return wrong(o, item, "a string without {version}");
}

static int put_files(struct output *o, const struct doc *files) {
    if (!doc_count(files) || doc_count(files) > PROGRAM_FILES) {
        return wrong(o, files, "files: 1 to 8 names");
    }
    buf_c(&o->text, "    .files = {");
    for (size_t i = 0; i < doc_count(files); i++) {
        c_put_str(&o->text, doc_str(doc_at(files, i)));
        buf_c(&o->text, ", ");
    }
    buf_c(&o->text, "},\n");
    return 0;
}

static int put_strings(struct output *o, const struct doc *strings) {
    int r = 0;
    if (!doc_count(strings) || doc_count(strings) > PROGRAM_STRINGS) {
        return wrong(o, strings, "strings: 1 to 4 of them");
    }
    buf_c(&o->text, "    .strings = {\n");
    for (size_t i = 0; r == 0 && i < doc_count(strings); i++) {
        r = put_string(o, doc_at(strings, i));
    }
    buf_c(&o->text, "    },\n");
    return r;
}

static int put_row(struct output *o, const struct doc *row) {
    struct str name = doc_str(doc_get(row, STR("program"))), version = doc_str(doc_get(row, STR("version"))),
               example;
    int r = unescape(o, doc_str(doc_get(row, STR("example"))), &example);
    if (r < 0 || !name.n || !version.n || !example.n) {
        return r < 0 ? r : wrong(o, row, "program, example and version must be there");
    }
    buf_c(&o->text, "    {\n");
    c_put_member(&o->text, "name", name);
    r = put_files(o, doc_get(row, STR("files")));
    r = r < 0 ? r : put_strings(o, doc_get(row, STR("strings")));
    c_put_member(&o->text, "begins", doc_str(doc_get(row, STR("begins"))));
    c_put_member(&o->text, "example", example);
    c_put_member(&o->text, "version", version);
    buf_c(&o->text, "    },\n");
    o->rows++;
    return r;
}

static int add_file(struct output *o, const char *path) {
    struct str text;
    const struct doc **documents = NULL;
    size_t n = 0;
    int r = c_read_yaml(o->arena, path, &text, &documents, &n, o->err);
    for (size_t i = 0; r == 0 && n && i < doc_count(documents[0]); i++) {
        r = put_row(o, doc_at(documents[0], i));
    }
    return r < 0 ? err_at(o->err, "%s", path) : 0;
}

static int compile(int argc, char **argv, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(GIB);
    struct output o = {.arena = &arena, .text = buf_new(GIB), .err = err};
    int r = 0;
    buf_c(&o.text,
          "/* Made from content/programs by compile_programs. */\n"
          "#include \"inspect/packages/programs/program.h\"\n\nconst struct program programs[] = {\n");
    for (int i = 2; r == 0 && i < argc; i++) {
        r = add_file(&o, argv[i]);
    }
    buf_printf(&o.text, "};\nconst size_t programs_n = %zu;\n", o.rows);
    if (r == 0) {
        r = o.text.failed ? err_memory(err) : file_replace(argv[1], buf_view(&o.text), err);
    }
    buf_free(&o.text);
    return r;
}

int main(int argc, char **argv) {
    struct err err = ERR_NONE;
    if (argc < 3) {
        fprintf(stderr, "usage: compile_programs OUT FILE...\n");
        return 2;
    }
    if (compile(argc, argv, &err) < 0) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    return 0;
}
