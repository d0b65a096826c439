#include "base/buf.h"

#include "test.h"

static void pieces_add_up(void **state) {
    _cleanup_(buf_free) struct buf buf = buf_new(1 << 20);
    for (int i = 0; i < 500; i++) {
        buf_printf(&buf, "%d,", i % 10);
        buf_byte(&buf, '.');
    }
    assert_false(buf.failed);
    assert_int_equal(buf.n, 1500);
    assert_str_equal(str_sub(buf_view(&buf), 0, 6), STR("0,.1,."));
}

static void failure_at_the_cap_stays(void **state) {
    _cleanup_(buf_free) struct buf buf = buf_new(4);
    buf_str(&buf, STR("abcd"));
    assert_false(buf.failed);
    buf_byte(&buf, 'e');
    assert_true(buf.failed);
    assert_int_equal(buf.n, 4);
    buf_clear(&buf);
    buf_str(&buf, STR("ab"));
    assert_false(buf.failed);
    assert_str_equal(buf_view(&buf), STR("ab"));
}

static void allocation_failure_is_kept(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(buf_free) struct buf buf = buf_new(1 << 20);
        for (int i = 0; i < 2000; i++) {
            buf_c(&buf, "abc");
        }
        assert_int_equal(buf.failed, mem_has_failed());
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_add_up),
        cmocka_unit_test(failure_at_the_cap_stays),
        cmocka_unit_test(allocation_failure_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
