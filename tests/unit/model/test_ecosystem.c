#include "model/ecosystem.h"

#include "test.h"

/* The right-hand side as the OSV schema's list of ecosystems writes it. */
static void distributions_have_their_names(void **state) {
    static const char *const cases[][3] = {
        {"debian", "12", "Debian:12"},
        {"ubuntu", "24.04", "Ubuntu:24.04:LTS"},
        {"ubuntu", "23.10", "Ubuntu:23.10"},
        {"ubuntu", "23.04", "Ubuntu:23.04"},
        {"alpine", "3.19.1", "Alpine:v3.19"},
        {"almalinux", "9.4", "AlmaLinux:9"},
        {"rocky", "8.10", "Rocky Linux:8"},
        {"opensuse-leap", "15.5", "openSUSE:Leap 15.5"},
        {"sles", "15.5", "SUSE:Linux Enterprise Server 15 SP5"},
        {"wolfi", "20230201", "Wolfi"},
        {"debian", "", ""},
        {"gentoo", "2.15", ""},
    };
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_str_equal(ecosystem_of_os(&arena, str_c(cases[i][0]), str_c(cases[i][1])), str_c(cases[i][2]));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(distributions_have_their_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
