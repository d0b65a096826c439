#include "vuln/cvss.h"

#include "test.h"

/* From FIRST's documents of examples (CVSS v2 guide 3.3, v3.1 and v4.0 examples) and, beyond these, computed
 * with Red Hat's Python library for CVSS. */
static const struct {
    const char *vector;
    double score;
} known[] = {
#include "cvss_known.inc"
};

static void known_vectors_have_their_scores(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        struct cvss cvss;
        if (!cvss_read(str_c(known[i].vector), &cvss)) {
            fail_msg("%s: refused", known[i].vector);
        }
        if (cvss.score < known[i].score - 0.001 || cvss.score > known[i].score + 0.001) {
            fail_msg("%s: %.1f, not %.1f", known[i].vector, cvss.score, known[i].score);
        }
    }
}

static void what_is_no_vector_is_refused(void **state) {
    static const char *const bad[] = {
        "",
        "CVSS:3.1/",
        "high",
        "9.8",
        "AV:N/AC:L/Au:N/C:P/I:P",
        "AV:N/AC:L/Au:N/C:P/I:P/A:P/A:P",
        "AV:X/AC:L/Au:N/C:P/I:P/A:P",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/Q:X",
        "CVSS:5.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N",
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:S/SI:N/SA:N",
    };
    struct cvss cvss;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        if (cvss_read(str_c(bad[i]), &cvss)) {
            fail_msg("\"%s\" was taken", bad[i]);
        }
    }
}

static void versions_and_severities_are_told_apart(void **state) {
    struct cvss cvss;
    assert_true(cvss_read(STR("(AV:N/AC:L/Au:N/C:C/I:C/A:C)"), &cvss));
    assert_int_equal(cvss.version, CVSS_2);
    assert_int_equal(cvss.severity, SEVERITY_HIGH);
    assert_true(cvss_read(STR("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"), &cvss));
    assert_int_equal(cvss.version, CVSS_3_0);
    assert_int_equal(cvss.severity, SEVERITY_CRITICAL);
    assert_true(cvss_read(STR("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N"), &cvss));
    assert_int_equal(cvss.version, CVSS_4_0);
    assert_int_equal(cvss.severity, SEVERITY_NONE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_vectors_have_their_scores),
        cmocka_unit_test(what_is_no_vector_is_refused),
        cmocka_unit_test(versions_and_severities_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
