/* compile_licences OUT IDS EXCEPTIONS NAMES: the tables of model/licence.h as C, from content/licences. Run
 * by the build; a mistake in a file ends it with the place. */
#include "base/file.h"
#include "base/limits.h"
#include "model/licence.h"

#include <stdio.h>

struct output {
    struct arena arena;
    struct buf text;
    struct err *err;
};

struct list {
    struct licence_name *p; /* ids have no expression */
    size_t n, cap;
};

static int read_list(struct output *o, const char *path, bool has_names, struct list *out) {
    _cleanup_(buf_free) struct buf file = buf_new(MIB);
    int r = file_read(path, &file, o->err);
    struct str rest = arena_str(&o->arena, buf_view(&file)), line;
    for (unsigned n = 1; r == 0 && str_line(&rest, &line); n++) {
        if (!line.n || line.p[0] == '#') {
            continue;
        }
        struct licence_name *row = VEC_PUSH(&o->arena, out);
        if (!row) {
            return err_memory(o->err);
        }
        *row = (struct licence_name){line, STR_NONE};
        if (has_names && !str_cut(line, '\t', &row->name, &row->expression)) {
            return err_set(o->err, ERR_INPUT, "%s:%u: a tab is missing", path, n);
        }
        row->name = has_names ? licence_plain_name(&o->arena, row->name) : row->name;
    }
    return r;
}

static int compare_names(const void *a, const void *b) {
    return str_cmp(((const struct licence_name *)a)->name, ((const struct licence_name *)b)->name);
}

static int compare_ids(const void *a, const void *b) {
    return str_cmp_nocase(((const struct licence_name *)a)->name, ((const struct licence_name *)b)->name);
}

static void put_row(struct buf *out, const struct licence_name *row, bool has_names) {
    if (has_names) {
        buf_printf(out, "    {STR(\"%.*s\"), STR(\"%.*s\")},\n", STR_ARG(row->name),
                   STR_ARG(row->expression));
    } else {
        buf_printf(out, "    STR(\"%.*s\"),\n", STR_ARG(row->name));
    }
}

static int put_list(struct output *o, const char *path, const char *name, bool has_names) {
    struct list list = {0};
    int r = read_list(o, path, has_names, &list);
    if (r < 0 || !list.n) {
        return r < 0 ? r : err_set(o->err, ERR_INPUT, "%s: nothing is in it", path);
    }
    qsort(list.p, list.n, sizeof *list.p, has_names ? compare_names : compare_ids);
    buf_printf(&o->text, "const struct %s builtin_licence_%s[] = {\n", has_names ? "licence_name" : "str",
               name);
    for (size_t i = 0; i < list.n; i++) {
        if (i && str_eq(list.p[i].name, list.p[i - 1].name)) {
            if (!str_eq(list.p[i].expression, list.p[i - 1].expression)) {
                return err_set(o->err, ERR_INPUT, "%s: '%.*s' means two things", path,
                               STR_ARG(list.p[i].name));
            }
            continue;
        }
        put_row(&o->text, &list.p[i], has_names);
    }
    buf_printf(&o->text, "};\nconst size_t builtin_licence_%s_n = ARRAY_SIZE(builtin_licence_%s);\n", name,
               name);
    return 0;
}

static int compile(char **argv, struct err *err) {
    struct output o = {arena_new(16 * MIB), buf_new(16 * MIB), err};
    buf_c(&o.text, "/* Made from content/licences by compile_licences. */\n#include \"model/licence.h\"\n\n");
    int r = put_list(&o, argv[2], "ids", false);
    r = r < 0 ? r : put_list(&o, argv[3], "exceptions", false);
    r = r < 0 ? r : put_list(&o, argv[4], "names", true);
    r = r < 0 ? r : file_replace(argv[1], buf_view(&o.text), err);
    buf_free(&o.text);
    arena_free(&o.arena);
    return r;
}

int main(int argc, char **argv) {
    struct err err = ERR_NONE;
    if (argc != 5) {
        fprintf(stderr, "usage: compile_licences OUT IDS EXCEPTIONS NAMES\n");
        return 2;
    }
    if (compile(argv, &err) < 0) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    return 0;
}
