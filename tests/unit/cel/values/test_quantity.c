#include "cel/values/quantity.h"

#include "test.h"

#include <math.h>

/* What k8s.io/apimachinery 0.34.1 says of each: its canonical text, AsInt64(), Sign(),
 * AsApproximateFloat64(). */
static const struct {
    const char *text, *canonical; /* NULL when it is none */
    bool is_integer;
    int64_t integer;
    int sign;
    double approximate;
} cases[] = {
    {"0", "0", true, 0, 0, 0},
    {"1", "1", true, 1, 1, 1},
    {"-1", "-1", true, -1, -1, -1},
    {"+1", "1", true, 1, 1, 1},
    {".", "0", true, 0, 0, 0},
    {"-", "0", true, 0, 0, 0},
    {"+", "0", true, 0, 0, 0},
    {"Mi", "0", true, 0, 0, 0},
    {"m", "0", false, 0, 0, 0},
    {"1.", "1", true, 1, 1, 1},
    {".5", "500m", false, 0, 1, 0.5},
    {"1.5Gi", "1536Mi", false, 0, 1, 1.610612736e+09},
    {"0.5Gi", "512Mi", false, 0, 1, 5.36870912e+08},
    {"1Ki", "1Ki", true, 1024, 1, 1024},
    {"1024Ki", "1Mi", true, 1048576, 1, 1.048576e+06},
    {"1.1Ki", "1126400m", false, 0, 1, 1126.4},
    {"100m", "100m", false, 0, 1, 0.1},
    {"0.1n", "1n", false, 0, 1, 1e-09},
    {"1e3", "1e3", true, 1000, 1, 1000},
    {"1E3", "1e3", true, 1000, 1, 1000},
    {"1E", "1E", true, 1000000000000000000, 1, 1e+18},
    {"12e6", "12e6", true, 12000000, 1, 1.2e+07},
    {"1e-3", "1e-3", false, 0, 1, 0.001},
    {"1E-12", "1e-9", false, 0, 1, 1e-09},
    {"2e+2", "200", true, 200, 1, 200},
    {"1Kii", NULL},
    {"1K", NULL},
    {"200K", NULL},
    {"1,3G", NULL},
    {"1.3G", "1300M", true, 1300000000, 1, 1.3e+09},
    {"1.3Gi", "1395864371200m", false, 0, 1, 1.3958643712e+09},
    {"Three", NULL},
    {" 1", NULL},
    {"1 ", NULL},
    {"1e", NULL},
    {"e1", "0", true, 0, 0, 0},
    {"1i", NULL},
    {"1mi", NULL},
    {"1ki", NULL},
    {"9223372036854775807", "9223372036854775807", false, 0, 1, 9.223372036854776e+18},
    {"9223372036854775808", "9223372036854775808", false, 0, 1, 9.223372036854776e+18},
    {"-9223372036854775808", "-9223372036854775808", false, 0, -1, -9.223372036854776e+18},
    {"9999999999999999999999999999999999999G", "9999999999999999999999999999999999999G", false, 0, 1,
     1.0000000000000001e+46},
    {"50000000G", "50P", true, 50000000000000000, 1, 5e+16},
    {"8Ei", "9223372036854775807", false, 0, 1, 9.223372036854776e+18},
    {"7Ei", "7Ei", false, 0, 1, 8.070450532247929e+18},
    {"-8Ei", "-9223372036854775807", false, 0, -1, -9.223372036854776e+18},
    {"123456789012345678", "123456789012345678", true, 123456789012345678, 1, 1.2345678901234568e+17},
    {"1234567890123456789", "1234567890123456789", false, 0, 1, 1.234567890123457e+18},
    {"0.000000001", "1n", false, 0, 1, 1e-09},
    {"0.0000000011", "2n", false, 0, 1, 2e-09},
    {"100000000Mi", "100000000Mi", false, 0, 1, 1.048576e+14},
    {"12345678Gi", "12345678Gi", false, 0, 1, 1.3256070814236672e+16},
    {"00012", "12", true, 12, 1, 12},
    {"1.50", "1500m", false, 0, 1, 1.5},
    {"1e18", "1e18", true, 1000000000000000000, 1, 1e+18},
    {"1e19", "10e18", false, 0, 1, 1e+19},
    {"999999999999999999n", "999999999999999999n", false, 0, 1, 1.0000000000000001e+09},
    {"0.1", "100m", false, 0, 1, 0.1},
    {"0.0", "0", false, 0, 0, 0},
    {"-0.0", "0", false, 0, 0, 0},
    {"0Ki", "0", true, 0, 0, 0},
    {"0x10", NULL},
    {"1_0", NULL},
    {"1e1000", "10e999", false, 0, 1, INFINITY},
    {"1.2.3", NULL},
    {"+-1", NULL},
    {"1n5", NULL},
    {"1m3", NULL},
    {"1Gi5", NULL},
    {"2048", "2048", true, 2048, 1, 2048},
    {"1025Ki", "1025Ki", true, 1049600, 1, 1.0496e+06},
    {"3e9", "3e9", true, 3000000000, 1, 3e+09},
    {"10M", "10M", true, 10000000, 1, 1e+07},
    {"1100m", "1100m", false, 0, 1, 1.1},
    {"-1500m", "-1500m", false, 0, -1, -1.5},
    {"-2Ki", "-2Ki", true, -2048, -1, -2048},
    {"123e7", "1230e6", true, 1230000000, 1, 1.23e+09},
    {"1.5e", NULL},
    {"1.2345678901234567890Gi", "1325607178192992078n", false, 0, 1, 1.325607178192992e+09},
    {"5000n", "5u", false, 0, 1, 5e-06},
    {"0.9Ki", "921600m", false, 0, 1, 921.6},
};

static struct quantity quantity(const char *text) {
    struct quantity q;
    struct err err = ERR_NONE;
    if (quantity_parse(str_c(text), &q, &err) < 0) {
        fail_msg("%s", err.message);
    }
    return q;
}

static void quantities_are_read_as_kubernetes_reads_them(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct quantity q;
        struct err err = ERR_NONE;
        int status = quantity_parse(str_c(cases[i].text), &q, &err);
        if ((status == 0) != (cases[i].canonical != NULL)) {
            fail_msg("\"%s\": %s", cases[i].text, err.message);
        }
        if (status < 0) {
            assert_int_equal(status, ERR_INPUT);
            continue;
        }
        char text[QUANTITY_TEXT];
        int64_t integer = 0;
        assert_str_equal(str_n(text, quantity_format(&q, text)), str_c(cases[i].canonical));
        if (quantity_to_int(&q, &integer) != cases[i].is_integer || integer != cases[i].integer) {
            fail_msg("\"%s\" as an integer is %lld", cases[i].text, (long long)integer);
        }
        assert_int_equal(q.sign, cases[i].sign);
        if (quantity_to_double(&q) != cases[i].approximate) {
            fail_msg("\"%s\" is about %.17g, not %.17g", cases[i].text, quantity_to_double(&q),
                     cases[i].approximate);
        }
    }
}

static void the_order_is_that_of_the_values(void **state) {
    static const struct {
        const char *a, *b;
        int order;
    } pairs[] = {
        {"200M", "0.2G", 0},
        {"50M", "50Mi", -1},
        {"50Mi", "50M", 1},
        {"150Mi", "100Mi", 1},
        {"-1", "1", -1},
        {"-2", "-1", -1},
        {"0", "-0.0", 0},
        {"1e1000", "1e999", 1},
        {"1.5Gi", "1536Mi", 0},
        {"1000000000n", "1", 0},
        {"0.1n", "1n", 0},
        {"0", "1n", -1},
        {"9999999999999999999G", "9999999999999999998G", 1},
        {"-1e1000", "0", -1},
    };
    for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
        struct quantity a = quantity(pairs[i].a), b = quantity(pairs[i].b);
        assert_int_equal(quantity_compare(&a, &b), pairs[i].order);
        assert_int_equal(quantity_compare(&b, &a), -pairs[i].order);
    }
}

/* The examples of the library's documents, and some past 64 bits. */
static void sums_and_differences_are_exact(void **state) {
    static const struct {
        const char *a, *b, *sum, *difference;
    } sums[] = {
        {"50k", "20k", "70k", "30k"},
        {"50k", "20", "50020", "49980"},
        {"1Ki", "1Ki", "2Ki", "0"},
        {"100m", "1", "1100m", "-900m"},
        {"9223372036854775807", "1", "9223372036854775808", "9223372036854775806"},
        {"1e30", "1n", "1000000000000000000000000000000000000001n",
         "999999999999999999999999999999999999999n"},
        {"0", "5Mi", "5Mi", "-5Mi"},
        {"-3", "5", "2", "-8"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(sums); i++) {
        struct quantity a = quantity(sums[i].a), b = quantity(sums[i].b), out, expected;
        assert_int_equal(quantity_add(&a, &b, &out, NULL), 0);
        expected = quantity(sums[i].sum);
        assert_int_equal(quantity_compare(&out, &expected), 0);
        assert_int_equal(quantity_sub(&a, &b, &out, NULL), 0);
        expected = quantity(sums[i].difference);
        assert_int_equal(quantity_compare(&out, &expected), 0);
    }
}

static void a_sum_past_int64_is_no_integer_any_more(void **state) {
    struct quantity a = quantity_from_int(INT64_MAX), b = quantity_from_int(INT64_MIN), sum;
    assert_true(quantity_to_int(&a, NULL));
    assert_int_equal(quantity_add(&a, &a, &sum, NULL), 0);
    assert_false(quantity_to_int(&sum, NULL));
    assert_int_equal(quantity_sub(&sum, &a, &sum, NULL), 0);
    assert_false(quantity_to_int(&sum, NULL));
    int64_t value;
    assert_true(quantity_to_int(&b, &value));
    assert_true(value == INT64_MIN);
}

static void what_is_too_long_is_refused(void **state) {
    char digits[QUANTITY_DIGITS + 1];
    struct quantity q, small = quantity("1"), large = quantity("1e1000");
    struct err err = ERR_NONE;
    memset(digits, '9', sizeof digits);
    assert_int_equal(quantity_parse(str_n(digits, sizeof digits), &q, &err), ERR_LIMIT);
    assert_int_equal(quantity_parse(STR("1e99999999999"), &q, &err), ERR_LIMIT);
    assert_int_equal(quantity_parse(STR(""), &q, &err), ERR_INPUT);
    assert_int_equal(quantity_add(&large, &small, &q, &err), ERR_LIMIT);
    assert_true(isinf(quantity_to_double(&large)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantities_are_read_as_kubernetes_reads_them),
        cmocka_unit_test(the_order_is_that_of_the_values),
        cmocka_unit_test(sums_and_differences_are_exact),
        cmocka_unit_test(a_sum_past_int64_is_no_integer_any_more),
        cmocka_unit_test(what_is_too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
