#include "cel/values/time.h"

#include "test.h"

#include <time.h>

/* What Go's time.Parse(RFC3339) says, within CEL's range. */
static const struct {
    const char *text, *canonical; /* NULL when it is none */
    int64_t seconds;
    int32_t nanos;
} timestamps[] = {
    {"2009-02-13T23:31:30Z", "2009-02-13T23:31:30Z", 1234567890, 0},
    {"2009-02-13t23:31:30Z", NULL},
    {"2009-02-13T23:31:30z", NULL},
    {"2009-02-13T23:31:30+01:30", "2009-02-13T22:01:30Z", 1234562490, 0},
    {"2009-02-13T23:31:30-23:59", "2009-02-14T23:30:30Z", 1234654230, 0},
    {"2009-02-29T00:00:00Z", NULL},
    {"2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z", 951782400, 0},
    {"1900-02-29T00:00:00Z", NULL},
    {"2016-12-31T23:59:60Z", NULL},
    {"2009-02-13T24:00:00Z", NULL},
    {"2009-02-13T23:31:30", NULL},
    {"2009-02-13T23:31:30.Z", NULL},
    {"2009-02-13T23:31:30.1Z", "2009-02-13T23:31:30.1Z", 1234567890, 100000000},
    {"2009-02-13T23:31:30.1234567891Z", "2009-02-13T23:31:30.123456789Z", 1234567890, 123456789},
    {"2009-2-13T23:31:30Z", NULL},
    {"2009-02-13 23:31:30Z", NULL},
    {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", -62135596800, 0},
    {"0001-01-01T00:00:00+00:01", NULL},
    {"9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z", 253402300799, 999999999},
    {"9999-12-31T23:59:59-00:01", NULL},
    {"1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z", -1, 500000000},
    {"", NULL},
    {"x", NULL},
    {"2009-13-01T00:00:00Z", NULL},
    {"2009-00-01T00:00:00Z", NULL},
};

/* What Go's time.ParseDuration says. */
static const struct {
    const char *text;
    bool is_duration;
    int64_t nanoseconds;
} durations[] = {
    {"0", true, 0},
    {"+0", true, 0},
    {"-0", true, 0},
    {"1h30m", true, 5400000000000},
    {"1.5s", true, 1500000000},
    {"-2us", true, -2000},
    {"5µs", true, 5000},
    {"5μs", true, 5000},
    {"-1.5h", true, -5400000000000},
    {".5s", true, 500000000},
    {"1.s", true, 1000000000},
    {"1", false},
    {"s", false},
    {"1x", false},
    {"1h1", false},
    {"-", false},
    {"+", false},
    {"", false},
    {"1m1m", true, 120000000000},
    {"9223372036854775807ns", true, 9223372036854775807},
    {"9223372036854775808ns", false},
    {"-9223372036854775808ns", true, INT64_MIN},
    {"-9223372036854775809ns", false},
    {"2562048h", false},
    {"2562047h47m16.854775807s", true, 9223372036854775807},
    {"1.0000000001s", true, 1000000000},
    {"0.3333333333333333333h", true, 1200000000000},
    {"1 s", false},
    {"1H", false},
    {"--1s", false},
    {"100ms", true, 100000000},
    {"1000000s", true, 1000000000000000},
    {".s", false},
    {"1.5.5s", false},
    {"99999999999999999999s", false},
};

static struct timestamp timestamp(const char *text) {
    struct timestamp t;
    assert_int_equal(timestamp_parse(str_c(text), &t, NULL), 0);
    return t;
}

static struct duration duration(const char *text) {
    struct duration d;
    assert_int_equal(duration_parse(str_c(text), &d, NULL), 0);
    return d;
}

static void timestamps_are_read_and_written(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(timestamps); i++) {
        struct timestamp t;
        struct err err = ERR_NONE;
        char text[TIMESTAMP_TEXT];
        int status = timestamp_parse(str_c(timestamps[i].text), &t, &err);
        if ((status == 0) != (timestamps[i].canonical != NULL)) {
            fail_msg("\"%s\": %s", timestamps[i].text, err.message);
        }
        if (status == 0) {
            assert_true(t.seconds == timestamps[i].seconds && t.nanos == timestamps[i].nanos);
            assert_str_equal(str_n(text, timestamp_format(t, text)), str_c(timestamps[i].canonical));
        }
    }
}

static void durations_are_read(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(durations); i++) {
        struct duration d;
        struct err err = ERR_NONE;
        int status = duration_parse(str_c(durations[i].text), &d, &err);
        if ((status == 0) != durations[i].is_duration ||
            (status == 0 && d.nanoseconds != durations[i].nanoseconds)) {
            fail_msg("\"%s\": %s", durations[i].text, err.message);
        }
    }
}

static void durations_are_written_in_seconds(void **state) {
    static const struct {
        const char *text, *seconds;
    } cases[] = {{"1h30m", "5400s"},       {"-1.5s", "-1.5s"},
                 {"2us", "0.000002s"},     {"0", "0s"},
                 {"1000000s", "1000000s"}, {"-9223372036854775808ns", "-9223372036.854775808s"}};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char text[DURATION_TEXT];
        assert_str_equal(str_n(text, duration_format(duration(cases[i].text), text)),
                         str_c(cases[i].seconds));
    }
}

/* Cases of the CEL conformance suite, timestamps. */
static void sums_leave_no_range(void **state) {
    struct timestamp first = timestamp("0001-01-01T00:00:00Z"),
                     last = timestamp("9999-12-31T23:59:59.999999999Z");
    struct timestamp t, expected;
    struct duration d;
    assert_int_equal(timestamp_add(first, duration("-1ns"), &t, NULL), ERR_INPUT);
    assert_int_equal(timestamp_add(last, duration("1ns"), &t, NULL), ERR_INPUT);
    assert_int_equal(timestamp_sub(first, duration("1s"), &t, NULL), ERR_INPUT);
    assert_int_equal(timestamp_diff(last, first, &d, NULL), ERR_INPUT);
    assert_int_equal(timestamp_diff(first, last, &d, NULL), ERR_INPUT);
    assert_int_equal(timestamp_from(-62135596801, 0, &t, NULL), ERR_INPUT);
    assert_int_equal(timestamp_from(253402300800, 0, &t, NULL), ERR_INPUT);
    assert_int_equal(
        timestamp_add(timestamp("0001-01-01T00:00:01.000000001Z"), duration("-999999999ns"), &t, NULL), 0);
    expected = timestamp("0001-01-01T00:00:00.000000002Z");
    assert_int_equal(timestamp_compare(t, expected), 0);
    assert_int_equal(timestamp_sub(timestamp("2009-02-13T23:10:00Z"), duration("600s"), &t, NULL), 0);
    assert_int_equal(timestamp_compare(t, timestamp("2009-02-13T23:00:00Z")), 0);
    assert_int_equal(
        timestamp_diff(timestamp("2009-02-13T23:31:00Z"), timestamp("2009-02-13T23:29:00Z"), &d, NULL), 0);
    assert_int_equal(duration_compare(d, duration("120s")), 0);
    struct duration lowest = duration("-9223372036854775808ns");
    assert_int_equal(duration_add(lowest, duration("-1ns"), &d, NULL), ERR_INPUT);
    assert_int_equal(duration_sub(duration("0"), lowest, &d, NULL), ERR_INPUT);
    assert_int_equal(duration_negate(lowest, &d, NULL), ERR_INPUT);
    assert_int_equal(duration_from(320000000000, 0, &d, NULL), ERR_INPUT);
    assert_int_equal(timestamp_sub(timestamp("2009-02-13T23:10:00Z"), lowest, &t, NULL), 0);
}

static void the_clock_of_a_place_is_read(void **state) {
    struct civil c = timestamp_civil(timestamp("2009-02-13T23:31:20.123456789Z"), 0);
    assert_int_equal(c.year, 2009);
    assert_int_equal(c.month, 1);
    assert_int_equal(c.day_of_month, 13);
    assert_int_equal(c.day_of_week, 5);
    assert_int_equal(c.day_of_year, 43);
    assert_int_equal(c.hour, 23);
    assert_int_equal(c.minute, 31);
    assert_int_equal(c.second, 20);
    assert_int_equal(c.millisecond, 123);
    c = timestamp_civil(timestamp("0001-01-01T00:00:00Z"), -3600);
    assert_int_equal(c.year, 0);
    assert_int_equal(c.month, 11);
    assert_int_equal(c.day_of_year, 365);
    assert_int_equal(duration_hours(duration("10000s")), 2);
    assert_int_equal(duration_minutes(duration("3730s")), 62);
    assert_int_equal(duration_milliseconds(duration("123.321456789s")), 321);
    assert_int_equal(duration_seconds(duration("-1.5s")), -1);
}

/* The C library counts days independently. */
static void every_day_of_400_years_is_that_of_the_c_library(void **state) {
    for (int64_t day = -140000; day < 146097; day++) {
        time_t seconds = day * 86400;
        struct tm tm;
        struct civil c = timestamp_civil((struct timestamp){seconds, 0}, 0);
        assert_non_null(gmtime_r(&seconds, &tm));
        if (c.year != tm.tm_year + 1900 || c.month != tm.tm_mon || c.day_of_month != tm.tm_mday ||
            c.day_of_week != tm.tm_wday || c.day_of_year != tm.tm_yday) {
            fail_msg("day %lld", (long long)day);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timestamps_are_read_and_written),
        cmocka_unit_test(durations_are_read),
        cmocka_unit_test(durations_are_written_in_seconds),
        cmocka_unit_test(sums_leave_no_range),
        cmocka_unit_test(the_clock_of_a_place_is_read),
        cmocka_unit_test(every_day_of_400_years_is_that_of_the_c_library),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
