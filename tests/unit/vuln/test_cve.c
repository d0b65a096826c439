#include "vuln/cve.h"

#include "test.h"

static void ids_are_numbers(void **state) {
    static const struct {
        const char *id;
        int64_t number;
    } cases[] = {
        {"CVE-2024-3094", 20240000003094},       {"CVE-2021-44228", 20210000044228},
        {"CVE-1999-0001", 19990000000001},       {"CVE-2014-1000000", 20140001000000},
        {"CVE-9999-9999999999", 99999999999999},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        int64_t number;
        assert_true(cve_number(str_c(cases[i].id), &number));
        assert_int_equal(number, cases[i].number);
    }
}

static void others_are_none(void **state) {
    static const char *const others[] = {
        "",
        "CVE",
        "CVE-",
        "CVE-2024",
        "CVE-2024-",
        "CVE-2024-309",
        "CVE-2024-00001",
        "CVE-2024-12345678901",
        "CVE-024-3094",
        "CVE-02024-3094",
        "CVE-2024-3094x",
        "CVE-2024-+3094",
        "CVE-2024--3094",
        "CVE-20 4-3094",
        "cve-2024-3094",
        "XCVE-2024-3094",
        "GHSA-2024-3094",
        "DEBIAN-CVE-2024-3094",
    };
    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        int64_t number = -1;
        assert_false(cve_number(str_c(others[i]), &number));
        assert_int_equal(number, -1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_numbers),
        cmocka_unit_test(others_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
