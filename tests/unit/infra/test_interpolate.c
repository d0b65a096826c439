#include "base/buf.h"
#include "base/limits.h"
#include "infra/compose/interpolate.h"

#include "test.h"

static void put(struct variables *v, struct str name, struct str value) {
    assert_int_equal(variables_put(v, name, value, NULL), 0);
}

/* Compose Specification, "Interpolation": the forms with a value, an empty one and none. */
static void forms_follow_the_specification(void **state) {
    static const struct {
        struct str text, result, unset, required;
    } cases[] = {
        {STR("a"), STR("a"), STR(""), STR("")},
        {STR("$V"), STR("v"), STR(""), STR("")},
        {STR("${V}x"), STR("vx"), STR(""), STR("")},
        {STR("$V.x"), STR("v.x"), STR(""), STR("")},
        {STR("$$V"), STR("$V"), STR(""), STR("")},
        {STR("$$$V"), STR("$v"), STR(""), STR("")},
        {STR("${V-d}${V:-d}${V+r}${V:+r}${V?m}${V:?m}"), STR("vvrrvv"), STR(""), STR("")},
        {STR("${E-d}|${E:-d}|${E+r}|${E:+r}|${E?m}"), STR("|d|r||"), STR(""), STR("")},
        {STR("${N-d}|${N:-d}|${N+r}|${N:+r}|"), STR("d|d|||"), STR(""), STR("")},
        {STR("${N:-${M:-deep}}"), STR("deep"), STR(""), STR("")},
        {STR("${N:-$N2}"), STR(""), STR("N2"), STR("")},
        {STR("${E:?m}"), STR(""), STR(""), STR("E")},
        {STR("${N?m}"), STR(""), STR(""), STR("N")},
        {STR("a$N"), STR("a"), STR("N"), STR("")},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct variables v = variables_new(&arena, NULL);
        struct interpolated out;
        put(&v, STR("V"), STR("v"));
        put(&v, STR("E"), STR(""));
        assert_int_equal(interpolate(&v, cases[i].text, &out, NULL), 0);
        assert_str_equal(out.text, cases[i].result);
        assert_str_equal(out.unset, cases[i].unset);
        assert_str_equal(out.required, cases[i].required);
    }
}

static void what_is_no_variable_is_refused(void **state) {
    static const struct str cases[] = {STR("$"),   STR("$1"),     STR("${"),    STR("${V"),
                                       STR("${}"), STR("${V!x}"), STR("${V:}"), STR("a$ b")};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct variables v = variables_new(&arena, NULL);
        struct interpolated out;
        put(&v, STR("V"), STR("v"));
        assert_int_equal(interpolate(&v, cases[i], &out, NULL), ERR_INPUT);
    }
}

static void the_outer_environment_counts_first(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct variables outer = variables_new(&arena, NULL), v = variables_new(&arena, &outer);
    put(&outer, STR("A"), STR("1"));
    assert_int_equal(
        variables_read(&v, STR("A=2\nB=$A\nC='$A' # x\nD=\"a # b\"\nE\nF = g\nH=#\nI=a#b\n"), NULL), 0);
    assert_str_equal(*variables_get(&v, STR("A")), STR("1"));
    assert_str_equal(*variables_get(&v, STR("B")), STR("1"));
    assert_str_equal(*variables_get(&v, STR("C")), STR("$A"));
    assert_str_equal(*variables_get(&v, STR("D")), STR("a # b"));
    assert_null(variables_get(&v, STR("E")));
    assert_str_equal(*variables_get(&v, STR("H")), STR(""));
    assert_str_equal(*variables_get(&v, STR("I")), STR("a#b"));
}

/* Each variable is two of the one before. */
static void doubling_ends_at_the_limit(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    struct variables v = variables_new(&arena, NULL);
    _cleanup_(buf_free) struct buf text = buf_new(MIB);
    buf_c(&text, "V0=xxxxxxxxxxxxxxxx\n");
    for (int i = 1; i < 60; i++) {
        buf_printf(&text, "V%d=$V%d$V%d\n", i, i - 1, i - 1);
    }
    assert_int_equal(variables_read(&v, buf_view(&text), NULL), ERR_LIMIT);
}

static void nesting_has_a_limit(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct variables v = variables_new(&arena, NULL);
    struct interpolated out;
    _cleanup_(buf_free) struct buf text = buf_new(MIB);
    for (int i = 0; i < 1000; i++) {
        buf_c(&text, "${N:-");
    }
    for (int i = 0; i < 1000; i++) {
        buf_c(&text, "}");
    }
    assert_int_equal(interpolate(&v, buf_view(&text), &out, NULL), ERR_LIMIT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_follow_the_specification),
        cmocka_unit_test(what_is_no_variable_is_refused),
        cmocka_unit_test(the_outer_environment_counts_first),
        cmocka_unit_test(doubling_ends_at_the_limit),
        cmocka_unit_test(nesting_has_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
