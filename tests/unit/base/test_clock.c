#include "base/clock.h"

#include "test.h"

/* Expected seconds from `date -u -d TEXT +%s`. */
static void texts_of_rfc_3339(void **state) {
    static const struct {
        const char *text;
        int64_t seconds;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2026-11-23T10:00:00Z", 1795428000},
        {"2000-02-29", 951782400},
        {"2024-03-01T00:00:00.123456Z", 1709251200},
        {"2026-11-23T10:00:00+02:00", 1795420800},
        {"0001-01-01T00:00:00Z", -62135596800},
        {"1969-12-31t23:59:59z", -1},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        int64_t seconds = 7;
        assert_true(clock_parse(str_c(cases[i].text), &seconds));
        assert_int_equal(seconds, cases[i].seconds);
    }
}

static void other_texts_are_refused(void **state) {
    static const char *const texts[] = {"",
                                        "2026",
                                        "2026-13-01",
                                        "2026-02-29",
                                        "2026-00-10",
                                        "2026-1-1",
                                        "2026-11-23T24:00:00Z",
                                        "2026-11-23T10:00:00",
                                        "2026-11-23T10:00:00Zx",
                                        "2026-11-23T10:00:00.Z"};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        int64_t seconds;
        assert_false(clock_parse(str_c(texts[i]), &seconds));
    }
}

static void format_and_parse_agree(void **state) {
    for (int64_t seconds = -4000000000; seconds < 8000000000; seconds += 86399 * 17) {
        char text[CLOCK_TEXT];
        int64_t back;
        clock_format(seconds, text);
        assert_true(clock_parse(str_c(text), &back));
        assert_int_equal(back, seconds);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_of_rfc_3339),
        cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(format_and_parse_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
