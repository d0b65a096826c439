#include "model/model.h"

#include "test.h"

static void severities_have_names(void **state) {
    enum severity severity;
    assert_string_equal(severity_name(SEVERITY_CRITICAL), "critical");
    for (int i = 0; i < SEVERITIES; i++) {
        assert_true(severity_of(str_c(severity_name((enum severity)i)), &severity));
        assert_int_equal(severity, i);
    }
    assert_true(severity_of(STR("HIGH"), &severity));
    assert_int_equal(severity, SEVERITY_HIGH);
    assert_false(severity_of(STR("important"), &severity));
}

/* CVSS v3.1 specification, section 5, qualitative severity rating scale. */
static void scores_have_the_severity_of_cvss(void **state) {
    static const struct {
        double score;
        enum severity severity;
    } cases[] = {
        {10.0, SEVERITY_CRITICAL}, {9.0, SEVERITY_CRITICAL}, {8.9, SEVERITY_HIGH}, {7.0, SEVERITY_HIGH},
        {6.9, SEVERITY_MEDIUM},    {4.0, SEVERITY_MEDIUM},   {3.9, SEVERITY_LOW},  {0.1, SEVERITY_LOW},
        {0.0, SEVERITY_NONE},      {-1.0, SEVERITY_UNKNOWN},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_int_equal(severity_of_score(cases[i].score), cases[i].severity);
    }
}

static void kinds_and_statuses_have_names(void **state) {
    for (int i = 0; i < ASSET_KINDS; i++) {
        assert_non_null(asset_kind_name((enum asset_kind)i));
    }
    for (int i = 0; i < EDGE_KINDS; i++) {
        assert_non_null(edge_kind_name((enum edge_kind)i));
    }
    for (int i = 0; i < FINDING_STATUSES; i++) {
        assert_non_null(finding_status_name((enum finding_status)i));
    }
    assert_string_equal(asset_kind_name(ASSET_PACKAGE), "package");
    assert_string_equal(edge_kind_name(EDGE_INTRODUCES), "introduces");
    assert_string_equal(finding_status_name(FINDING_NOT_AFFECTED), "not affected");
}

static bool same(const char *rule, const char *key, const char *path, const char *rule2, const char *key2,
                 const char *path2) {
    char a[33], b[33];
    finding_fingerprint(str_c(rule), str_c(key), str_c(path), a);
    finding_fingerprint(str_c(rule2), str_c(key2), str_c(path2), b);
    assert_int_equal(strlen(a), 32);
    return strcmp(a, b) == 0;
}

static void fingerprints_hold_over_rebuilds(void **state) {
    const char *old = "pkg:deb/debian/zlib1g@1:1.2-1?arch=amd64&distro=debian-12.4&upstream=zlib%401#var/x";
    const char *new = "pkg:deb/debian/zlib1g@1:1.3-1?arch=amd64&distro=debian-12.5&upstream=zlib%402#var/x";
    assert_true(same("CVE-1", old, "var/x", "CVE-1", new, "var/x"));
    assert_false(same("CVE-1", old, "var/x", "CVE-2", new, "var/x"));
    assert_false(same("CVE-1", old, "var/x", "CVE-1", old, "var/y"));
    assert_false(same("CVE-1", old, "", "CVE-1", "pkg:deb/debian/zlib1@1:1.2-1", ""));
    assert_false(same("CVE-1", "ab", "c", "CVE-1", "a", "bc"));
    assert_false(same("CVE-1", "sha256:a@1", "", "CVE-1", "sha256:a@2", ""));
    assert_false(same("CVE-1", "pkg:npm/%40a/b@1", "", "CVE-1", "pkg:npm/%40a/c@1", ""));
}

/* Computed with Python's hashlib over 8 byte little endian lengths and the parts. */
static void fingerprints_are_sha256(void **state) {
    char out[33];
    finding_fingerprint(STR("CVE-2021-44228"), STR("pkg:npm/lodash@4.17.20#a/package-lock.json"),
                        STR("a/package-lock.json"), out);
    assert_string_equal(out, "4f48cb30e17eddb49d0385e86ca84b9a");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(severities_have_names),         cmocka_unit_test(scores_have_the_severity_of_cvss),
        cmocka_unit_test(kinds_and_statuses_have_names), cmocka_unit_test(fingerprints_hold_over_rebuilds),
        cmocka_unit_test(fingerprints_are_sha256),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
