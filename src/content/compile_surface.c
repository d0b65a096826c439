/* compile_surface OUT FILE…: the tables of content/surface as C. Run by the build; a mistake in a file ends
 * it with the place. */
#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "content/c_source.h"
#include "content/surface.h"

#include <stdio.h>

struct output {
    struct arena *arena;
    VEC(struct surface_row) rows;
    VEC(struct surface_name) names;
    VEC(struct surface_tree) trees;
    VEC(struct surface_pattern) folders;
    uint64_t sum;
    struct err *err;
};

/* ---- reading */

static int wrong(struct output *o, const struct doc *at, const char *what, struct str name) {
    return err_set(o->err, ERR_INPUT, "line %u: %s '%.*s'", at ? at->at.line : 0, what, STR_ARG(name));
}

static int add_pattern(struct output *o, struct str text, bool is_folder) {
    ptrdiff_t star = str_find_byte(text, '*');
    struct surface_pattern pattern = {text, star < 0 ? (unsigned)text.n : (unsigned)star};
    if (is_folder) {
        struct surface_pattern *folder = VEC_PUSH(o->arena, &o->folders);
        if (folder) {
            *folder = pattern;
        }
        return folder && text.p ? 0 : err_memory(o->err);
    }
    struct surface_tree *tree = VEC_PUSH(o->arena, &o->trees);
    if (tree) {
        *tree = (struct surface_tree){pattern, (unsigned)o->rows.n - 1};
    }
    return tree && text.p ? 0 : err_memory(o->err);
}

/* "~/x" is that of root and of each user. */
static int add_path(struct output *o, const struct doc *value, bool is_folder) {
    struct str path = doc_str(value);
    if (!path.n || str_starts(path, STR("/")) || str_ends(path, STR("/")) || str_starts(path, STR("*"))) {
        return wrong(o, value, "not a path from the root, without a slash at its ends:", path);
    }
    if (!str_starts(path, STR("~/"))) {
        return add_pattern(o, path, is_folder);
    }
    struct str below = str_from(path, 2);
    int r = add_pattern(o, arena_strf(o->arena, "root/%.*s", STR_ARG(below)), is_folder);
    return r == 0 ? add_pattern(o, arena_strf(o->arena, "home/*/%.*s", STR_ARG(below)), is_folder) : r;
}

static int add_names(struct output *o, const struct doc *names) {
    for (size_t i = 0; i < doc_count(names); i++) {
        struct surface_name *name = VEC_PUSH(o->arena, &o->names);
        if (!name) {
            return err_memory(o->err);
        }
        *name = (struct surface_name){doc_str(doc_at(names, i)), (unsigned)o->rows.n - 1};
        if (!name->name.n) {
            return wrong(o, doc_at(names, i), "a name is missing of", o->rows.p[o->rows.n - 1].name);
        }
    }
    return 0;
}

static int add_tool(struct output *o, const struct doc_member *member) {
    const struct doc *names = doc_get(member->value, STR("names")),
                     *trees = doc_get(member->value, STR("trees"));
    struct surface_row *row = VEC_PUSH(o->arena, &o->rows);
    if (!row) {
        return err_memory(o->err);
    }
    row->name = member->key;
    struct str category = doc_str(doc_get(member->value, STR("category")));
    if (!surface_category_of(category, &row->category)) {
        return wrong(o, member->value, "there is no category", category);
    }
    size_t known = (size_t)1 + (names != NULL) + (trees != NULL);
    if (known == 1 || known != doc_count(member->value)) {
        return wrong(o, member->value, "category, names and trees are expected of", member->key);
    }
    int r = add_names(o, names);
    for (size_t i = 0; r == 0 && i < doc_count(trees); i++) {
        r = add_path(o, doc_at(trees, i), false);
    }
    return r;
}

static int add_file(struct output *o, const char *path) {
    struct str text;
    const struct doc **documents = NULL;
    size_t n = 0;
    int r = c_read_yaml(o->arena, path, &text, &documents, &n, o->err);
    if (r < 0 || n != 1) {
        return r < 0 ? r : err_set(o->err, ERR_INPUT, "%s: one document is expected", path);
    }
    const struct doc *tools = doc_get(documents[0], STR("tools")),
                     *folders = doc_get(documents[0], STR("folders"));
    for (size_t i = 0; r == 0 && i < doc_count(folders); i++) {
        r = add_path(o, doc_at(folders, i), true);
    }
    for (size_t i = 0; r == 0 && doc_is(tools, DOC_MAP) && i < tools->map.n; i++) {
        r = add_tool(o, &tools->map.members[i]);
    }
    o->sum = o->sum * 31 + hash_bytes(text);
    return r < 0 ? err_at(o->err, "%s", path) : 0;
}

/* ---- writing */

static int compare_names(const void *a, const void *b) {
    const struct surface_name *x = a, *y = b;
    return str_cmp(x->name, y->name);
}

static void put_pattern(struct buf *out, const struct surface_pattern *pattern) {
    buf_c(out, "{");
    c_put_str(out, pattern->text);
    buf_printf(out, ", %u}", pattern->literal);
}

static void put_array(struct buf *out, const char *type, const char *name) {
    buf_printf(out, "const %s %s[] = {\n", type, name);
}

static void end_array(struct buf *out, const char *name, size_t n) {
    buf_printf(out, "};\nconst size_t %s_n = %zu;\n", name, n);
}

static void put_pair(struct buf *out, struct str text, unsigned n) {
    buf_c(out, "    {");
    c_put_str(out, text);
    buf_printf(out, ", %u},\n", n);
}

static void put_folders(const struct output *o, struct buf *out) {
    put_array(out, "struct surface_pattern", "surface_folders");
    for (size_t i = 0; i < o->folders.n; i++) {
        buf_c(out, "    ");
        put_pattern(out, &o->folders.p[i]);
        buf_c(out, ",\n");
    }
    end_array(out, "surface_folders", o->folders.n);
}

static void put_tables(const struct output *o, struct buf *out) {
    buf_c(out, "/* Made from content/surface by compile_surface. */\n#include \"content/surface.h\"\n\n");
    put_array(out, "struct surface_row", "surface_rows");
    for (size_t i = 0; i < o->rows.n; i++) {
        put_pair(out, o->rows.p[i].name, o->rows.p[i].category);
    }
    end_array(out, "surface_rows", o->rows.n);
    put_array(out, "struct surface_name", "surface_names");
    for (size_t i = 0; i < o->names.n; i++) {
        put_pair(out, o->names.p[i].name, o->names.p[i].row);
    }
    end_array(out, "surface_names", o->names.n);
    put_array(out, "struct surface_tree", "surface_trees");
    for (size_t i = 0; i < o->trees.n; i++) {
        buf_c(out, "    {");
        put_pattern(out, &o->trees.p[i].pattern);
        buf_printf(out, ", %u},\n", o->trees.p[i].row);
    }
    end_array(out, "surface_trees", o->trees.n);
    put_folders(o, out);
    buf_printf(out, "const uint64_t surface_fingerprint = UINT64_C(%llu);\n", (unsigned long long)o->sum);
}

static int sort_names(struct output *o) {
    if (!o->names.n || !o->trees.n || !o->folders.n) {
        return err_set(o->err, ERR_INPUT, "names, trees or folders are missing");
    }
    qsort(o->names.p, o->names.n, sizeof *o->names.p, compare_names);
    for (size_t i = 1; i < o->names.n; i++) {
        if (str_eq(o->names.p[i].name, o->names.p[i - 1].name)) {
            return wrong(o, NULL, "a name stands twice:", o->names.p[i].name);
        }
    }
    return 0;
}

static int compile(int argc, char **argv, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    _cleanup_(buf_free) struct buf out = buf_new(64 * MIB);
    struct output o = {.arena = &arena, .err = err};
    int r = 0;
    for (int i = 2; r == 0 && i < argc; i++) {
        r = add_file(&o, argv[i]);
    }
    r = r == 0 ? sort_names(&o) : r;
    if (r == 0) {
        put_tables(&o, &out);
        r = out.failed ? err_memory(err) : file_replace(argv[1], buf_view(&out), err);
    }
    return r;
}

int main(int argc, char **argv) {
    struct err err = ERR_NONE;
    if (argc < 3) {
        fprintf(stderr, "usage: compile_surface OUT FILE...\n");
        return 2;
    }
    if (compile(argc, argv, &err) < 0) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    return 0;
}
