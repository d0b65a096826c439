/* What cases can't say of the libraries: bombs, and memory that runs out. */
#include "cel/cel.h"

#include "base/limits.h"
#include "base/mem.h"
#include "cel/cache.h"
#include "cel/library/libraries.h"

#include "test.h"

static const struct cel_program *load(struct arena *arena, const char *text) {
    struct cel_env_config config = {.libraries = cel_libraries};
    const struct cel_env *env;
    const struct cel_program *program;
    struct str block;
    struct err err = ERR_NONE;
    while (cel_libraries[config.library_count]) {
        config.library_count++;
    }
    assert_int_equal(cel_env_new(arena, &config, &env, &err), 0);
    if (cel_compile(env, arena, str_c(text), NULL, &block, NULL, &err) < 0) {
        fail_msg("%s: %s", text, err.message);
    }
    assert_int_equal(cel_program_load(env, arena, block, &program, &err), 0);
    return program;
}

static void the_table_fits(void **state) {
    size_t n = 0;
    while (cel_libraries[n]) {
        n++;
    }
    assert_true(n <= CEL_LIBRARY_MAX);
}

static const char too_long[] = "the evaluation takes more steps than it may";
static const char too_large[] = "the evaluation needs more memory than it may have";

#define X16        "'xxxxxxxxxxxxxxxx'"
#define MANY(n)    "lists.range(" #n ")"
#define LETTERS(n) "lists.range(" #n ").map(i, 'a').join()"

static const struct bomb {
    const char *text;
    uint64_t budget; /* 0: what is usual */
    const char *message;
} bombs[] = {
    {MANY(1000000000), 0, too_large},
    {MANY(9223372036854775807), 0, too_large},
    {MANY(1000000), 1000, too_long},
    {"cel.bind(a, " X16 ".replace('', " X16 "), cel.bind(b, a.replace('', a), b.replace('', b)))", 0,
     too_large},
    {"cel.bind(a, " X16 ".replace('', " X16 "), a.replace('', a).size() == 0)", 10000, too_long},
    {"cel.bind(a, " MANY(100000) ", [a, a, a, a].map(x, a.map(i, " X16 ").join()).join().size() > 0)", 500000,
     too_long},
    {"cel.bind(a, " X16 ".replace('', " X16 "), '%s%s%s%s'.format([a, a, a, a]).size() > 0)", 800, too_long},
    {"'%x'.format([" LETTERS(10000) "]).size() > 0", 60000, too_long},
    {"'%s'.format([" MANY(10000) "]).size() > 0", 15000, too_long},
    {LETTERS(20000) ".findAll('a.*b|a').size() > 0", 2000000, too_long},
    {"regex.replace(" LETTERS(20000) ", 'a.*b|a', 'x').size() > 0", 2000000, too_long},
    {"regex.replace(" LETTERS(2000) ", 'a', " X16 ").size() > 0", 25000, too_long},
    {LETTERS(20000) ".lastIndexOf(" LETTERS(10000) " + 'b') > 0", 3000000, too_long},
    {MANY(5000) ".map(i, [i]).distinct().size() > 0", 1000000, too_long},
    {"cel.bind(a, " MANY(5000) ".map(i, [i]), sets.contains(a, a))", 1000000, too_long},
    {MANY(10000) ".sort().size() > 0", 100000, too_long},
    {"[[[[[1]]]]].flatten(9)", 7, too_long},
    {"cel.bind(a, " MANY(1000) ", a.indexOf(-1))", 1500, too_long},
    {"base64.encode(bytes(" LETTERS(1000) ")).size() > 0", 6000, too_long},
    {"cel.bind(a, " MANY(1000) ", a.reverse().sum())", 2100, too_long},
};

static void bombs_are_stopped(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(bombs); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(256 * MIB);
        struct cel_evaluation e = {.arena = &arena, .budget = bombs[i].budget};
        struct cel_value v = cel_eval(load(&arena, bombs[i].text), &e);
        struct str message = v.kind == CEL_ERROR ? cel_str(&v) : STR("no error");
        if (!str_eq(message, str_c(bombs[i].message))) {
            fail_msg("%s: %.*s", bombs[i].text, STR_ARG(message));
        }
    }
}

static void a_precision_is_bounded(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct cel_evaluation e = {.arena = &arena};
    struct cel_value v = cel_eval(load(&arena, "'%.1000000000f'.format([1.0])"), &e);
    assert_int_equal(v.kind, CEL_ERROR);
    assert_str_equal(cel_str(&v), STR("format: a precision is a number up to 1100"));
}

/* Each is true. */
static const char *const representative[] = {
    "'a-b'.replace('-', '+').split('+').join('/').upperAscii() + strings.quote('\"') == 'A/B\"\\\\\"\"'",
    "'%s %.2f %x'.format([{'k': [1, null]}, 1.5, b'a']) == '{k: [1, null]} 1.50 61'",
    "[3, 1, 2].sort() + lists.range(1) + [[4]].flatten() + [5, 5].distinct() == [1, 2, 3, 0, 4, 5]",
    "['bb', 'a'].sortBy(s, size(s)).reverse() == ['bb', 'a']",
    "[duration('1s'), duration('2s')].sum() == duration('3s') && [1, 2].indexOf(2) == 1",
    "sets.equivalent(['a', 1, [2]], [[2], 1.0, 'a', 'a']) && sets.intersects([1], [1])",
    "base64.decode(base64.encode(b'ab')) == b'ab'",
    "'a1b2'.findAll('[0-9]') == ['1', '2'] && regex.replace('ab', '(a)', r'\\1\\1') == 'aab'",
    "regex.extract('a1', 'a(.)').value() == '1' && regex.extractAll('aa', 'a').size() == 2",
    "cidr('10.0.0.1/8').masked().containsIP(ip('10.1.1.1')) && string(ip('::1')) == '::1'",
    "quantity('1k').add(quantity('1')).sub(1) == quantity('1000') && string(quantity('1k')) == '1k'",
    "string(semver('v1.2', true)) == '1.2.0'",
    "url('https://a:1/b?c=d&c=e').getQuery() == {'c': ['d', 'e']} && isURL('/a b')",
    "format.named('uuid').value().validate('x').value().size() == 1",
    "optional.of(1).or(optional.none()).value() == 1 && [optional.of(2)].unwrapOpt() == [2]",
    "math.greatest([1, 2.5, 3u]) == 3",
};

/* True, or stopped for want of memory; says whether true. */
static bool survive(const struct cel_program *program, struct arena *work, bool has_cache, const char *text) {
    struct cel_cache *cache = has_cache ? cel_cache_new(NULL) : NULL;
    struct cel_evaluation e = {.arena = work, .cache = cache};
    struct cel_value v = cel_eval(program, &e);
    bool is_true = cel_is_true(&v);
    if (!is_true && v.kind != CEL_ERROR) {
        fail_msg("%s: kind %d", text, v.kind);
    }
    cel_cache_free(cache);
    arena_free(work);
    return is_true;
}

static void no_memory_is_survived(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(representative); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(4 * MIB);
        const struct cel_program *program = load(&arena, representative[i]);
        struct arena work = arena_new(4 * MIB);
        bool has_passed = false;
        WITH_EACH_ALLOCATION_FAILED(has_passed = survive(program, &work, true, representative[i]));
        if (!has_passed) {
            fail_msg("%s is not true", representative[i]);
        }
    }
}

/* The same with arenas that end earlier and earlier. */
static void small_arenas_are_survived(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(representative); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(4 * MIB);
        const struct cel_program *program = load(&arena, representative[i]);
        bool has_passed = false;
        for (size_t cap = 0; cap < 64 * KIB && !has_passed; cap += 32) {
            struct arena work = arena_new(cap);
            has_passed = survive(program, &work, false, representative[i]);
        }
        if (!has_passed) {
            fail_msg("%s is not true", representative[i]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_fits),
        cmocka_unit_test(bombs_are_stopped),
        cmocka_unit_test(a_precision_is_bounded),
        cmocka_unit_test(no_memory_is_survived),
        cmocka_unit_test(small_arenas_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
