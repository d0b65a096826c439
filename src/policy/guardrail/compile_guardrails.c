/* compile_guardrails OUT FILE…: the built-in profiles (guardrails/NAME.yaml) and the ids of other scanners
 * (compat/…) as C. Run by the build; a mistake in a file ends it with the place. */
#include "base/file.h"
#include "base/limits.h"
#include "content/c_source.h"
#include "policy/guardrail/guardrail.h"
#include "policy/guardrail/suppression.h"

#include <stdio.h>

struct output {
    struct arena *arena;
    const struct cel_env *env;
    struct buf text;
    size_t blocks;
    VEC(struct guardrails) profiles;
    VEC(struct compat_row) rows;
    struct err *err;
};

/* ---- profiles */

static void put_rule(struct buf *out, const struct guardrail_rule *rule, size_t block) {
    buf_c(out, "    {\n");
    c_put_member(out, "name", rule->name);
    buf_c(out, "    .when = {.text = ");
    c_put_str(out, rule->when.text);
    buf_printf(out, ",\n        .block = {(const char *)block_%zu, sizeof block_%zu}},\n", block, block);
    buf_printf(out, "    .reads_status = %d, .action = %d, .at = {.line = %u, .column = %u},\n",
               rule->reads_status, (int)rule->action, rule->at.line, rule->at.column);
    c_put_member(out, "reason", rule->reason);
    buf_c(out, "    },\n");
}

static void put_profile(struct output *o, size_t i) {
    const struct guardrails *g = &o->profiles.p[i];
    size_t first = o->blocks;
    for (size_t n = 0; n < g->rules_n; n++) {
        c_put_block(&o->text, ++o->blocks, g->rules[n].when.block);
    }
    buf_printf(&o->text, "static const struct guardrail_rule rules_%zu[] = {\n", i);
    for (size_t n = 0; n < g->rules_n; n++) {
        put_rule(&o->text, &g->rules[n], first + n + 1);
    }
    buf_c(&o->text, "};\n");
}

static int add_profile(struct output *o, struct str name, const struct guardrail_file *file) {
    struct guardrails *slot = VEC_PUSH(o->arena, &o->profiles);
    if (!slot) {
        return err_memory(o->err);
    }
    int r = guardrails_read(o->arena, o->env, file, true, slot, o->err);
    slot->file = name;
    return r;
}

/* ---- ids of other scanners */

static int add_row(struct output *o, struct str theirs, const struct doc *ours) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_FIELD);
    struct compat_row *row = VEC_PUSH(o->arena, &o->rows);
    for (size_t i = 0; i < doc_count(ours); i++) {
        buf_printf(&text, "%s%.*s", i ? "," : "", STR_ARG(doc_str(doc_at(ours, i))));
    }
    if (!row || text.failed) {
        return err_memory(o->err);
    }
    if (!text.n) {
        return err_set(o->err, ERR_INPUT, "%.*s: a list of our ids is missing", STR_ARG(theirs));
    }
    *row = (struct compat_row){theirs, arena_str(o->arena, buf_view(&text))};
    return row->ours.p ? 0 : err_memory(o->err);
}

static int add_compat(struct output *o, const struct doc *root) {
    int r = 0;
    for (size_t t = 0; r == 0 && doc_is(root, DOC_MAP) && t < root->map.n; t++) {
        const struct doc *ids = root->map.members[t].value;
        for (size_t i = 0; r == 0 && doc_is(ids, DOC_MAP) && i < ids->map.n; i++) {
            r = add_row(o, ids->map.members[i].key, ids->map.members[i].value);
        }
    }
    return r;
}

static int compare_rows(const void *a, const void *b) {
    const struct compat_row *x = a, *y = b;
    return str_cmp(x->theirs, y->theirs);
}

static int put_rows(struct output *o) {
    if (!o->rows.n) {
        return err_set(o->err, ERR_INPUT, "there are no ids of other scanners");
    }
    qsort(o->rows.p, o->rows.n, sizeof *o->rows.p, compare_rows);
    buf_c(&o->text, "const struct compat_row builtin_compat[] = {\n");
    for (size_t i = 0; i < o->rows.n; i++) {
        const struct compat_row *row = &o->rows.p[i];
        if (i && str_eq(row->theirs, row[-1].theirs)) {
            return err_set(o->err, ERR_INPUT, "%.*s stands twice", STR_ARG(row->theirs));
        }
        buf_c(&o->text, "    {");
        c_put_str(&o->text, row->theirs);
        buf_c(&o->text, ", ");
        c_put_str(&o->text, row->ours);
        buf_c(&o->text, "},\n");
    }
    buf_printf(&o->text, "};\nconst size_t builtin_compat_n = %zu;\n", o->rows.n);
    return 0;
}

/* ---- files */

static int add_file(struct output *o, const char *path) {
    struct str name = c_content_name(str_c(path)), folder, text, base, suffix;
    const struct doc **documents = NULL;
    size_t n = 0;
    int r = c_read_yaml(o->arena, path, &text, &documents, &n, o->err);
    if (r < 0 || n != 1) {
        return r < 0 ? r : err_set(o->err, ERR_INPUT, "%s: one document is expected", path);
    }
    str_cut(name, '/', &folder, &base);
    if (str_eq(folder, STR("compat"))) {
        r = add_compat(o, documents[0]);
        return r < 0 ? err_at(o->err, "%s", path) : 0;
    }
    str_cut(base, '.', &base, &suffix);
    return add_profile(o, base, &(struct guardrail_file){name, text, documents[0]});
}

static int put_all(struct output *o) {
    buf_c(&o->text,
          "/* Made from content/guardrails and content/compat by compile_guardrails. */\n"
          "#include \"policy/guardrail/guardrail.h\"\n#include \"policy/guardrail/suppression.h\"\n\n");
    for (size_t i = 0; i < o->profiles.n; i++) {
        put_profile(o, i);
    }
    buf_c(&o->text, "const struct guardrails builtin_guardrails[] = {\n");
    for (size_t i = 0; i < o->profiles.n; i++) {
        buf_c(&o->text, "    {\n");
        c_put_member(&o->text, "file", o->profiles.p[i].file);
        buf_printf(&o->text, "    .rules = rules_%zu, .rules_n = %zu},\n", i, o->profiles.p[i].rules_n);
    }
    buf_printf(&o->text, "};\nconst size_t builtin_guardrails_n = %zu;\n", o->profiles.n);
    return put_rows(o);
}

static int compile(int argc, char **argv, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(GIB);
    struct output o = {.arena = &arena, .text = buf_new(GIB), .err = err};
    int r = subject_env_new(&arena, &o.env, err);
    for (int i = 2; r == 0 && i < argc; i++) {
        r = add_file(&o, argv[i]);
    }
    if (r == 0) {
        r = put_all(&o);
    }
    if (r == 0) {
        r = o.text.failed ? err_memory(err) : file_replace(argv[1], buf_view(&o.text), err);
    }
    buf_free(&o.text);
    return r;
}

int main(int argc, char **argv) {
    struct err err = ERR_NONE;
    if (argc < 2) {
        fprintf(stderr, "usage: compile_guardrails OUT FILE...\n");
        return 2;
    }
    if (compile(argc, argv, &err) < 0) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    return 0;
}
