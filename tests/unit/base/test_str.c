#include "base/str.h"

#include "test.h"

static void split_gives_every_part(void **state) {
    struct str rest = STR("a,,b,"), part;
    assert_true(str_split(&rest, ',', &part));
    assert_str_equal(part, STR("a"));
    assert_true(str_split(&rest, ',', &part));
    assert_int_equal(part.n, 0);
    assert_true(str_split(&rest, ',', &part));
    assert_str_equal(part, STR("b"));
    assert_true(str_split(&rest, ',', &part));
    assert_int_equal(part.n, 0);
    assert_false(str_split(&rest, ',', &part));
}

static void lines_end_with_lf_or_crlf(void **state) {
    struct str rest = STR("one\r\n\ntwo"), line;
    assert_true(str_line(&rest, &line));
    assert_str_equal(line, STR("one"));
    assert_true(str_line(&rest, &line));
    assert_int_equal(line.n, 0);
    assert_true(str_line(&rest, &line));
    assert_str_equal(line, STR("two"));
    assert_false(str_line(&rest, &line));
}

static void numbers_are_digits_that_fit(void **state) {
    uint64_t value = 0;
    assert_true(str_to_u64(STR("18446744073709551615"), 10, &value));
    assert_true(value == UINT64_MAX);
    assert_false(str_to_u64(STR("18446744073709551616"), 10, &value));
    assert_true(str_to_u64(STR("755"), 8, &value));
    assert_int_equal(value, 493);
    assert_false(str_to_u64(STR("8"), 8, &value));
    assert_true(str_to_u64(STR("fF"), 16, &value));
    assert_int_equal(value, 255);
    assert_false(str_to_u64(STR(""), 10, &value));
    assert_false(str_to_u64(STR("-1"), 10, &value));
    assert_false(str_to_u64(STR(" 1"), 10, &value));
}

static void cut_and_path_parts(void **state) {
    struct str before, after;
    assert_true(str_cut(STR("k=v=w"), '=', &before, &after));
    assert_str_equal(before, STR("k"));
    assert_str_equal(after, STR("v=w"));
    assert_true(str_cut_last(STR("k=v=w"), '=', &before, &after));
    assert_str_equal(before, STR("k=v"));
    assert_false(str_cut(STR("k"), '=', &before, &after));
    assert_str_equal(str_basename(STR("a/b/c")), STR("c"));
    assert_str_equal(str_dirname(STR("a/b/c")), STR("a/b"));
    assert_str_equal(str_basename(STR("c")), STR("c"));
    assert_int_equal(str_dirname(STR("c")).n, 0);
}

static void comparisons(void **state) {
    assert_true(str_cmp(STR("a"), STR("ab")) < 0);
    assert_true(str_cmp(STR("b"), STR("ab")) > 0);
    assert_int_equal(str_cmp(STR_NONE, STR("")), 0);
    assert_true(str_eq_nocase(STR("Go"), STR("gO")));
    assert_true(str_starts(STR("abc"), STR("ab")));
    assert_false(str_starts(STR("a"), STR("ab")));
    assert_true(str_ends(STR("abc"), STR("bc")));
    assert_true(str_ends(STR("abc"), STR("")));
    assert_int_equal(str_find(STR("xaab"), STR("ab")), 2);
    assert_int_equal(str_find(STR_NONE, STR("a")), -1);
    assert_str_equal(str_trim(STR(" \t a b\r\n")), STR("a b"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(split_gives_every_part),
        cmocka_unit_test(lines_end_with_lf_or_crlf),
        cmocka_unit_test(numbers_are_digits_that_fit),
        cmocka_unit_test(cut_and_path_parts),
        cmocka_unit_test(comparisons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
