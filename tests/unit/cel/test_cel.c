/* What cases can't say: limits, memory that runs out, patterns and zones kept by a cache. */
#include "cel/cel.h"

#include "base/limits.h"
#include "base/mem.h"
#include "cel/cache.h"
#include "cel/library/libraries.h"
#include "doc/json.h"

#include "test.h"

static int new_env(struct arena *arena, const struct cel_env **env, struct err *err) {
    static const struct cel_variable variables[] = {{"self", "dyn"}};
    struct cel_env_config config = {.libraries = cel_libraries, .variables = variables, .variable_count = 1};
    while (cel_libraries[config.library_count]) {
        config.library_count++;
    }
    return cel_env_new(arena, &config, env, err);
}

/* From text to value in one go; ERR_... when it does not compile. */
static int evaluate(struct arena *arena, struct str text, const struct doc *self, uint64_t budget,
                    struct cel_value *out, struct err *err) {
    const struct cel_env *env;
    const struct cel_program *program;
    struct str block;
    int status = new_env(arena, &env, err);
    status = status < 0 ? status : cel_compile(env, arena, text, NULL, &block, NULL, err);
    status = status < 0 ? status : cel_program_load(env, arena, block, &program, err);
    if (status < 0) {
        return status;
    }
    struct cel_value variable = cel_from_doc(self);
    struct cel_evaluation e = {.arena = arena, .variables = &variable, .variable_count = 1, .budget = budget};
    *out = cel_eval(program, &e);
    return 0;
}

static void expect_stop(const char *text, size_t memory, uint64_t budget, const char *message) {
    _cleanup_(arena_free) struct arena arena = arena_new(memory);
    struct cel_value v;
    struct err err = ERR_NONE;
    assert_int_equal(evaluate(&arena, str_c(text), NULL, budget, &v, &err), 0);
    assert_int_equal(v.kind, CEL_ERROR);
    assert_str_equal(cel_str(&v), str_c(message));
}

#define DIGITS "[0,1,2,3,4,5,6,7,8,9]"
static const char too_long[] = "the evaluation takes more steps than it may";
static const char too_large[] = "the evaluation needs more memory than it may have";

static void endless_loops_end(void **state) {
    expect_stop(DIGITS ".all(a, " DIGITS ".all(b, " DIGITS ".all(c, " DIGITS ".all(d, true))))", MIB, 1000,
                too_long);
    expect_stop(DIGITS ".all(a, " DIGITS ".all(b, false || 1 / 0 == 0)) || true", MIB, 100, too_long);
}

static void gigabytes_are_refused(void **state) {
    expect_stop(
        "cel.bind(a, 'xxxxxxxxxxxxxxxx', cel.bind(b, a+a+a+a+a+a+a+a, cel.bind(c, b+b+b+b+b+b+b+b, "
        "cel.bind(d, c+c+c+c+c+c+c+c, cel.bind(e, d+d+d+d+d+d+d+d, e+e+e+e+e+e+e+e != ''))))) || true",
        MIB, 0, too_large);
    expect_stop("cel.bind(a, " DIGITS ", a.map(x, a.map(y, a.map(z, a.map(w, a)))).size() > 0) || true",
                256 * KIB, 0, too_large);
}

/* n times open, then close. */
static struct str repeated(struct arena *arena, const char *open, size_t n, const char *middle,
                           const char *close) {
    _cleanup_(buf_free) struct buf text = buf_new(4 * MIB);
    for (size_t i = 0; i < n; i++) {
        buf_c(&text, open);
    }
    buf_c(&text, middle);
    for (size_t i = 0; i < n; i++) {
        buf_c(&text, close);
    }
    assert_false(text.failed);
    return arena_str(arena, buf_view(&text));
}

static void depth_is_bounded(void **state) {
    static const char *const forms[][3] = {{"(", "1", ")"},          {"[", "1", "]"},   {"!", "true", ""},
                                           {"-", "a", ""},           {"{1:", "1", "}"}, {"1?1:", "1", ""},
                                           {"", "a", ".b"},          {"", "1", "+1"},   {"a(", "1", ")"},
                                           {"[1].map(x,", "1", ")"}, {"", "a", "[0]"}};
    for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
        struct cel_value v;
        struct err err = ERR_NONE;
        struct str text = repeated(&arena, forms[i][0], 10000, forms[i][1], forms[i][2]);
        assert_true(evaluate(&arena, text, NULL, 0, &v, &err) < 0);
    }
}

/* Terms of one chain are no nesting. */
static void long_chains_compile(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    struct cel_value v;
    struct err err = ERR_NONE;
    struct str text = repeated(&arena, "false || ", 10000, "true", "");
    assert_int_equal(evaluate(&arena, text, NULL, 0, &v, &err), 0);
    assert_true(cel_is_true(&v));
}

/* Types share parts: as trees these would have 2^40 leaves. */
static void types_do_not_explode(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    _cleanup_(buf_free) struct buf text = buf_new(MIB);
    struct cel_value v;
    struct err err = ERR_NONE;
    buf_c(&text, "cel.bind(v0, {1: 1}, ");
    for (unsigned i = 1; i < 40; i++) {
        buf_printf(&text, "cel.bind(v%u, {v%u: v%u}, ", i, i - 1, i - 1);
    }
    buf_c(&text, "v39");
    for (unsigned i = 0; i < 40; i++) {
        buf_byte(&text, ')');
    }
    assert_int_equal(evaluate(&arena, buf_view(&text), NULL, 0, &v, &err), ERR_LIMIT);
}

static void a_cache_keeps_patterns(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(16 * MIB);
    _cleanup_(cel_cache_freep) struct cel_cache *cache = cel_cache_new(NULL);
    const struct cel_env *env;
    const struct cel_program *program;
    struct str block;
    struct err err = ERR_NONE;
    assert_int_equal(new_env(&arena, &env, &err), 0);
    assert_int_equal(cel_compile(env, &arena, STR("'abc'.matches('^[a-z]+$')"), NULL, &block, NULL, &err), 0);
    assert_int_equal(cel_program_load(env, &arena, block, &program, &err), 0);
    size_t used = 0;
    for (int i = 0; i < 3; i++) {
        struct cel_evaluation e = {.arena = &arena, .cache = cache};
        struct cel_value v = cel_eval(program, &e);
        assert_true(cel_is_true(&v));
        assert_true(i == 0 || arena.used == used);
        used = arena.used;
    }
}

static void a_block_works_anywhere(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(16 * MIB);
    const struct cel_env *env;
    const struct cel_program *program;
    struct str block;
    struct err err = ERR_NONE;
    assert_int_equal(new_env(&arena, &env, &err), 0);
    struct str text = arena_str(&arena, STR("['a', 'b'].exists(x, x == 'b') && 'c' in ['c', 'd']"));
    assert_int_equal(cel_compile(env, &arena, text, NULL, &block, NULL, &err), 0);
    struct str moved = arena_str(&arena, block);
    memset((void *)(uintptr_t)block.p, 0xff, block.n);
    memset((void *)(uintptr_t)text.p, 0xff, text.n);
    assert_int_equal(cel_program_load(env, &arena, moved, &program, &err), 0);
    struct cel_evaluation e = {.arena = &arena};
    struct cel_value v = cel_eval(program, &e);
    assert_true(cel_is_true(&v));
    assert_int_equal(cel_program_load(env, &arena, STR("no block at all"), &program, &err), ERR_INPUT);
}

static void memory_may_run_out_anywhere(void **state) {
    static const char *const texts[] = {
        "self.l.map(x, x + '\\n').filter(x, x != 'a').transformMap(i, v, v).size() == 2",
        ("self.l.exists(x, x in ['a', 'b', 'c']) && has(self.m.a) && 'abc'.matches('[a-c]+') && "
         "string(1.5) == '1.5'"),
        "[?self.?m.?a, 1, 'x', {'k': 1u, ?'o': optional.none()}][0] == 1 || nope.size(1)",
    };
    WITH_EACH_ALLOCATION_FAILED({
        for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
            struct arena arena = arena_new(16 * MIB);
            struct err err = ERR_NONE;
            const struct doc *self = NULL;
            struct cel_value v;
            if (json_parse(&arena, STR("{\"l\": [\"a\", \"b\"], \"m\": {\"a\": 1}}"), &self, &err) == 0) {
                int status = evaluate(&arena, str_c(texts[i]), self, 0, &v, &err);
                assert_true(status < 0 || v.kind == CEL_BOOL || v.kind == CEL_ERROR);
                assert_true(status == 0 || err.message[0]);
            }
            arena_free(&arena);
        }
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(endless_loops_end),      cmocka_unit_test(gigabytes_are_refused),
        cmocka_unit_test(depth_is_bounded),       cmocka_unit_test(long_chains_compile),
        cmocka_unit_test(types_do_not_explode),   cmocka_unit_test(a_cache_keeps_patterns),
        cmocka_unit_test(a_block_works_anywhere), cmocka_unit_test(memory_may_run_out_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
