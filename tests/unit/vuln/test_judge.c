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

static void packages_become_findings(void **state) {
    const char *const texts[] = {
        "{\"id\":\"GHSA-1\",\"aliases\":[\"CVE-2024-1\"],\"severity\":[{\"type\":\"CVSS_V3\",\"score\":"
        "\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/"
        "A:N\"}],\"affected\":[{\"package\":{\"ecosystem\":\"npm\","
        "\"name\":\"p\"},\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"1."
        "0.1\"}]}]}]}",
    };
    struct place place;
    struct err err = ERR_NONE;
    int64_t run;
    _cleanup_(store_closep) struct store *store = NULL;
    _cleanup_(advisories_closep) struct advisories *advisories = NULL;
    _cleanup_(arena_free) struct arena arena = arena_new(8 * MIB);
    place_make(&place);
    place_export(&place, "npm", texts, 1);
    assert_int_equal(place_build(&place, (struct build_options){0}, &err), 0);
    assert_int_equal(advisories_open(&advisories, place.db, &err), 0);
    assert_int_equal(store_open(&store, NULL, &err), 0);
    assert_int_equal(store_begin(store, &err), 0);
    const struct run begun = {.target = STR("t"), .version = STR("1"), .properties = STR("{}")};
    assert_int_equal(store_run_begin(store, &begun, &run, &err), 0);
    put_package(store, run, "pkg:npm/p@1.0.0#a", "");
    put_package(store, run, "pkg:npm/p@1.0.0#b", "pkg:deb/debian/node-p@1");
    if (vuln_judge(store, run, advisories, &err) < 0) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(store_commit(store, &err), 0);
    struct finding_list found;
    assert_int_equal(store_get_findings(store, &arena, run, &found, &err), 0);
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
            "\"kev\":null,\"epss\":null,\"fixed\":\"1.0.1\"}"));
    place_remove(&place);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(packages_become_findings)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
