#include "base/cursor.h"

#include "test.h"

static void numbers_in_both_orders(void **state) {
    struct cursor c = cursor_over(STR("\x01\x02\x03\x04\x05\x06\x07\x08\xff"));
    assert_int_equal(cursor_le16(&c), 0x0201);
    cursor_seek(&c, 0);
    assert_int_equal(cursor_be32(&c), 0x01020304);
    cursor_seek(&c, 0);
    assert_true(cursor_le64(&c) == 0x0807060504030201u);
    assert_int_equal(cursor_u8(&c), 0xff);
    assert_false(c.failed);
}

static void past_the_end_fails_and_stays_failed(void **state) {
    struct cursor c = cursor_over(STR("abc"));
    assert_int_equal(cursor_be32(&c), 0);
    assert_true(c.failed);
    assert_int_equal(cursor_u8(&c), 0);
    assert_int_equal(c.at, 0);
    c = cursor_over(STR("abc"));
    cursor_skip(&c, SIZE_MAX);
    assert_true(c.failed);
    c = cursor_over(STR("abc"));
    assert_true(cursor_window(&c, 2, SIZE_MAX).failed);
    assert_true(cursor_window(&c, 2, 2).failed);
    assert_false(cursor_window(&c, 3, 0).failed);
}

static void text_ends_with_nul(void **state) {
    struct cursor c = cursor_over(str_n("ab\0cd", 5));
    assert_str_equal(cursor_cstr(&c), STR("ab"));
    assert_int_equal(cursor_cstr(&c).n, 0);
    assert_true(c.failed);
}

static void varints_of_ten_bytes(void **state) {
    struct cursor c = cursor_over(str_n("\x00\xac\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 13));
    assert_int_equal(cursor_uvarint(&c), 0);
    assert_int_equal(cursor_uvarint(&c), 300);
    assert_true(cursor_uvarint(&c) == UINT64_MAX);
    assert_false(c.failed);
    c = cursor_over(STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"));
    cursor_uvarint(&c);
    assert_true(c.failed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_in_both_orders),
        cmocka_unit_test(past_the_end_fails_and_stays_failed),
        cmocka_unit_test(text_ends_with_nul),
        cmocka_unit_test(varints_of_ten_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
