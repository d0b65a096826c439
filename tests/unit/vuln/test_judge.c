#include "vuln/judge.h"

#include "support.h"

static void put_package(struct store *store, int64_t run, const char *key, const char *owner) {
    _cleanup_(buf_free) struct buf json = buf_new(64 * KIB);
    struct err err = ERR_NONE;
    const struct package_record record = {
        .package = {.type = PACKAGE_NPM, .name = STR("p"), .version = STR("1.0.0"), .line = 7},
        .purl = STR("pkg:npm/p@1.0.0"),
        .ecosystem = STR("npm"),
        .path = STR("app/package-lock.json"),
        .owner = str_c(owner),
        .layer = 2,
    };
    package_record_write(&json, &record);
    const struct asset asset = {.kind = ASSET_PACKAGE,
                                .key = str_c(key),
                                .name = STR("p"),
                                .version = STR("1.0.0"),
                                .properties = buf_view(&json)};
    int64_t id;
    assert_int_equal(store_put_asset(store, run, &asset, &id, &err), 0);
}

/* Judges one npm package p 1.0.0, which is there twice, once as a part of a distribution's package. */
static struct finding_list judge(struct arena *arena, const char *const *texts, size_t n) {
    struct place place;
    struct err err = ERR_NONE;
    int64_t run;
    struct finding_list found;
    _cleanup_(store_closep) struct store *store = NULL;
    _cleanup_(advisories_closep) struct advisories *advisories = NULL;
    place_make(&place);
    place_export(&place, "npm", texts, n);
    assert_int_equal(place_build(&place, (struct build_options){0}, &err), 0);
    assert_int_equal(advisories_open(&advisories, place.db, &err), 0);
    assert_int_equal(store_open(&store, NULL, &err), 0);
    assert_int_equal(store_begin(store, &err), 0);
    const struct run begun = {.target = STR("t"), .version = STR("1"), .properties = STR("{}")};
    assert_int_equal(store_run_begin(store, &begun, &run, &err), 0);
    put_package(store, run, "pkg:npm/p@1.0.0#a", "");
    put_package(store, run, "pkg:npm/p@1.0.0#b", "pkg:deb/debian/node-p@1");
    if (vuln_judge(store, run, &(struct vuln_options){.advisories = advisories}, &err) < 0) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(store_commit(store, &err), 0);
    assert_int_equal(store_get_findings(store, arena, run, &found, &err), 0);
    place_remove(&place);
    return found;
}

static void packages_become_findings(void **state) {
    const char *const texts[] = {
        "{\"id\":\"GHSA-1\",\"aliases\":[\"CVE-2024-1\"],\"severity\":[{\"type\":\"CVSS_V3\",\"score\":"
        "\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/"
        "A:N\"}],\"affected\":[{\"package\":{\"ecosystem\":\"npm\","
        "\"name\":\"p\"},\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"1."
        "0.1\"}]}]}]}",
    };
    _cleanup_(arena_free) struct arena arena = arena_new(8 * MIB);
    struct finding_list found = judge(&arena, texts, 1);
    assert_int_equal(found.n, 1);
    assert_str_equal(found.p[0].rule, STR("CVE-2024-1"));
    assert_str_equal(found.p[0].fixed, STR("1.0.1"));
    assert_str_equal(found.p[0].path, STR("app/package-lock.json"));
    assert_int_equal(found.p[0].line, 7);
    assert_int_equal(found.p[0].layer, 2);
    assert_int_equal(found.p[0].severity, SEVERITY_HIGH);
    assert_int_equal(found.p[0].status, FINDING_OPEN);
    assert_str_equal(
        found.p[0].evidence,
        STR("{\"aliases\":[\"GHSA-1\"],\"vector\":\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N\","
            "\"kev\":null,\"epss\":null,\"fixed\":\"1.0.1\",\"upgrade\":\"1.0.1\"}"));
}

#define ADVISORY(id, events)                                                                                 \
    "{\"id\":\"" id "\",\"affected\":[{\"package\":{\"ecosystem\":\"npm\",\"name\":\"p\"},"                  \
    "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[" events "]}]}]}"

static void assert_upgrade(const struct finding *finding, const char *rule, const char *upgrade) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    char *member = arena_printf(&arena, "\"upgrade\":\"%s\"", upgrade);
    assert_str_equal(finding->rule, str_c(rule));
    if (str_find(finding->evidence, str_c(member)) < 0) {
        fail_msg("%s is not in %.*s", member, STR_ARG(finding->evidence));
    }
}

/* 2.0.0 repairs the first, and is in the second range of the other. */
static void an_upgrade_is_free_of_all_that_has_a_repair(void **state) {
    const char *const texts[] = {
        ADVISORY("CVE-2024-1", "{\"introduced\":\"0\"},{\"fixed\":\"2.0.0\"}"),
        ADVISORY("CVE-2024-2", "{\"introduced\":\"0\"},{\"fixed\":\"1.5.0\"},{\"introduced\":\"1.8.0\"},"
                               "{\"fixed\":\"2.5.0\"}"),
        /* Not of 1.0.0 at all, but of where it would go. */
        ADVISORY("CVE-2024-3", "{\"introduced\":\"2.4.0\"},{\"fixed\":\"2.6.0\"}"),
    };
    _cleanup_(arena_free) struct arena arena = arena_new(8 * MIB);
    struct finding_list found = judge(&arena, texts, ARRAY_SIZE(texts));
    assert_int_equal(found.n, 2);
    assert_upgrade(&found.p[0], "CVE-2024-1", "2.6.0");
    assert_upgrade(&found.p[1], "CVE-2024-2", "2.6.0");
    assert_str_equal(found.p[1].fixed, STR("1.5.0"));
}

/* From 1.8.0 on nothing repairs the second, so going to 2.0.0 does not remove it. */
static void what_comes_back_for_good_is_not_removed(void **state) {
    const char *const texts[] = {
        ADVISORY("CVE-2024-1", "{\"introduced\":\"0\"},{\"fixed\":\"2.0.0\"}"),
        ADVISORY("CVE-2024-2", "{\"introduced\":\"0\"},{\"fixed\":\"1.5.0\"},{\"introduced\":\"1.8.0\"}"),
    };
    _cleanup_(arena_free) struct arena arena = arena_new(8 * MIB);
    struct finding_list found = judge(&arena, texts, ARRAY_SIZE(texts));
    assert_int_equal(found.n, 2);
    assert_upgrade(&found.p[0], "CVE-2024-1", "2.0.0");
    assert_upgrade(&found.p[1], "CVE-2024-2", "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packages_become_findings),
        cmocka_unit_test(an_upgrade_is_free_of_all_that_has_a_repair),
        cmocka_unit_test(what_comes_back_for_good_is_not_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
