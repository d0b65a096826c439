#include "vuln/judge.h"

#include "support.h"

/* p 1.0.0, which is there twice, once as a part of a distribution's package. */
static const struct package_record npm[] = {
    {.package = {.type = PACKAGE_NPM, .name = STR("p"), .version = STR("1.0.0"), .line = 7},
     .purl = STR("pkg:npm/p@1.0.0"),
     .ecosystem = STR("npm"),
     .path = STR("app/package-lock.json"),
     .layer = 2},
    {.package = {.type = PACKAGE_NPM, .name = STR("p"), .version = STR("1.0.0"), .line = 7},
     .purl = STR("pkg:npm/p@1.0.0"),
     .ecosystem = STR("npm"),
     .path = STR("usr/share/nodejs/p/package.json"),
     .owner = STR("pkg:deb/debian/node-p@1"),
     .layer = 2},
};

static void put_package(struct store *store, int64_t run, const struct package_record *record) {
    _cleanup_(buf_free) struct buf json = buf_new(64 * KIB);
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct err err = ERR_NONE;
    package_record_write(&json, record);
    const struct asset asset = {
        .kind = record->removed_in ? ASSET_REMOVED : ASSET_PACKAGE,
        .key = arena_strf(&arena, "%.*s#%.*s", STR_ARG(record->purl), STR_ARG(record->path)),
        .name = record->package.name,
        .version = record->package.version,
        .properties = buf_view(&json)};
    int64_t id;
    assert_int_equal(store_put_asset(store, run, &asset, &id, &err), 0);
}

/* The advisories are of the first package's ecosystem. */
static struct finding_list judge_all(struct arena *arena, const struct package_record *records,
                                     size_t records_n, const char *const *texts, size_t n) {
    struct place place;
    struct err err = ERR_NONE;
    int64_t run;
    struct finding_list found;
    _cleanup_(store_closep) struct store *store = NULL;
    _cleanup_(advisories_closep) struct advisories *advisories = NULL;
    place_make(&place);
    place_export(&place, arena_cstr(arena, records[0].ecosystem), texts, n);
    assert_int_equal(place_build(&place, (struct build_options){0}, &err), 0);
    assert_int_equal(advisories_open(&advisories, place.db, &err), 0);
    assert_int_equal(store_open(&store, NULL, &err), 0);
    assert_int_equal(store_begin(store, &err), 0);
    const struct run begun = {.target = STR("t"), .version = STR("1"), .properties = STR("{}")};
    assert_int_equal(store_run_begin(store, &begun, &run, &err), 0);
    for (size_t i = 0; i < records_n; i++) {
        put_package(store, run, &records[i]);
    }
    if (vuln_judge(store, run, &(struct vuln_options){.advisories = advisories, .has_removed = true}, &err) <
        0) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(store_commit(store, &err), 0);
    assert_int_equal(store_get_findings(store, arena, run, &found, &err), 0);
    place_remove(&place);
    return found;
}

static struct finding_list judge(struct arena *arena, const char *const *texts, size_t n) {
    return judge_all(arena, npm, ARRAY_SIZE(npm), texts, n);
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

#define BINARY(binary, source, its_version)                                                                  \
    {                                                                                                        \
        .package = {.type = PACKAGE_DEB,                                                                     \
                    .name = STR(binary),                                                                     \
                    .version = STR("9"),                                                                     \
                    .source_name = STR(source),                                                              \
                    .source_version = STR(its_version)},                                                     \
        .purl = STR("pkg:deb/debian/" binary "@9"), .ecosystem = STR("Debian:12"),                           \
        .path = STR("var/lib/dpkg/status")                                                                   \
    }
#define REPAIRED(id, source, fixed)                                                                          \
    "{\"id\":\"" id "\",\"affected\":[{\"package\":{\"ecosystem\":\"Debian:12\",\"name\":\"" source "\"},"   \
    "\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"" fixed "\"}]}]}]}"

/* Advisories are asked once for all packages of a source, and again for another version or source. */
static void packages_of_a_source_share_its_advisories(void **state) {
    static const struct package_record records[] = {
        BINARY("liba", "src", "1.0-1"),   BINARY("libb", "src", "2.0-1"), BINARY("libc", "src", "1.0-1"),
        BINARY("libd", "other", "1.0-1"), BINARY("libe", "src", "1.5-1"),
    };
    static const struct {
        int64_t asset;
        const char *rule, *fixed;
    } expected[] = {
        {1, "CVE-2024-1", "2.0-1"}, {3, "CVE-2024-1", "2.0-1"}, {1, "CVE-2024-2", "1.5-1"},
        {3, "CVE-2024-2", "1.5-1"}, {4, "CVE-2024-3", "3.0-1"}, {5, "CVE-2024-1", "2.0-1"},
    };
    const char *const texts[] = {
        REPAIRED("CVE-2024-1", "src", "2.0-1"),
        REPAIRED("CVE-2024-2", "src", "1.5-1"),
        REPAIRED("CVE-2024-3", "other", "3.0-1"),
    };
    _cleanup_(arena_free) struct arena arena = arena_new(8 * MIB);
    struct finding_list found = judge_all(&arena, records, ARRAY_SIZE(records), texts, ARRAY_SIZE(texts));
    assert_int_equal(found.n, ARRAY_SIZE(expected));
    size_t seen = 0;
    for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
        for (size_t k = 0; k < found.n; k++) {
            seen += found.p[k].asset == expected[i].asset &&
                    str_eq(found.p[k].rule, str_c(expected[i].rule)) &&
                    str_eq(found.p[k].fixed, str_c(expected[i].fixed));
        }
    }
    assert_int_equal(seen, ARRAY_SIZE(expected));
}

/* What a later layer takes away has its own status; what does not affect it, or can't be told, is not said.
 */
static void removed_packages_are_kept_apart(void **state) {
#define OF_P(id, more)                                                                                       \
    "{\"id\":\"" id "\",\"affected\":[{\"package\":{\"ecosystem\":\"npm\",\"name\":\"p\"}" more "}]}"
    const char *const texts[] = {
        OF_P("GHSA-1", ",\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":"
                       "\"1.0.1\"}]}]"),
        OF_P("GHSA-2", ""),
    };
    struct package_record records[] = {npm[0], npm[0]};
    records[1].path = STR("old/package-lock.json");
    records[1].layer = 1;
    records[1].removed_in = 2;
    _cleanup_(arena_free) struct arena arena = arena_new(8 * MIB);
    struct finding_list found = judge_all(&arena, records, 2, texts, 2);
    size_t removed = 0, undecided = 0;
    for (size_t i = 0; i < found.n; i++) {
        const struct finding *f = &found.p[i];
        bool is_of_removed = str_eq(f->path, records[1].path);
        assert_int_equal(f->status == FINDING_REMOVED, is_of_removed);
        assert_int_equal(f->layer, is_of_removed ? 1 : 2);
        removed += is_of_removed;
        undecided += f->status == FINDING_UNDECIDED;
    }
    assert_int_equal(removed, 1);
    assert_int_equal(undecided, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packages_become_findings),
        cmocka_unit_test(an_upgrade_is_free_of_all_that_has_a_repair),
        cmocka_unit_test(what_comes_back_for_good_is_not_removed),
        cmocka_unit_test(packages_of_a_source_share_its_advisories),
        cmocka_unit_test(removed_packages_are_kept_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
