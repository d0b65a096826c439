#include "base/err.h"

#include "test.h"

static void place_goes_in_front(void **state) {
    struct err err = ERR_NONE;
    assert_int_equal(err_set(&err, ERR_INPUT, "byte %d: bad", 7), ERR_INPUT);
    assert_int_equal(err_at(&err, "layer %d", 3), ERR_INPUT);
    assert_string_equal(err.message, "layer 3: byte 7: bad");
}

static void long_messages_are_cut(void **state) {
    struct err err = ERR_NONE;
    char text[4000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    err_set(&err, ERR_INPUT, "%s", text);
    err_at(&err, "%s", text);
    assert_int_equal(strlen(err.message), sizeof err.message - 1);
}

static void nobody_needs_to_listen(void **state) {
    assert_int_equal(err_set(NULL, ERR_IO, "x"), ERR_IO);
    assert_int_equal(err_memory(NULL), ERR_MEMORY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(place_goes_in_front),
        cmocka_unit_test(long_messages_are_cut),
        cmocka_unit_test(nobody_needs_to_listen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
