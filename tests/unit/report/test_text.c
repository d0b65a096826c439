#include "base/limits.h"
#include "report/text.h"

#include "test.h"

static void assert_put(const char *expected, struct str s, unsigned max, bool is_tail) {
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    _cleanup_(text_free) struct text t = text_new(&out, 0, false);
    (is_tail ? text_put_tail : text_put)(&t, TEXT_PLAIN, s, max);
    assert_str_equal(buf_view(&out), str_c(expected));
    assert_true(t.column <= max);
}

static void what_is_too_long_is_cut(void **state) {
    assert_put("abcdef", STR("abcdef"), 6, false);
    assert_put("abcd…", STR("abcdef"), 5, false);
    assert_put("…cdef", STR("abcdef"), 5, true);
    assert_put("…", STR("abcdef"), 1, false);
    assert_put("…", STR("abcdef"), 1, true);
    assert_put("ää…", STR("ääää"), 3, false);
    assert_put("", STR(""), 5, false);
}

static void wide_characters_are_two_columns(void **state) {
    assert_put("漢字", STR("漢字"), 4, false);
    assert_put("漢…", STR("漢字"), 3, false);
    assert_put("…字", STR("漢字"), 3, true);
}

static void outside_text_can_not_act(void **state) {
    assert_put("\\x1b[2J", STR("\033[2J"), 40, false);
    assert_put("a\\u{202e}b",
               STR("a\xe2\x80\xae"
                   "b"),
               40, false);
    assert_put("\\xff\\x00\\x0a", STR("\xff\0\n"), 40, false);
}

static void parts_fold_between_each_other(void **state) {
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    _cleanup_(text_free) struct text t = text_new(&out, 16, false);
    text_part(&t, TEXT_PLAIN, STR("one"), 2);
    text_part(&t, TEXT_PLAIN, STR(""), 2);
    text_part(&t, TEXT_PLAIN, STR("two"), 2);
    text_part(&t, TEXT_PLAIN, STR("three"), 2);
    text_part_tail(&t, TEXT_PLAIN, STR("a/very/long/path"), 2);
    text_line(&t);
    assert_str_equal(buf_view(&out), STR("  one   two\n  three\n  …ery/long/path\n"));
}

static void words_fold_into_lines(void **state) {
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    _cleanup_(text_free) struct text t = text_new(&out, 14, false);
    text_fold(&t, TEXT_PLAIN, STR(" the file\nis cut;\tfetch it again "), 4);
    assert_str_equal(buf_view(&out), STR("    the file\n    is cut;\n    fetch it\n    again\n"));
}

static void colour_is_put_around_a_text(void **state) {
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    _cleanup_(text_free) struct text t = text_new(&out, 0, true);
    text_put(&t, TEXT_BOLD, STR("x"), 0);
    text_put(&t, TEXT_PLAIN, STR("y"), 0);
    assert_str_equal(buf_view(&out), STR("\033[1mx\033[0my"));
    assert_int_equal(t.column, 2);
}

static void no_memory_is_remembered(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(buf_free) struct buf out = buf_new(MIB);
        _cleanup_(text_free) struct text t = text_new(&out, 20, false);
        text_put(&t, TEXT_PLAIN, STR("x\033"), 0);
        text_fold(&t, TEXT_PLAIN, STR("a b c"), 2);
        assert_true(out.failed == mem_has_failed());
    })
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_too_long_is_cut),  cmocka_unit_test(wide_characters_are_two_columns),
        cmocka_unit_test(outside_text_can_not_act), cmocka_unit_test(parts_fold_between_each_other),
        cmocka_unit_test(words_fold_into_lines),    cmocka_unit_test(colour_is_put_around_a_text),
        cmocka_unit_test(no_memory_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
