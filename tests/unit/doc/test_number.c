#include "doc/number.h"

#include "test.h"

#include <float.h>
#include <math.h>

/* The compiler reads the same literal: an independent conversion. */
#define BOTH(literal)                                                                                        \
    { #literal, literal }

static const struct {
    const char *text;
    double value;
} cases[] = {
    BOTH(0),
    BOTH(1),
    BOTH(-1),
    BOTH(0.1),
    BOTH(3.14159),
    BOTH(1e22),
    BOTH(1e23),
    BOTH(123456789012345678.0),
    BOTH(9007199254740993.0),
    BOTH(0.30000000000000004),
    BOTH(2.2250738585072011e-308),
    BOTH(5e-324),
    BOTH(1.7976931348623157e308),
    BOTH(-2.5E-3),
    BOTH(8.5e+2),
    BOTH(1e-22),
    BOTH(0.000001),
    BOTH(4.35),
    BOTH(100000000000000000000000.5),
    BOTH(7.2057594037927933e16),
    BOTH(-0.0),
};

static void text_becomes_the_nearest_double(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        double value;
        assert_true(number_to_double(str_c(cases[i].text), &value));
        if (memcmp(&value, &cases[i].value, sizeof value) != 0) {
            fail_msg("%s is %a, not %a", cases[i].text, value, cases[i].value);
        }
    }
}

static void doubles_survive_the_way_out_and_back(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char text[NUMBER_TEXT];
        double value;
        size_t n = number_from_double(cases[i].value, text);
        assert_true(number_to_double(str_n(text, n), &value));
        assert_memory_equal(&value, &cases[i].value, sizeof value);
    }
}

static void no_more_digits_than_needed(void **state) {
    char text[NUMBER_TEXT];
    assert_str_equal(str_n(text, number_from_double(0.1, text)), STR("0.1"));
    assert_str_equal(str_n(text, number_from_double(1e100, text)), STR("1e+100"));
    assert_str_equal(str_n(text, number_from_double(0.30000000000000004, text)), STR("0.30000000000000004"));
}

/* The C library writes them independently. */
static void thousandths_are_written_as_the_library_does(void **state) {
    static const double more[] = {0.0009999, 999999.999, 999999.9999, 1e6, 0.034, 7.05, 0.97, 0.0010000001};
    for (unsigned i = 1; i <= 20000 + ARRAY_SIZE(more); i++) {
        char text[NUMBER_TEXT], expected[NUMBER_TEXT];
        double d = i <= 20000 ? i / 1000.0 : more[i - 20001];
        snprintf(expected, sizeof expected, "%.15g", d);
        assert_str_equal(str_n(text, number_from_double(d, text)), str_c(expected));
    }
}

static void whole_numbers_are_written_whole(void **state) {
    char text[NUMBER_TEXT];
    assert_str_equal(str_n(text, number_from_uint(0, text)), STR("0"));
    assert_str_equal(str_n(text, number_from_uint(1050, text)), STR("1050"));
    assert_str_equal(str_n(text, number_from_uint(UINT64_MAX, text)), STR("18446744073709551615"));
}

static void out_of_range_is_infinite_or_zero(void **state) {
    double value;
    assert_true(number_to_double(STR("1e400"), &value));
    assert_true(isinf(value) && value > 0);
    assert_true(number_to_double(STR("-1e99999999999999999999"), &value));
    assert_true(isinf(value) && value < 0);
    assert_true(number_to_double(STR("1e-400"), &value));
    assert_true(value == 0);
    assert_true(number_to_double(STR("0e99999999999999999999"), &value));
    assert_true(value == 0);
}

static void long_numbers_need_memory(void **state) {
    char digits[300];
    memset(digits, '1', sizeof digits);
    double value;
    WITH_EACH_ALLOCATION_FAILED({
        if (number_to_double(str_n(digits, sizeof digits), &value)) {
            assert_true(value > 1.1e299 && value < 1.2e299);
        }
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_becomes_the_nearest_double),
        cmocka_unit_test(doubles_survive_the_way_out_and_back),
        cmocka_unit_test(no_more_digits_than_needed),
        cmocka_unit_test(thousandths_are_written_as_the_library_does),
        cmocka_unit_test(whole_numbers_are_written_whole),
        cmocka_unit_test(out_of_range_is_infinite_or_zero),
        cmocka_unit_test(long_numbers_need_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
