#include "cel/values/format.h"

#include "base/limits.h"
#include "test.h"

static const char *const names[] = {"dns1035Label",       "dns1035LabelPrefix", "dns1123Label",
                                    "dns1123LabelPrefix", "dns1123Subdomain",   "dns1123SubdomainPrefix",
                                    "labelValue",         "qualifiedName"};

/* How many messages k8s.io/apimachinery 0.34.1 has for each text in each of these formats. */
static const struct {
    const char *text;
    size_t faults[ARRAY_SIZE(names)];
} cases[] = {
    {"a",
     {
         0,
         0,
         0,
         0,
         0,
         0,
         0,
         0,
     }},
    {"my-name",
     {
         0,
         0,
         0,
         0,
         0,
         0,
         0,
         0,
     }},
    {"123-abc",
     {
         1,
         1,
         0,
         0,
         0,
         0,
         0,
         0,
     }},
    {"abc-",
     {
         1,
         0,
         1,
         0,
         1,
         0,
         1,
         1,
     }},
    {"a--",
     {
         1,
         0,
         1,
         0,
         1,
         0,
         1,
         1,
     }},
    {"-",
     {
         1,
         1,
         1,
         1,
         1,
         1,
         1,
         1,
     }},
    {"--",
     {
         1,
         0,
         1,
         0,
         1,
         0,
         1,
         1,
     }},
    {"A",
     {
         1,
         1,
         1,
         1,
         1,
         1,
         0,
         0,
     }},
    {"a.b",
     {
         1,
         1,
         1,
         1,
         0,
         0,
         0,
         0,
     }},
    {"a..b",
     {
         1,
         1,
         1,
         1,
         1,
         1,
         0,
         0,
     }},
    {"a.b-",
     {
         1,
         1,
         1,
         1,
         1,
         0,
         1,
         1,
     }},
    {"my.name/x",
     {
         1,
         1,
         1,
         1,
         1,
         1,
         1,
         0,
     }},
    {"/x",
     {
         1,
         1,
         1,
         1,
         1,
         1,
         1,
         1,
     }},
    {"x/",
     {
         1,
         1,
         1,
         1,
         1,
         1,
         1,
         2,
     }},
    {"a/b/c",
     {
         1,
         1,
         1,
         1,
         1,
         1,
         1,
         1,
     }},
    {"A_b.c",
     {
         1,
         1,
         1,
         1,
         1,
         1,
         0,
         0,
     }},
    {"-a",
     {
         1,
         1,
         1,
         1,
         1,
         1,
         1,
         1,
     }},
    {"a.-b",
     {
         1,
         1,
         1,
         1,
         1,
         1,
         0,
         0,
     }},
    {"",
     {
         1,
         1,
         1,
         1,
         1,
         1,
         0,
         2,
     }},
    {"é",
     {
         1,
         1,
         1,
         1,
         1,
         1,
         1,
         1,
     }},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     {
         0,
         0,
         0,
         0,
         0,
         0,
         0,
         0,
     }},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     {
         1,
         1,
         1,
         1,
         0,
         0,
         1,
         1,
     }},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     {
         1,
         1,
         1,
         1,
         1,
         1,
         1,
         1,
     }},
    {"example.com/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-",
     {
         2,
         2,
         2,
         2,
         1,
         1,
         2,
         2,
     }},
};

static size_t faults_of(const char *name, struct str text) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct format_faults faults = {0};
    const struct named_format *format = format_find(str_c(name));
    assert_non_null(format);
    assert_int_equal(format->validate(text, &arena, &faults, NULL), 0);
    return faults.n;
}

static void names_are_checked_as_kubernetes_checks_them(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        for (size_t k = 0; k < ARRAY_SIZE(names); k++) {
            if (faults_of(names[k], str_c(cases[i].text)) != cases[i].faults[k]) {
                fail_msg("\"%s\" as %s", cases[i].text, names[k]);
            }
        }
    }
}

/* By the patterns of k8s.io/kube-openapi, pkg/validation/strfmt. */
static void other_formats(void **state) {
    static const struct {
        const char *name, *text;
        bool is_valid;
    } others[] = {
        {"uuid", "123e4567-e89b-12d3-a456-426614174000", true},
        {"uuid", "123E4567E89B12D3A456426614174000", true},
        {"uuid", "123e4567-e89b-12d3-a456-42661417400", false},
        {"uuid", "123e4567-e89b-12d3-a456-4266141740000", false},
        {"uuid", "", false},
        {"byte", "aGVsbG8=", true},
        {"byte", "aGVsbG8", false},
        {"byte", "aGV=bG8=", false},
        {"byte", "====", false},
        {"byte", "ab==", true},
        {"byte", "", false},
        {"date", "2021-01-01", true},
        {"date", "2021-02-29", false},
        {"date", "2021-1-01", false},
        {"date", "2021-01-01 ", false},
        {"datetime", "2021-01-01T00:00:00Z", true},
        {"datetime", "2021-01-01t00:00:00.123z", true},
        {"datetime", "2021-01-01T00:00:00+01:00", true},
        {"datetime", "2021-01-01T24:00:00Z", false},
        {"datetime", "2021-01-01T00:00:60Z", false},
        {"datetime", "2021-01-01T00:00:00", false},
        {"datetime", "2021-01-01T00:00:00.Z", false},
        {"datetime", "2021-01-01", false},
        {"uri", "http://example.com", true},
        {"uri", "/path", true},
        {"uri", "../path", false},
    };
    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        if ((faults_of(others[i].name, str_c(others[i].text)) == 0) != others[i].is_valid) {
            fail_msg("\"%s\" as %s", others[i].text, others[i].name);
        }
    }
}

static void there_are_thirteen(void **state) {
    size_t n;
    assert_non_null(format_all(&n));
    assert_int_equal(n, 13);
    assert_null(format_find(STR("ipv4")));
}

static void every_allocation_may_fail(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct format_faults faults = {0};
        int status = format_find(STR("dns1123LabelPrefix"))->validate(STR("a-"), &arena, &faults, NULL);
        if (status == 0) {
            status = format_find(STR("uri"))->validate(STR("http://h/p"), &arena, &faults, NULL);
        }
        assert_true(status == ERR_MEMORY || (status == 0 && faults.n == 0));
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_checked_as_kubernetes_checks_them),
        cmocka_unit_test(other_formats),
        cmocka_unit_test(there_are_thirteen),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
