/* tests/cases/cel: expressions over a document, one a line.
 *
 * "self" is the variable; a string "unknown:WHY" in it is an unknown value. "result" is the value as
 * case_value.c writes it; "at" the path of the node that decided it, "decided" of all of them; "place" line
 * and column of a run-time error; "error" the message of the compilation. */
#include "case_value.h"

#include "base/file.h"
#include "base/limits.h"
#include "cel/cel.h"
#include "cel/library/libraries.h"
#include "doc/json.h"

#include "test.h"

static void make_unknown(const struct doc *d) {
    if (d->kind == DOC_STRING && str_starts(d->s, STR("unknown:"))) {
        struct doc *own = (struct doc *)(uintptr_t)d; /* this test's tree */
        own->kind = DOC_UNKNOWN;
        own->s = str_from(d->s, 8);
    }
    for (size_t i = 0; i < doc_count(d); i++) {
        make_unknown(d->kind == DOC_LIST ? d->list.items[i] : d->map.members[i].value);
    }
}

static const struct cel_env *new_env(struct arena *arena) {
    static const struct cel_variable variables[] = {{"self", "dyn"}};
    struct cel_env_config config = {.libraries = cel_libraries, .variables = variables, .variable_count = 1};
    const struct cel_env *env;
    struct err err = ERR_NONE;
    while (cel_libraries[config.library_count]) {
        config.library_count++;
    }
    assert_int_equal(cel_env_new(arena, &config, &env, &err), 0);
    return env;
}

static void check_node(const struct doc *self, const struct doc *path, const struct doc *actual,
                       struct str expr) {
    char dotted[256];
    snprintf(dotted, sizeof dotted, "%.*s", STR_ARG(doc_str(path)));
    const struct doc *wanted = doc_path(self, dotted);
    if (wanted != actual) {
        fail_msg("%.*s: decided by line %u column %u, not by '%.*s'", STR_ARG(expr),
                 actual ? actual->at.line : 0, actual ? actual->at.column : 0, STR_ARG(doc_str(path)));
    }
}

static void check_deciders(const struct cel_program *program, struct cel_evaluation e, const struct doc *self,
                           const struct doc *wanted, struct str expr) {
    const struct doc *nodes[16];
    e.explain = true;
    struct cel_value v = cel_eval(program, &e);
    size_t n = cel_deciders(&v, nodes, ARRAY_SIZE(nodes));
    if (n != doc_count(wanted)) {
        fail_msg("%.*s: decided by %zu nodes", STR_ARG(expr), n);
    }
    for (size_t i = 0; i < n; i++) {
        check_node(self, doc_at(wanted, i), nodes[i], expr);
    }
}

static void check_result(const struct cel_program *program, const struct doc *c, const struct cel_value *v) {
    _cleanup_(buf_free) struct buf text = buf_new(4096);
    case_write(&text, v);
    struct str expr = doc_str(doc_get(c, STR("expr"))), wanted = doc_str(doc_get(c, STR("result")));
    if (!str_eq(buf_view(&text), wanted)) {
        fail_msg("%.*s: %.*s", STR_ARG(expr), STR_ARG(buf_view(&text)));
    }
    const struct doc *place = doc_get(c, STR("place"));
    if (place) {
        struct doc_place at = cel_error_place(program, v);
        assert_int_equal(at.line, doc_at(place, 0)->i);
        assert_int_equal(at.column, doc_at(place, 1)->i);
    }
}

static void run_case(struct str line) {
    _cleanup_(arena_free) struct arena arena = arena_new(16 * MIB);
    const struct doc *c;
    struct err err = ERR_NONE;
    assert_int_equal(json_parse(&arena, line, &c, &err), 0);
    const struct doc *self = doc_get(c, STR("self")), *at = doc_get(c, STR("at"));
    struct str expr = doc_str(doc_get(c, STR("expr"))), block, error = doc_str(doc_get(c, STR("error")));
    const struct cel_env *env = new_env(&arena);
    const struct cel_program *program;
    if (cel_compile(env, &arena, expr, NULL, &block, NULL, &err) < 0) {
        if (!str_eq(str_c(err.message), error)) {
            fail_msg("%.*s: %s", STR_ARG(expr), err.message);
        }
        return;
    }
    assert_true(error.n == 0);
    assert_int_equal(cel_program_load(env, &arena, block, &program, &err), 0);
    if (self) {
        make_unknown(self);
    }
    struct cel_value variable = cel_from_doc(self);
    struct cel_evaluation e = {.arena = &arena, .variables = &variable, .variable_count = 1};
    struct cel_value v = cel_eval(program, &e);
    check_result(program, c, &v);
    if (at) {
        check_node(self, at, v.from, expr);
    }
    if (doc_get(c, STR("decided"))) {
        check_deciders(program, e, self, doc_get(c, STR("decided")), expr);
    }
}

static void run_file(void **state) {
    char path[LIMIT_PATH];
    struct err err = ERR_NONE;
    _cleanup_(buf_free) struct buf text = buf_new(MIB);
    snprintf(path, sizeof path, "%s/tests/cases/cel/%s.jsonl", getenv("PLIMSOLL_TREE"), (const char *)*state);
    assert_int_equal(file_read(path, &text, &err), 0);
    for (struct str rest = buf_view(&text), line; str_line(&rest, &line);) {
        run_case(line);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        {"cel_go", run_file, NULL, NULL, (void *)(uintptr_t) "cel_go"},
        {"decided", run_file, NULL, NULL, (void *)(uintptr_t) "decided"},
        {"errors", run_file, NULL, NULL, (void *)(uintptr_t) "errors"},
        {"kubernetes", run_file, NULL, NULL, (void *)(uintptr_t) "kubernetes"},
        {"unknown", run_file, NULL, NULL, (void *)(uintptr_t) "unknown"},
        {"values", run_file, NULL, NULL, (void *)(uintptr_t) "values"},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
