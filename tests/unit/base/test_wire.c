#include "base/wire.h"

#include "base/err.h"
#include "base/limits.h"
#include "test.h"

static void records_come_back(void **state) {
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_RECORD);
    size_t start = wire_begin(&out, 9);
    wire_u8(&out, 1);
    wire_u64(&out, 1ull << 40);
    wire_str(&out, STR("name"));
    wire_end(&out, start);
    struct cursor in = cursor_over(buf_view(&out)), payload;
    uint32_t kind;
    assert_int_equal(wire_next(&in, &kind, &payload), 1);
    assert_int_equal(kind, 9);
    assert_int_equal(cursor_u8(&payload), 1);
    assert_true(cursor_le64(&payload) == 1ull << 40);
    assert_str_equal(wire_get_str(&payload), STR("name"));
    assert_false(payload.failed);
    assert_int_equal(wire_next(&in, &kind, &payload), 0);
}

static void a_cut_record_waits(void **state) {
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_RECORD);
    size_t start = wire_begin(&out, 9);
    wire_str(&out, STR("name"));
    wire_end(&out, start);
    for (size_t n = 0; n < out.n; n++) {
        struct cursor in = cursor_over(str_n((char *)out.p, n)), payload;
        uint32_t kind;
        assert_int_equal(wire_next(&in, &kind, &payload), 0);
        assert_int_equal(in.at, 0);
    }
}

static void lying_lengths_are_refused(void **state) {
    struct cursor payload;
    uint32_t kind;
    struct cursor tiny = cursor_over(str_n("\x03\0\0\0\0\0\0\0", 8));
    assert_int_equal(wire_next(&tiny, &kind, &payload), ERR_INPUT);
    struct cursor huge = cursor_over(str_n("\xff\xff\xff\xff\0\0\0\0", 8));
    assert_int_equal(wire_next(&huge, &kind, &payload), ERR_INPUT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_come_back),
        cmocka_unit_test(a_cut_record_waits),
        cmocka_unit_test(lying_lengths_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
