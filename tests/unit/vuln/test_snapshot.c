/* The committed snapshot against tests/cases/advisories/snapshot.tsv. */
#include "support.h"

#include "base/clock.h"
#include "base/file.h"
#include "vuln/advisories.h"

static struct advisories *open_snapshot(void) {
    struct advisories *advisories = NULL;
    struct err err = ERR_NONE;
    char path[512];
    snprintf(path, sizeof path, "%s/share/advisories.db", getenv("PLIMSOLL_BUILD"));
    if (advisories_verify(path, &err) < 0 || advisories_open(&advisories, path, &err) < 0) {
        fail_msg("%s", err.message);
    }
    return advisories;
}

static int compare_str(const void *a, const void *b) {
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static struct str find(struct advisories *advisories, struct arena *arena, struct str ecosystem,
                       struct str name, struct str version) {
    const struct package_record record = {.ecosystem = ecosystem,
                                          .package = {.name = name, .version = version}};
    struct match *matches;
    struct err err = ERR_NONE;
    size_t n;
    _cleanup_(buf_free) struct buf text = buf_new(64 * KIB);
    assert_int_equal(advisories_match(advisories, arena, &record, &matches, &n, &err), 0);
    struct str *ids = arena_array(arena, n + 1, sizeof *ids);
    for (size_t i = 0; i < n; i++) {
        ids[i] = matches[i].id;
    }
    qsort(ids, n, sizeof *ids, compare_str);
    for (size_t i = 0; i < n; i++) {
        buf_c(&text, i ? "," : "");
        buf_str(&text, ids[i]);
    }
    return n ? arena_str(arena, buf_view(&text)) : STR("-");
}

static void every_row_matches_as_written(void **state) {
    _cleanup_(advisories_closep) struct advisories *advisories = open_snapshot();
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    _cleanup_(buf_free) struct buf rows = buf_new(MIB);
    struct err err = ERR_NONE;
    char path[512];
    size_t n = 0, bad = 0;
    snprintf(path, sizeof path, "%s/tests/cases/advisories/snapshot.tsv", getenv("PLIMSOLL_TREE"));
    assert_int_equal(file_read(path, &rows, &err), 0);
    for (struct str rest = buf_view(&rows), line; str_line(&rest, &line);) {
        struct str field[4];
        struct str left = line;
        if (!line.n || line.p[0] == '#') {
            continue;
        }
        for (size_t i = 0; i < ARRAY_SIZE(field); i++) {
            assert_true(str_split(&left, '\t', &field[i]));
        }
        struct str found = find(advisories, &arena, field[0], field[1], field[2]);
        n++;
        if (!str_eq(found, field[3])) {
            bad++;
            print_message("# %.*s: found %.*s\n", STR_ARG(line), STR_ARG(found));
        }
    }
    assert_true(n >= 60);
    assert_int_equal(bad, 0);
}

static void its_sources_are_stated(void **state) {
    _cleanup_(advisories_closep) struct advisories *advisories = open_snapshot();
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct advisories_state s;
    struct err err = ERR_NONE;
    assert_int_equal(advisories_state(advisories, &arena, &s, &err), 0);
    assert_int_equal(s.sources_n, 7);
    assert_true(s.is_snapshot && s.has_kev && !s.has_epss);
    int64_t records = 0;
    for (size_t i = 0; i < s.sources_n; i++) {
        records += s.sources[i].records;
        bool is_partial =
            str_eq(s.sources[i].ecosystem, STR("Debian")) || str_eq(s.sources[i].ecosystem, STR("npm"));
        assert_int_equal(s.sources[i].is_partial, is_partial);
    }
    /* The sum of the seven counts in data/README.md. */
    assert_int_equal(records, 16699);
}

static void a_release_without_advisories_is_not_covered(void **state) {
    _cleanup_(advisories_closep) struct advisories *advisories = open_snapshot();
    const struct {
        struct str ecosystem;
        bool is_covered;
    } cases[] = {{STR("Debian:12"), true},    {STR("Debian:13"), false},
                 {STR("Debian"), false},      {STR("AlmaLinux:9"), true},
                 {STR("AlmaLinux:7"), false}, {STR("npm"), true},
                 {STR("Maven"), false},       {STR(""), false}};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_int_equal(advisories_cover(advisories, cases[i].ecosystem), cases[i].is_covered);
    }
}

static void exploited_ones_are_known(void **state) {
    _cleanup_(advisories_closep) struct advisories *advisories = open_snapshot();
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct err err = ERR_NONE;
    struct match *matches;
    size_t n;
    const struct package_record record = {.ecosystem = STR("npm"),
                                          .package = {.name = STR("jquery"), .version = STR("3.4.1")}};
    assert_int_equal(advisories_match(advisories, &arena, &record, &matches, &n, &err), 0);
    assert_int_equal(n, 2);
    /* CISA's catalogue: added 2025-01-23. */
    assert_str_equal(matches[0].id, STR("CVE-2020-11023"));
    assert_true(matches[0].is_exploited);
    assert_str_equal(matches[0].exploited_since, STR("2025-01-23"));
    assert_str_equal(matches[0].fixed, STR("3.5.0"));
    assert_false(matches[1].is_exploited);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_matches_as_written),
        cmocka_unit_test(its_sources_are_stated),
        cmocka_unit_test(a_release_without_advisories_is_not_covered),
        cmocka_unit_test(exploited_ones_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
