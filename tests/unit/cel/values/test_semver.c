#include "cel/values/semver.h"

#include "test.h"

/* What github.com/blang/semver 4.0.0, which Kubernetes calls, makes of each, plain and normalized. */
static const struct {
    const char *text, *strict, *normalized; /* NULL when it is none */
} cases[] = {
    {"1.0.0", "1.0.0", "1.0.0"},
    {"0.1.0-alpha.1", "0.1.0-alpha.1", "0.1.0-alpha.1"},
    {"200K", NULL, NULL},
    {"v1.0.0", NULL, "1.0.0"},
    {"1.0", NULL, "1.0.0"},
    {"1", NULL, "1.0.0"},
    {"01.01.01", NULL, "1.1.1"},
    {"1.0.0-01", NULL, NULL},
    {"1.0.0-0a", "1.0.0-0a", "1.0.0-0a"},
    {"1.0.0+01.x", "1.0.0+01.x", "1.0.0+01.x"},
    {"1.0.0-a..b", NULL, NULL},
    {"1.0.0-", NULL, NULL},
    {"1.0.0+", NULL, NULL},
    {"1.0.0-a+b-c", "1.0.0-a+b-c", "1.0.0-a+b-c"},
    {"1.2.3-a-b", "1.2.3-a-b", "1.2.3-a-b"},
    {"1.2.3.4", NULL, NULL},
    {"18446744073709551615.0.0", "18446744073709551615.0.0", "18446744073709551615.0.0"},
    {"18446744073709551616.0.0", NULL, NULL},
    {"", NULL, NULL},
    {"V1.0.0", NULL, NULL},
    {"vv1.0.0", NULL, NULL},
    {"1.0-a.1", NULL, NULL},
    {"1-a", NULL, NULL},
    {"v1.02.003-rc.1+x", NULL, "1.2.3-rc.1+x"},
    {"00.0.00", NULL, "0.0.0"},
    {"1.0.0-a_b", NULL, NULL},
    {"1.0+x", NULL, NULL},
    {"1..0", NULL, NULL},
    {" 1.0.0", NULL, NULL},
    {"1.0.0-99999999999999999999", NULL, NULL},
    {"v", NULL, NULL},
};

static void check(const char *text, bool is_normalized, const char *expected) {
    struct cel_semver version;
    struct err err = ERR_NONE;
    int status = cel_semver_parse(str_c(text), is_normalized, &version, &err);
    if ((status == 0) != (expected != NULL)) {
        fail_msg("\"%s\": %s", text, err.message);
    }
    if (status == 0) {
        _cleanup_(buf_free) struct buf out = buf_new(1024);
        cel_semver_write(&version, &out);
        assert_str_equal(buf_view(&out), str_c(expected));
    }
}

static void versions_are_read_as_kubernetes_reads_them(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        check(cases[i].text, false, cases[i].strict);
        check(cases[i].text, true, cases[i].normalized);
    }
}

/* semver.org, item 11. */
static void the_order_is_that_of_the_specification(void **state) {
    static const char *const ascending[] = {"1.0.0-1",
                                            "1.0.0-2",
                                            "1.0.0-10",
                                            "1.0.0--",
                                            "1.0.0-alpha",
                                            "1.0.0-alpha.1",
                                            "1.0.0-alpha.beta",
                                            "1.0.0-beta",
                                            "1.0.0-beta.2",
                                            "1.0.0-beta.11",
                                            "1.0.0-rc.1",
                                            "1.0.0",
                                            "1.0.1",
                                            "1.1.0",
                                            "2.0.0",
                                            "10.0.0"};
    for (size_t i = 0; i < ARRAY_SIZE(ascending); i++) {
        for (size_t k = 0; k < ARRAY_SIZE(ascending); k++) {
            struct cel_semver a, b;
            assert_int_equal(cel_semver_parse(str_c(ascending[i]), false, &a, NULL), 0);
            assert_int_equal(cel_semver_parse(str_c(ascending[k]), false, &b, NULL), 0);
            assert_int_equal(cel_semver_compare(&a, &b), (i > k) - (i < k));
        }
    }
}

static void builds_do_not_count(void **state) {
    struct cel_semver a, b;
    assert_int_equal(cel_semver_parse(STR("1.2.3+a"), false, &a, NULL), 0);
    assert_int_equal(cel_semver_parse(STR("1.2.3+b"), false, &b, NULL), 0);
    assert_int_equal(cel_semver_compare(&a, &b), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_are_read_as_kubernetes_reads_them),
        cmocka_unit_test(the_order_is_that_of_the_specification),
        cmocka_unit_test(builds_do_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
