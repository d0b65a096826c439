#include "base/utf8.h"

#include "test.h"

static void only_well_formed_is_valid(void **state) {
    assert_true(utf8_is_valid(STR("aé€😀")));
    assert_true(utf8_is_valid(STR_NONE));
    static const char *const bad[] = {
        "\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\xff"};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        assert_false(utf8_is_valid(str_c(bad[i])));
    }
}

static void put_and_next_agree(void **state) {
    for (uint32_t code = 0; code <= 0x10ffff; code += 0x1f) {
        if (code >= 0xd800 && code < 0xe000) {
            continue;
        }
        _cleanup_(buf_free) struct buf buf = buf_new(4);
        uint32_t back = 0;
        utf8_put(&buf, code);
        assert_int_equal(utf8_next(buf_view(&buf), &back), buf.n);
        assert_int_equal(back, code);
    }
}

static void nothing_reaches_the_terminal_raw(void **state) {
    _cleanup_(buf_free) struct buf buf = buf_new(1000);
    utf8_put_safe(&buf, STR("a\x1b[31m\xff é\xe2\x80\xae\n"));
    assert_str_equal(buf_view(&buf), STR("a\\x1b[31m\\xff é\\u{202e}\\x0a"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_well_formed_is_valid),
        cmocka_unit_test(put_and_next_agree),
        cmocka_unit_test(nothing_reaches_the_terminal_raw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
