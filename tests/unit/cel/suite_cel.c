/* The conformance cases of google/cel-spec that need no protobuf message: each passes, or stands in the table
 * of docs/cel.md with the reason. A case that newly passes must leave the table. */
#include "case_value.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/map.h"
#include "cel/cache.h"
#include "cel/cel.h"
#include "cel/library/libraries.h"
#include "doc/json.h"

#include "test.h"

struct counts {
    struct str file;
    unsigned passed, failed, excepted;
};

struct suite {
    struct arena arena; /* of the whole */
    struct map exceptions;
    struct cel_cache *cache;
    struct counts now, all;
    unsigned wrong; /* failed and not excepted, or excepted and passed */
};

struct test_case {
    const struct doc *d;
    struct arena *arena;
    struct cel_cache *cache;
    struct buf said; /* why it failed */
};

static struct str get(const struct test_case *c, const char *key) {
    return doc_str(doc_get(c->d, str_c(key)));
}

static bool flag(const struct test_case *c, const char *key) {
    return doc_bool(doc_get(c->d, str_c(key)), false);
}

/* "(string, int) bool" or "string.(int) bool" of a declared function. */
static const char *signature(struct arena *arena, const struct doc *overload) {
    const struct doc *params = doc_get(overload, STR("params"));
    bool is_receiver = doc_bool(doc_get(overload, STR("instance")), false);
    struct buf text = buf_new(1024);
    size_t first = is_receiver ? 1 : 0;
    if (is_receiver) {
        buf_str(&text, doc_str(doc_at(params, 0)));
        buf_byte(&text, '.');
    }
    buf_byte(&text, '(');
    for (size_t i = first; i < doc_count(params); i++) {
        buf_c(&text, i > first ? ", " : "");
        buf_str(&text, doc_str(doc_at(params, i)));
    }
    buf_c(&text, ") ");
    buf_str(&text, doc_str(doc_get(overload, STR("result"))));
    const char *copy = arena_cstr(arena, buf_view(&text));
    buf_free(&text);
    return copy;
}

typedef VEC(struct cel_variable) variable_vec;
typedef VEC(struct cel_function) function_vec;

static bool is_declared(const variable_vec *variables, struct str name) {
    for (size_t i = 0; i < variables->n; i++) {
        if (str_eq(str_c(variables->p[i].name), name)) {
            return true;
        }
    }
    return false;
}

static void declare(struct test_case *c, variable_vec *variables, function_vec *functions) {
    const struct doc *declared = doc_get(c->d, STR("type_env")), *bindings = doc_get(c->d, STR("bindings"));
    for (size_t i = 0; i < doc_count(declared); i++) {
        const struct doc *one = doc_at(declared, i), *overloads = doc_get(one, STR("function"));
        const char *name = arena_cstr(c->arena, doc_str(doc_get(one, STR("name"))));
        for (size_t k = 0; k < doc_count(overloads); k++) {
            *VEC_PUSH(c->arena, functions) =
                (struct cel_function){name, signature(c->arena, doc_at(overloads, k)), NULL};
        }
        if (!overloads) {
            *VEC_PUSH(c->arena, variables) =
                (struct cel_variable){name, arena_cstr(c->arena, doc_str(doc_get(one, STR("type"))))};
        }
    }
    for (size_t i = 0; i < doc_count(bindings); i++) {
        struct str name = bindings->map.members[i].key;
        if (!is_declared(variables, name)) {
            *VEC_PUSH(c->arena, variables) = (struct cel_variable){arena_cstr(c->arena, name), "dyn"};
        }
    }
}

static int make_env(struct test_case *c, const variable_vec *variables, const function_vec *functions,
                    const struct cel_env **env, struct err *err) {
    struct cel_library own = {"case", functions->p, functions->n, NULL, 0};
    const struct cel_library *libraries[CEL_LIBRARY_MAX + 1];
    size_t n = 0;
    while (cel_libraries[n]) {
        libraries[n] = cel_libraries[n];
        n++;
    }
    libraries[n++] = &own;
    struct cel_env_config config = {.libraries = libraries,
                                    .library_count = n,
                                    .variables = variables->p,
                                    .variable_count = variables->n,
                                    .container = get(c, "container")};
    return cel_env_new(c->arena, &config, env, err);
}

static struct cel_value *bind(struct test_case *c, const variable_vec *variables) {
    struct cel_value *values = arena_array(c->arena, variables->n + 1, sizeof *values);
    const struct doc *bindings = doc_get(c->d, STR("bindings"));
    for (size_t i = 0; i < variables->n; i++) {
        const struct doc *bound = doc_get(bindings, str_c(variables->p[i].name));
        if (!bound || !case_value(c->arena, bound, &values[i])) {
            values[i] = cel_text(CEL_ERROR, STR("not bound"));
        }
    }
    return values;
}

static bool judge_type(struct test_case *c, const struct cel_type *type) {
    struct str wanted = doc_str(doc_get(doc_get(c->d, STR("typed_result")), STR("deduced_type")));
    struct buf text = buf_new(4096);
    cel_type_write(&text, type);
    bool is_same = str_eq(buf_view(&text), wanted);
    if (!is_same) {
        buf_printf(&c->said, "type %.*s", STR_ARG(buf_view(&text)));
    }
    buf_free(&text);
    return is_same;
}

static bool judge_value(struct test_case *c, const struct cel_value *v) {
    const struct doc *typed = doc_get(c->d, STR("typed_result"));
    const struct doc *wanted = typed ? doc_get(typed, STR("result")) : doc_get(c->d, STR("value"));
    if (doc_get(c->d, STR("eval_error"))) {
        case_write(&c->said, v);
        return v->kind == CEL_ERROR;
    }
    struct cel_value expected;
    case_write(&c->said, v);
    return case_value(c->arena, wanted, &expected) && case_same(v, &expected);
}

static bool run(struct test_case *c) {
    variable_vec variables = {0};
    function_vec functions = {0};
    struct err err = ERR_NONE;
    const struct cel_env *env;
    declare(c, &variables, &functions);
    if (make_env(c, &variables, &functions, &env, &err) < 0) {
        buf_c(&c->said, err.message);
        return false;
    }
    struct cel_compile_options options = {flag(c, "disable_check"), flag(c, "disable_macros")};
    struct str block;
    const struct cel_type *type;
    if (cel_compile(env, c->arena, get(c, "expr"), &options, &block, &type, &err) < 0) {
        buf_c(&c->said, err.message);
        return doc_get(c->d, STR("eval_error")) != NULL;
    }
    if (doc_get(c->d, STR("typed_result")) && !judge_type(c, type)) {
        return false;
    }
    if (flag(c, "check_only")) {
        return true;
    }
    const struct cel_program *program;
    if (cel_program_load(env, c->arena, block, &program, &err) < 0) {
        buf_c(&c->said, err.message);
        return false;
    }
    struct cel_evaluation e = {.arena = c->arena,
                               .variables = bind(c, &variables),
                               .variable_count = variables.n,
                               .cache = c->cache,
                               .budget = 1000000};
    struct cel_value v = cel_eval(program, &e);
    return judge_value(c, &v);
}

/* "file/section/name" */
static struct str name_of(const struct test_case *c, struct arena *arena) {
    return arena_strf(arena, "%.*s/%.*s/%.*s", STR_ARG(get(c, "file")), STR_ARG(get(c, "section")),
                      STR_ARG(get(c, "name")));
}

static void add(struct counts *to, const struct counts *from) {
    to->passed += from->passed;
    to->failed += from->failed;
    to->excepted += from->excepted;
}

static void end_file(struct suite *s) {
    if (s->now.file.n) {
        print_message("# %-28.*s %4u passed %4u failed %4u excepted\n", STR_ARG(s->now.file), s->now.passed,
                      s->now.failed, s->now.excepted);
    }
    add(&s->all, &s->now);
    s->now = (struct counts){0};
}

static void run_line(struct suite *s, struct str line) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    struct test_case c = {.arena = &arena, .cache = s->cache, .said = buf_new(4096)};
    assert_int_equal(json_parse(&arena, line, &c.d, NULL), 0);
    if (flag(&c, "needs_proto")) {
        return;
    }
    if (!str_eq(get(&c, "file"), s->now.file)) {
        end_file(s);
        s->now.file = arena_str(&s->arena, get(&c, "file"));
    }
    struct str name = name_of(&c, &arena);
    bool passed = run(&c), is_excepted = map_get(&s->exceptions, name) != NULL;
    bool is_of_excepted_file = map_get(&s->exceptions, s->now.file) != NULL;
    *(passed ? &s->now.passed : is_excepted || is_of_excepted_file ? &s->now.excepted : &s->now.failed) += 1;
    if (passed && is_excepted) {
        print_message("# passes, but stands in docs/cel.md: %.*s\n", STR_ARG(name));
        s->wrong++;
    }
    if (!passed && !is_excepted && !is_of_excepted_file) {
        print_message("# failed: %.*s: %.*s: %.*s\n", STR_ARG(name), STR_ARG(get(&c, "expr")),
                      STR_ARG(buf_view(&c.said)));
        s->wrong++;
    }
    buf_free(&c.said);
}

/* Rows "| `case` | reason |" of docs/cel.md. */
static void read_exceptions(struct suite *s) {
    const char *source = getenv("PLIMSOLL_TREE");
    char path[LIMIT_PATH];
    struct err err = ERR_NONE;
    snprintf(path, sizeof path, "%s/docs/cel.md", source ? source : ".");
    struct buf text = buf_new(MIB);
    assert_int_equal(file_read(path, &text, &err), 0);
    struct str rest = arena_str(&s->arena, buf_view(&text)), line;
    buf_free(&text);
    s->exceptions = map_new(&s->arena);
    while (str_line(&rest, &line)) {
        struct str name, reason;
        if (str_starts(line, STR("| `")) && str_cut(str_from(line, 3), '`', &name, &reason)) {
            assert_non_null(map_put(&s->exceptions, name, NULL));
        }
    }
}

static void the_suite_passes(void **state) {
    struct suite s = {.arena = arena_new(64 * MIB)};
    struct err err = ERR_NONE;
    _cleanup_(buf_free) struct buf text = buf_new(16 * MIB);
    struct zones *zones = zones_new(NULL);
    s.cache = cel_cache_new(zones);
    assert_int_equal(file_read(*state, &text, &err), 0);
    read_exceptions(&s);
    for (struct str rest = buf_view(&text), line; str_line(&rest, &line);) {
        run_line(&s, line);
    }
    end_file(&s);
    print_message("# CEL: %u passed, %u failed, %u excepted\n", s.all.passed, s.all.failed, s.all.excepted);
    cel_cache_free(s.cache);
    arena_free(&s.arena);
    zones_free(zones);
    assert_int_equal(s.wrong, 0);
    assert_true(s.all.passed > 0);
}

int main(void) {
    const char *shared = getenv("PLIMSOLL_SHARED");
    char path[LIMIT_PATH];
    snprintf(path, sizeof path, "%s/conformance/cel/cases.jsonl", shared ? shared : "");
    if (access(path, R_OK) < 0) {
        printf("1..0 # SKIP no CEL cases under PLIMSOLL_SHARED\n");
        return 0;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(the_suite_passes, path)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
