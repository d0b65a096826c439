/* compile_secrets OUT.c OUT.db FILE...: the rules of content/secrets as C, and their database. Run by the
 * build; a mistake in a file ends it with the place. */
#include "base/file.h"
#include "base/limits.h"
#include "doc/yaml.h"
#include "inspect/secrets/database_compile.h"
#include "inspect/secrets/read_rules.h"

#include <stdio.h>

static void put_str(struct buf *out, const char *member, struct str s) {
    if (!s.n) {
        return;
    }
    buf_printf(out, "    .%s = {\"", member);
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < ' ' || c > '~' || c == '"' || c == '\\' || c == '?') {
            buf_printf(out, "\\%03o", c);
        } else {
            buf_byte(out, c);
        }
    }
    buf_printf(out, "\", %zu},\n", s.n);
}

static void put_examples(struct buf *out, const char *name, size_t i, const struct secret_example *examples,
                         size_t n) {
    buf_printf(out, "static const struct secret_example %s_%zu[] = {\n", name, i);
    for (size_t e = 0; e < n; e++) {
        buf_c(out, "    {\n");
        put_str(out, "text", examples[e].text);
        buf_printf(out, "    .at = {.line = %u, .column = %u}},\n", examples[e].at.line,
                   examples[e].at.column);
    }
    buf_c(out, n ? "};\n" : "    {.at = {0}},\n};\n");
}

static void put_rule(struct buf *out, size_t i, const struct secret_rule *rule) {
    buf_c(out, "    {\n");
    put_str(out, "id", rule->id);
    put_str(out, "title", rule->title);
    put_str(out, "pattern", rule->pattern);
    put_str(out, "file", rule->file);
    put_str(out, "keywords", rule->keywords);
    put_str(out, "unless", rule->unless);
    put_str(out, "revoke", rule->revoke);
    put_str(out, "source", rule->source);
    buf_printf(out, "    .severity = %d, .entropy = %.3f, .width = %u, .proof = %d, .rank = %d,\n",
               (int)rule->severity, rule->entropy, rule->width, (int)rule->proof, (int)rule->rank);
    buf_printf(out,
               "    .found = found_%zu, .found_n = %zu, .not_found = not_found_%zu, .not_found_n = %zu,\n", i,
               rule->found_n, i, rule->not_found_n);
    buf_printf(out, "    .at = {.line = %u, .column = %u}},\n", rule->at.line, rule->at.column);
}

static void put_all(struct buf *out, const struct secret_rule_list *list, struct str bytes,
                    const char *database) {
    const struct secret_rules rules = {.p = list->p, .n = list->n, .database = bytes};
    buf_c(out,
          "/* Made from content/secrets by compile_secrets. */\n#include \"inspect/secrets/rule.h\"\n\n");
    buf_printf(out,
               "__asm__(\".section .rodata\\n.balign 64\\nsecret_database_bytes:\\n.incbin \\\"%s\\\"\\n"
               ".byte 0\\n.text\\n\");\n",
               database);
    buf_c(out, "extern const char secret_database_bytes[] __attribute__((visibility(\"hidden\")));\n");
    for (size_t i = 0; i < list->n; i++) {
        put_examples(out, "found", i, list->p[i].found, list->p[i].found_n);
        put_examples(out, "not_found", i, list->p[i].not_found, list->p[i].not_found_n);
    }
    buf_c(out, "static const struct secret_rule all[] = {\n");
    for (size_t i = 0; i < list->n; i++) {
        put_rule(out, i, &list->p[i]);
    }
    buf_printf(out,
               "};\nconst struct secret_rules secret_rules_builtin = {all, %zu, {secret_database_bytes, "
               "%zu}, %lluU};\n",
               list->n, bytes.n, (unsigned long long)secret_rules_digest(&rules));
}

static struct str content_name(struct str path) {
    ptrdiff_t at = str_find(path, STR("content/"));
    return at < 0 ? path : str_from(path, (size_t)at + STR("content/").n);
}

static int add_file(struct arena *arena, const char *path, struct secret_rule_list *list, struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_PACK_FILE);
    const struct doc **docs;
    size_t n;
    int r = file_read(path, &text, err);
    if (r < 0 || (r = yaml_parse(arena, buf_view(&text), &docs, &n, err)) < 0) {
        return r < 0 ? err_at(err, "%s", path) : r;
    }
    for (size_t i = 0; r == 0 && i < n; i++) {
        for (size_t k = 0; r == 0 && k < doc_count(docs[i]); k++) {
            r = secret_rule_read(arena, content_name(str_c(path)), doc_at(docs[i], k), true, list, err);
        }
    }
    return r;
}

static int compile(char **argv, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(GIB);
    _cleanup_(buf_free) struct buf database = buf_new(LIMIT_SECRET_DATABASE), out = buf_new(GIB);
    struct secret_rule_list list = {0};
    int r = 0;
    for (char **file = argv + 3; r == 0 && *file; file++) {
        r = add_file(&arena, *file, &list, err);
    }
    r = r == 0 ? secret_database_compile(&arena, list.p, list.n, &database, err) : r;
    r = r == 0 ? file_replace(argv[2], buf_view(&database), err) : r;
    if (r < 0) {
        return r;
    }
    put_all(&out, &list, buf_view(&database), argv[2]);
    return out.failed ? err_memory(err) : file_replace(argv[1], buf_view(&out), err);
}

int main(int argc, char **argv) {
    struct err err = ERR_NONE;
    if (argc < 4) {
        fprintf(stderr, "usage: compile_secrets OUT.c OUT.db FILE...\n");
        return 2;
    }
    if (compile(argv, &err) < 0) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    return 0;
}
