#include "base/limits.h"
#include "report/fixes.h"

#include "fixture.h"
#include "test.h"

static void load(struct view *view, struct store **store, fixture *fill, struct fix_list *fixes) {
    struct err err = ERR_NONE;
    assert_int_equal(store_open(store, NULL, &err), 0);
    int64_t run = fill(*store);
    assert_int_equal(view_load(view, *store, run, &(struct report_options){0}, &err), 0);
    assert_int_equal(fixes_find(view, fixes, &err), 0);
}

/* lodash: exploited twice (2 × 240), in one of the versions in two places, and one critical (100); the base:
 * one critical, of two binary packages, and a medium (110); curl: one critical (100). */
static void fixes_are_merged_and_ranked(void **state) {
    _cleanup_(store_closep) struct store *store = NULL;
    _cleanup_(view_free) struct view view = {0};
    struct fix_list fixes;
    load(&view, &store, fixture_image, &fixes);
    assert_int_equal(fixes.n, 3);
    assert_str_equal(fixes.p[0].action, STR("lodash (2 versions) → 4.17.21"));
    assert_true(fixes.p[0].removes == 3 && fixes.p[0].exploited == 2 && fixes.p[0].weight == 580);
    assert_str_equal(fixes.p[1].action, STR("rebuild on a newer debian:12"));
    assert_true(fixes.p[1].removes == 2 && fixes.p[1].packages == 2 && fixes.p[1].weight == 110);
    assert_str_equal(fixes.p[2].action, STR("curl 7.88.1-10 → 7.88.1-10+deb12u4"));
    assert_true(fixes.p[2].weight == 100);
}

/* Versions are compared as the ecosystem does: 1.10 is after 1.9, and the highest of the fixes counts. */
static int64_t three_of_alpine(struct store *store) {
    static const char *const fixed[] = {"1.9-r0", "1.10-r0", "1.2-r0"};
    struct err err = ERR_NONE;
    struct run start = {.target = STR("t"), .version = STR("0"), .started = 1};
    struct asset os = {
        .kind = ASSET_OS, .key = STR("o"), .name = STR("Alpine Linux v3.19"), .version = STR("3.19.1")};
    int64_t run = 0, id = 0;
    assert_int_equal(store_run_begin(store, &start, &run, &err), 0);
    assert_int_equal(store_put_asset(store, run, &os, &id, &err), 0);
    for (size_t i = 0; i < 3; i++) {
        char key[32], properties[128];
        snprintf(key, sizeof key, "k%zu", i);
        snprintf(properties, sizeof properties,
                 "{\"type\":\"apk\",\"name\":\"p%zu\",\"version\":\"1.0-r0\",\"purl\":\"pkg:apk/alpine/p\"}",
                 i);
        struct asset package = {.kind = ASSET_PACKAGE, .key = str_c(key), .properties = str_c(properties)};
        assert_int_equal(store_put_asset(store, run, &package, &id, &err), 0);
        for (size_t j = 0; j < 3; j++) {
            struct finding finding = {.asset = id,
                                      .rule = STR("CVE-1"),
                                      .severity = SEVERITY_LOW,
                                      .fixed = str_c(fixed[j]),
                                      .is_in_base = i == 2};
            assert_int_equal(store_put_finding(store, run, &finding, NULL, &err), 0);
        }
    }
    return run;
}

static void versions_compare_as_their_ecosystem_does(void **state) {
    _cleanup_(store_closep) struct store *store = NULL;
    _cleanup_(view_free) struct view view = {0};
    struct fix_list fixes;
    load(&view, &store, three_of_alpine, &fixes);
    assert_int_equal(fixes.n, 3);
    assert_str_equal(fixes.p[0].action, STR("p0 1.0-r0 → 1.10-r0"));
    assert_str_equal(fixes.p[2].action, STR("rebuild on a newer alpine:3.19"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixes_are_merged_and_ranked),
        cmocka_unit_test(versions_compare_as_their_ecosystem_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
