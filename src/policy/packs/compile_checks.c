/* compile_checks OUT DEPFILE FOLDER: the checks below the folder as C. Run by the build, which learns from
 * DEPFILE what it has to watch; a mistake in a file ends it with the place. */
#include "base/file.h"
#include "base/limits.h"
#include "content/c_source.h"
#include "content/pack.h"
#include "policy/env.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

struct output {
    struct buf text;
    size_t blocks; /* compiled expressions so far */
};

/* ---- what a check points at comes first */

static size_t put_block(struct output *o, const struct check_expression *expression) {
    if (!expression->block.n) {
        return 0;
    }
    c_put_block(&o->text, ++o->blocks, expression->block);
    return o->blocks;
}

static void put_expression(struct output *o, const char *member, const struct check_expression *expression,
                           size_t block) {
    if (!block) {
        return;
    }
    buf_printf(&o->text, "    .%s = {.text = ", member);
    c_put_str(&o->text, expression->text);
    buf_printf(&o->text, ",\n        .block = {(const char *)block_%zu, sizeof block_%zu}},\n", block, block);
}

static void put_texts(struct output *o, const char *name, size_t i, const struct str *texts, size_t n) {
    if (!n) {
        return;
    }
    buf_printf(&o->text, "static const struct str %s_%zu[] = {\n", name, i);
    for (size_t t = 0; t < n; t++) {
        buf_c(&o->text, "    ");
        c_put_str(&o->text, texts[t]);
        buf_c(&o->text, ",\n");
    }
    buf_c(&o->text, "};\n");
}

static void put_controls(struct output *o, size_t i, const struct check *check) {
    if (!check->controls_n) {
        return;
    }
    buf_printf(&o->text, "static const struct check_control controls_%zu[] = {\n", i);
    for (size_t c = 0; c < check->controls_n; c++) {
        buf_c(&o->text, "    {");
        c_put_str(&o->text, check->controls[c].framework);
        buf_c(&o->text, ", ");
        c_put_str(&o->text, check->controls[c].numbers);
        buf_c(&o->text, "},\n");
    }
    buf_c(&o->text, "};\n");
}

static void put_patch(struct output *o, const struct check_patch *patch, size_t node, size_t with) {
    buf_printf(&o->text, "    {.kind = %d,\n", (int)patch->kind);
    c_put_member(&o->text, "path", patch->path);
    c_put_member(&o->text, "value", patch->value);
    put_expression(o, "node", &patch->node, node);
    put_expression(o, "with", &patch->with, with);
    buf_c(&o->text, "    },\n");
}

static void put_patches(struct output *o, size_t i, const struct check *check) {
    if (!check->patches_n) {
        return;
    }
    size_t first = o->blocks;
    for (size_t p = 0; p < check->patches_n; p++) {
        put_block(o, &check->patches[p].node);
        put_block(o, &check->patches[p].with);
    }
    buf_printf(&o->text, "static const struct check_patch patches_%zu[] = {\n", i);
    for (size_t p = 0; p < check->patches_n; p++) {
        const struct check_patch *patch = &check->patches[p];
        size_t node = patch->node.block.n ? ++first : 0;
        size_t with = patch->with.block.n ? ++first : 0;
        put_patch(o, patch, node, with);
    }
    buf_c(&o->text, "};\n");
}

static void put_examples(struct output *o, size_t i, const struct check *check) {
    if (!check->examples_n) {
        return;
    }
    buf_printf(&o->text, "static const struct check_example examples_%zu[] = {\n", i);
    for (size_t e = 0; e < check->examples_n; e++) {
        const struct check_example *example = &check->examples[e];
        buf_printf(&o->text, "    {.expect = %d, .line = %u, .at = {.line = %u, .column = %u},\n",
                   (int)example->expect, example->line, example->at.line, example->at.column);
        c_put_member(&o->text, "source", example->source);
        c_put_member(&o->text, "text", example->text);
        c_put_member(&o->text, "fixed", example->fixed);
        c_put_member(&o->text, "kubernetes", example->kubernetes);
        c_put_member(&o->text, "rules", example->rules);
        buf_c(&o->text, "    },\n");
    }
    buf_c(&o->text, "};\n");
}

/* ---- the check */

static void put_list(struct output *o, const char *member, const char *name, size_t i, size_t n) {
    if (n) {
        buf_printf(&o->text, "    .%s = %s_%zu, .%s_n = %zu,\n", member, name, i, member, n);
    }
}

static void put_check(struct output *o, size_t i, const struct check *check) {
    const struct {
        const char *member;
        const struct check_expression *expression;
    } expressions[] = {{"when", &check->when},
                       {"each", &check->each},
                       {"fail", &check->fail},
                       {"where", &check->where},
                       {"message", &check->message}};
    size_t blocks[ARRAY_SIZE(expressions)];
    for (size_t e = 0; e < ARRAY_SIZE(expressions); e++) {
        blocks[e] = put_block(o, expressions[e].expression);
    }
    put_texts(o, "kinds", i, check->kinds, check->kinds_n);
    put_texts(o, "references", i, check->references, check->references_n);
    put_controls(o, i, check);
    put_patches(o, i, check);
    put_examples(o, i, check);
    buf_printf(&o->text, "static const struct check check_%zu = {\n", i);
    c_put_member(&o->text, "id", check->id);
    c_put_member(&o->text, "title", check->title);
    buf_printf(&o->text, "    .severity = %d,\n", (int)check->severity);
    for (size_t e = 0; e < ARRAY_SIZE(expressions); e++) {
        put_expression(o, expressions[e].member, expressions[e].expression, blocks[e]);
    }
    c_put_member(&o->text, "why", check->why);
    c_put_member(&o->text, "fix", check->fix);
    put_list(o, "kinds", "kinds", i, check->kinds_n);
    put_list(o, "references", "references", i, check->references_n);
    put_list(o, "controls", "controls", i, check->controls_n);
    put_list(o, "patches", "patches", i, check->patches_n);
    put_list(o, "examples", "examples", i, check->examples_n);
    c_put_member(&o->text, "file", check->file);
    buf_printf(&o->text, "    .at = {.line = %u, .column = %u},\n};\n", check->at.line, check->at.column);
}

static void put_all(struct output *o, const struct pack *pack) {
    buf_c(&o->text, "/* Made from content/checks by compile_checks. */\n#include \"content/check.h\"\n\n");
    for (size_t i = 0; i < pack->checks.n; i++) {
        put_check(o, i, pack->checks.p[i]);
    }
    buf_c(&o->text, "const struct check *const builtin_checks[] = {\n");
    for (size_t i = 0; i < pack->checks.n; i++) {
        buf_printf(&o->text, "    &check_%zu,\n", i);
    }
    buf_printf(&o->text, "    NULL,\n};\nconst size_t builtin_checks_n = %zu;\n", pack->checks.n);
}

/* ---- files */

static int add_file(struct pack *pack, const char *path, struct err *err) {
    struct str text;
    const struct doc **documents = NULL;
    size_t n = 0;
    int r = c_read_yaml(pack->arena, path, &text, &documents, &n, err);
    return r == 0 ? pack_add(pack, c_content_name(str_c(path)), documents, n, err) : r;
}

/* Folders are watched too, so that a new file is seen. */
static int add_folder(struct pack *pack, struct buf *watched, const char *path, struct err *err) {
    struct dirent **entries;
    int n = scandir(path, &entries, NULL, alphasort), r = 0;
    if (n < 0) {
        return err_set_errno(err, ERR_IO, "%s", path);
    }
    buf_printf(watched, " %s", path);
    for (int i = 0; i < n; i++) {
        struct stat st;
        const char *name = arena_printf(pack->arena, "%s/%s", path, entries[i]->d_name);
        bool is_hidden = entries[i]->d_name[0] == '.';
        free(entries[i]);
        if (r < 0 || is_hidden || !name || stat(name, &st) < 0) {
            continue;
        }
        if (S_ISDIR(st.st_mode)) {
            r = add_folder(pack, watched, name, err);
        } else if (str_ends(str_c(name), STR(".yaml"))) {
            buf_printf(watched, " %s", name);
            r = add_file(pack, name, err);
        }
    }
    free(entries);
    return r;
}

static int compile(const char *out, const char *depfile, const char *folder, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(GIB);
    _cleanup_(buf_free) struct buf watched = buf_new(16 * MIB);
    const struct cel_env *env;
    int r = policy_env_new(&arena, &env, err);
    struct pack pack = pack_new(&arena, env);
    buf_printf(&watched, "%s:", out);
    r = r == 0 ? add_folder(&pack, &watched, folder, err) : r;
    buf_byte(&watched, '\n');
    r = r == 0 ? file_replace(depfile, buf_view(&watched), err) : r;
    if (r < 0) {
        return r;
    }
    struct output output = {.text = buf_new(GIB)};
    put_all(&output, &pack);
    r = output.text.failed ? err_memory(err) : file_replace(out, buf_view(&output.text), err);
    buf_free(&output.text);
    return r;
}

int main(int argc, char **argv) {
    struct err err = ERR_NONE;
    if (argc != 4) {
        fprintf(stderr, "usage: compile_checks OUT DEPFILE FOLDER\n");
        return 2;
    }
    if (compile(argv[1], argv[2], argv[3], &err) < 0) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    return 0;
}
