#include "support.h"

#include "vuln/advisories.h"

#define PACKAGE(ecosystem, name)                                                                             \
    "\"affected\":[{\"package\":{\"ecosystem\":\"" ecosystem "\",\"name\":\"" name "\"}"
#define BEFORE(version)                                                                                      \
    ",\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"" version "\"}]}]"

struct fixture {
    struct place place;
    struct advisories *advisories;
    struct arena arena;
};

static void open_with(struct fixture *f, const char *ecosystem, const char *const *texts, size_t n) {
    struct err err = ERR_NONE;
    place_make(&f->place);
    f->arena = arena_new(8 * MIB);
    place_export(&f->place, ecosystem, texts, n);
    if (place_build(&f->place, (struct build_options){0}, &err) < 0 ||
        advisories_open(&f->advisories, f->place.db, &err) < 0) {
        fail_msg("%s", err.message);
    }
}

static void close_all(struct fixture *f) {
    advisories_close(f->advisories);
    arena_free(&f->arena);
    place_remove(&f->place);
}

static size_t find(struct fixture *f, const struct package_record *record, struct match **out) {
    struct err err = ERR_NONE;
    size_t n;
    assert_int_equal(advisories_match(f->advisories, &f->arena, record, out, &n, &err), 0);
    return n;
}

static void records_that_share_ids_are_one(void **state) {
    const char *const texts[] = {
        "{\"id\":\"PYSEC-1\",\"aliases\":[\"GHSA-a\"]," PACKAGE("PyPI", "p") BEFORE("1.2") "}]}",
        "{\"id\":\"GHSA-a\",\"aliases\":[\"CVE-2024-9\"],\"severity\":[{\"type\":\"CVSS_V3\",\"score\":"
        "\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"}]," PACKAGE("PyPI", "p") BEFORE("1.4") "}]}",
        "{\"id\":\"OTHER\"," PACKAGE("PyPI", "p") BEFORE("1.3") "}]}",
        "{\"id\":\"GONE\",\"withdrawn\":\"2024-01-01T00:00:00Z\"," PACKAGE("PyPI", "p") BEFORE("9") "}]}",
    };
    struct fixture f;
    struct match *m;
    open_with(&f, "PyPI", texts, ARRAY_SIZE(texts));
    const struct package_record record = {.ecosystem = STR("PyPI"),
                                          .package = {.name = STR("p"), .version = STR("1.0")}};
    assert_int_equal(find(&f, &record, &m), 2);
    assert_str_equal(m[0].id, STR("CVE-2024-9"));
    assert_int_equal(m[0].aliases_n, 2);
    assert_str_equal(m[0].aliases[0], STR("GHSA-a"));
    assert_str_equal(m[0].aliases[1], STR("PYSEC-1"));
    /* The records disagree: at 1.2 the second still affects. */
    assert_str_equal(m[0].fixed, STR("1.4"));
    assert_true(m[0].score > 9.7 && m[0].score < 9.9);
    assert_int_equal(m[0].severity, SEVERITY_CRITICAL);
    assert_str_equal(m[1].id, STR("OTHER"));
    assert_str_equal(match_ids(f.advisories, &f.arena, "PyPI", "p", "1.3"), STR("CVE-2024-9"));
    assert_str_equal(match_ids(f.advisories, &f.arena, "PyPI", "p", "1.4"), STR("-"));
    assert_str_equal(match_ids(f.advisories, &f.arena, "npm", "p", "1.0"), STR("-"));
    close_all(&f);
}

/* As they lie in the database what ends at 1.2 stands before what ends at 1.4, and two say the same. */
static void the_first_advisory_leads(void **state) {
    const char *const texts[] = {
        "{\"id\":\"A-1\",\"aliases\":[\"CVE-2024-0009\"],\"summary\":\"first\"," PACKAGE("npm", "p")
            BEFORE("1.4.0") "}]}",
        "{\"id\":\"A-2\",\"aliases\":[\"CVE-2024-0009\"],\"summary\":\"second\"," PACKAGE("npm", "p")
            BEFORE("1.2.0") "}]}",
        "{\"id\":\"A-3\",\"summary\":\"third\"," PACKAGE("npm", "p") BEFORE("1.4.0") "}]}",
    };
    struct fixture f;
    struct match *m;
    open_with(&f, "npm", texts, ARRAY_SIZE(texts));
    const struct package_record record = {.ecosystem = STR("npm"),
                                          .package = {.name = STR("p"), .version = STR("1.0.0")}};
    assert_int_equal(find(&f, &record, &m), 2);
    assert_str_equal(m[0].id, STR("A-3"));
    assert_str_equal(m[0].title, STR("third"));
    assert_str_equal(m[1].id, STR("CVE-2024-0009"));
    assert_str_equal(m[1].title, STR("first"));
    assert_str_equal(match_ids(f.advisories, &f.arena, "npm", "p", "1.3.0"), STR("A-3,CVE-2024-0009"));
    assert_str_equal(match_ids(f.advisories, &f.arena, "npm", "p", "1.4.0"), STR("-"));
    close_all(&f);
}

static void a_fixed_version_that_is_affected_again_does_not_count(void **state) {
    const char *const texts[] = {
        "{\"id\":\"A\"," PACKAGE(
            "npm",
            "p") ",\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0\"},"
                 "{\"fixed\":\"1.1.0\"},{\"introduced\":\"1.2.0\"},{\"last_affected\":\"1.3.0\"}]}]}]}",
        "{\"id\":\"B\",\"aliases\":[\"A\"]," PACKAGE(
            "npm", "p") ",\"ranges\":[{\"type\":\"SEMVER\",\"events\":["
                        "{\"introduced\":\"0\"},{\"fixed\":\"1.2.5\"}]}]}]}",
    };
    struct fixture f;
    struct match *m;
    open_with(&f, "npm", texts, ARRAY_SIZE(texts));
    const struct package_record record = {.ecosystem = STR("npm"),
                                          .package = {.name = STR("p"), .version = STR("1.0.0")}};
    assert_int_equal(find(&f, &record, &m), 1);
    assert_str_equal(m[0].fixed, STR(""));
    close_all(&f);
}

static void an_erratum_is_each_of_its_vulnerabilities(void **state) {
    const char *const texts[] = {
        "{\"id\":\"ALSA-2024:1\",\"related\":[\"CVE-2024-1\",\"CVE-2024-2\"],\"summary\":\"Low: p\"," PACKAGE(
            "AlmaLinux:9", "p") BEFORE("0:1-2") "}]}",
        "{\"id\":\"ALSA-2024:2\",\"related\":[\"CVE-2024-2\"],\"summary\":\"Critical: p\"," PACKAGE(
            "AlmaLinux:9", "p") BEFORE("1-3") "}]}",
        "{\"id\":\"ALBA-2024:3\",\"summary\":\"p bug fix update\"," PACKAGE("AlmaLinux:9", "p")
            BEFORE("1-9") "}]}",
    };
    struct fixture f;
    struct match *m;
    open_with(&f, "AlmaLinux", texts, ARRAY_SIZE(texts));
    const struct package_record record = {.ecosystem = STR("AlmaLinux:9"),
                                          .package = {.name = STR("p"), .version = STR("1-1")}};
    assert_int_equal(find(&f, &record, &m), 2);
    assert_str_equal(m[0].id, STR("CVE-2024-2"));
    assert_int_equal(m[0].severity, SEVERITY_CRITICAL);
    assert_str_equal(m[0].fixed, STR("1-3"));
    assert_int_equal(m[0].aliases_n, 2);
    assert_str_equal(m[1].id, STR("CVE-2024-1"));
    assert_str_equal(m[1].fixed, STR("0:1-2"));
    close_all(&f);
}

static void other_module_streams_do_not_match(void **state) {
    const char *const texts[] = {
        "{\"id\":\"ALSA-1\",\"related\":[\"CVE-2024-1\"],\"summary\":\"Important: nodejs:18 security "
        "update\"," PACKAGE("AlmaLinux:9", "nodejs") BEFORE("1:18.12.1-2.module_el9.1.0+5+abc") "}]}",
    };
    struct fixture f;
    open_with(&f, "AlmaLinux", texts, ARRAY_SIZE(texts));
    assert_str_equal(
        match_ids(f.advisories, &f.arena, "AlmaLinux:9", "nodejs", "1:18.9.1-1.module_el9.1.0+2+abc"),
        STR("CVE-2024-1"));
    assert_str_equal(
        match_ids(f.advisories, &f.arena, "AlmaLinux:9", "nodejs", "1:16.18.1-1.module_el9.1.0+2+abc"),
        STR("-"));
    assert_str_equal(match_ids(f.advisories, &f.arena, "AlmaLinux:9", "nodejs", "1:16.18.1-3.el9_1"),
                     STR("-"));
    close_all(&f);
}

static void debian_goes_by_source_packages(void **state) {
    const char *const texts[] = {"{\"id\":\"DEBIAN-CVE-2024-1\",\"upstream\":[\"CVE-2024-1\"]," PACKAGE(
        "Debian:12", "openssl") BEFORE("3.0.2") "}]}"};
    struct fixture f;
    struct match *m;
    open_with(&f, "Debian", texts, ARRAY_SIZE(texts));
    struct package_record record = {.ecosystem = STR("Debian:12"),
                                    .package = {.name = STR("libssl3"),
                                                .version = STR("9"),
                                                .source_name = STR("openssl"),
                                                .source_version = STR("3.0.1")}};
    assert_int_equal(find(&f, &record, &m), 1);
    assert_str_equal(m[0].id, STR("CVE-2024-1"));
    record.package.source_version = STR("3.0.2");
    assert_int_equal(find(&f, &record, &m), 0);
    close_all(&f);
}

static void what_is_not_linked_does_not_affect(void **state) {
    const char *const texts[] = {"{\"id\":\"GO-1\"," PACKAGE("Go", "stdlib") BEFORE(
        "1.21.5") ",\"ecosystem_specific\":{\"imports\":[{\"path\":\"net/http\"},{\"path\":\"os\"}]}}]}"};
    const struct str linked[] = {STR("fmt"), STR("os")};
    struct fixture f;
    struct match *m;
    open_with(&f, "Go", texts, ARRAY_SIZE(texts));
    struct package_record record = {
        .ecosystem = STR("Go"),
        .package = {.name = STR("stdlib"), .version = STR("1.21.4"), .linked = linked, .linked_n = 2}};
    assert_int_equal(find(&f, &record, &m), 1);
    assert_int_equal(m[0].verdict, MATCH_AFFECTED);
    record.package.flags = PACKAGE_KNOWS_LINKED;
    assert_int_equal(find(&f, &record, &m), 1);
    assert_int_equal(m[0].verdict, MATCH_AFFECTED);
    record.package.linked_n = 1;
    assert_int_equal(find(&f, &record, &m), 1);
    assert_int_equal(m[0].verdict, MATCH_NOT_LINKED);
    assert_true(str_find(m[0].reason, STR("net/http")) >= 0);
    record.package.version = STR("1.21.5");
    assert_int_equal(find(&f, &record, &m), 0);
    record.package.version = STR("(devel)");
    assert_int_equal(find(&f, &record, &m), 1);
    assert_int_equal(m[0].verdict, MATCH_UNDECIDED);
    assert_true(m[0].reason.n > 0);
    close_all(&f);
}

static void what_is_only_worth_knowing_is_marked(void **state) {
    const char *const texts[] = {
        "{\"id\":\"RUSTSEC-1\",\"database_specific\":{\"informational\":\"unmaintained\"}," PACKAGE(
            "crates.io", "c") BEFORE("9.0.0") "}]}",
        "{\"id\":\"RUSTSEC-2\"," PACKAGE("crates.io", "c")
            BEFORE("9.0.0") ",\"ecosystem_specific\":{\"affects\":{\"os\":[\"windows\"]}}}]}",
        "{\"id\":\"RUSTSEC-3\"," PACKAGE("crates.io", "c") "}]}",
    };
    struct fixture f;
    struct match *m;
    open_with(&f, "crates.io", texts, ARRAY_SIZE(texts));
    const struct package_record record = {.ecosystem = STR("crates.io"),
                                          .package = {.name = STR("c"), .version = STR("1.0.0")}};
    assert_int_equal(find(&f, &record, &m), 3);
    assert_str_equal(m[0].informational, STR("unmaintained"));
    assert_int_equal(m[0].severity, SEVERITY_NONE);
    assert_int_equal(m[1].verdict, MATCH_UNDECIDED);
    assert_true(str_find(m[1].reason, STR("windows")) >= 0);
    assert_int_equal(m[2].verdict, MATCH_UNDECIDED);
    close_all(&f);
}

static void no_memory_is_an_error(void **state) {
    const char *const texts[] = {"{\"id\":\"A\",\"aliases\":[\"CVE-1\"]," PACKAGE("npm", "p")
                                     BEFORE("2.0.0") "}]}"};
    struct fixture f;
    open_with(&f, "npm", texts, 1);
    const struct package_record record = {.ecosystem = STR("npm"),
                                          .package = {.name = STR("p"), .version = STR("1.0.0")}};
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(advisories_closep) struct advisories *advisories = NULL;
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct err err = ERR_NONE;
        struct match *m;
        size_t n;
        int r = advisories_open(&advisories, f.place.db, &err);
        if (r == 0) {
            r = advisories_match(advisories, &arena, &record, &m, &n, &err);
        }
        assert_true(r == 0 || r == ERR_MEMORY);
    });
    close_all(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_that_share_ids_are_one),
        cmocka_unit_test(the_first_advisory_leads),
        cmocka_unit_test(a_fixed_version_that_is_affected_again_does_not_count),
        cmocka_unit_test(an_erratum_is_each_of_its_vulnerabilities),
        cmocka_unit_test(other_module_streams_do_not_match),
        cmocka_unit_test(debian_goes_by_source_packages),
        cmocka_unit_test(what_is_not_linked_does_not_affect),
        cmocka_unit_test(what_is_only_worth_knowing_is_marked),
        cmocka_unit_test(no_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
