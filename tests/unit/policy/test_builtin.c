/* The built-in checks: their examples are their tests. */
#include "base/limits.h"
#include "policy/packs/checks.h"
#include "policy/packs/examples.h"

#include "test.h"

static void every_example_is_as_expected(void **state) {
    for (size_t i = 0; i < builtin_checks_n; i++) {
        const struct check *check = builtin_checks[i];
        bool fails = false, passes = false;
        for (size_t e = 0; e < check->examples_n; e++) {
            _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
            struct example_result result;
            assert_int_equal(example_run(&arena, check, e, &result, NULL), 0);
            if (!result.is_good) {
                fail_msg("%.*s: %.*s, example at line %u: %.*s", STR_ARG(check->file), STR_ARG(check->id),
                         check->examples[e].at.line, STR_ARG(result.problem));
            }
            fails |= check->examples[e].expect == CHECK_EXPECT_FAIL;
            passes |= check->examples[e].expect == CHECK_EXPECT_PASS;
        }
        if (!fails || !passes) {
            fail_msg("%.*s has no example that %s", STR_ARG(check->id), fails ? "passes" : "fails");
        }
    }
}

static void each_says_why_and_what_to_do(void **state) {
    for (size_t i = 0; i < builtin_checks_n; i++) {
        const struct check *check = builtin_checks[i];
        assert_true(check->title.n && check->why.n && check->fix.n && check->kinds_n && check->fail.block.n);
    }
}

static void nothing_is_made_without_packs(void **state) {
    struct check_list list;
    struct arena none = arena_new(0);
    assert_int_equal(checks_load(&none, NULL, 0, NULL, &list, NULL), 0);
    assert_ptr_equal(list.p, builtin_checks);
    assert_int_equal(list.n, builtin_checks_n);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example_is_as_expected),
        cmocka_unit_test(each_says_why_and_what_to_do),
        cmocka_unit_test(nothing_is_made_without_packs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
