/* The evaluation algorithm of the OSV schema: just below, at and above each event. */
#include "vuln/version/range.h"

#include "test.h"

#define EVENTS_MAX 8

/* Events as "introduced 0, fixed 1.2.0"; each version of affected and unaffected, between spaces. */
struct range_case {
    enum version_scheme scheme;
    const char *events, *affected, *unaffected;
};

static const struct range_case cases[] = {
    {VERSION_SEMVER, "introduced 0, fixed 1.2.0", "0.0.0-0 0.0.1 1.1.9 1.2.0-rc1", "1.2.0 1.2.1 2.0.0"},
    {VERSION_SEMVER, "introduced 0", "0.0.0 9.9.9", ""},
    {VERSION_SEMVER, "introduced 1.0.0, fixed 1.2.0", "1.0.0 1.1.0 1.2.0-rc1", "0.9.9 1.0.0-rc1 1.2.0"},
    {VERSION_SEMVER, "introduced 1.0.0, last_affected 1.2.0", "1.0.0 1.2.0 1.2.0-rc1", "0.9.9 1.2.1-0 1.2.1"},
    {VERSION_SEMVER, "introduced 1.2.0, last_affected 1.2.0", "1.2.0", "1.1.9 1.2.1"},
    {VERSION_SEMVER, "introduced 1.0.0, fixed 1.0.5, introduced 2.0.0, fixed 2.1.0",
     "1.0.0 1.0.4 2.0.0 2.0.9", "0.9.9 1.0.5 1.9.9 2.1.0 3.0.0"},
    {VERSION_SEMVER, "fixed 2.1.0, introduced 2.0.0, fixed 1.0.5, introduced 1.0.0",
     "1.0.0 1.0.4 2.0.0 2.0.9", "0.9.9 1.0.5 1.9.9 2.1.0 3.0.0"},
    {VERSION_SEMVER, "introduced 0, fixed 1.0.0, introduced 1.0.0, fixed 2.0.0", "0.5.0 1.0.0 1.9.9",
     "2.0.0"},
    {VERSION_SEMVER, "introduced 1.0.0, fixed 1.0.0", "", "0.9.9 1.0.0 1.0.1"},
    {VERSION_SEMVER, "introduced 0, limit 2.0.0", "0.1.0 1.9.9", "2.0.0 2.0.1"},
    {VERSION_SEMVER, "introduced 1.0.0, limit 1.1.0, limit 2.0.0", "1.0.0 1.5.0", "0.9.0 2.0.0"},
    {VERSION_SEMVER, "introduced 1.0.0, limit *", "1.0.0 9.0.0", "0.9.0"},
    {VERSION_SEMVER, "fixed 1.0.0", "", "0.5.0 1.0.0"},
    {VERSION_SEMVER, "", "", "1.0.0"},
    {VERSION_DPKG, "introduced 0, fixed 1.0-1+deb12u2", "0~ 1.0-1 1.0-1+deb12u1 1.0-1+deb12u2~bpo1",
     "1.0-1+deb12u2 1.0-2 1:0.1"},
    {VERSION_GO, "introduced 1.21.0-0, fixed 1.21.4", "go1.21rc1 go1.21.0 go1.21.3 1.21rc1 1.21.3",
     "go1.20.9 go1.21.4 go1.22rc1 1.20 1.21.4 1.22rc1"},
    {VERSION_PEP440, "introduced 1.0, fixed 1.1", "1.0 1.0.post1 1.1rc1 1.1.dev0",
     "1.0rc1 1.1 1.1.0 1!1.0.5"},
};

static enum range_event_kind kind_of(struct str word) {
    static const struct str names[] = {STR("introduced"), STR("fixed"), STR("last_affected"), STR("limit")};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (str_eq(word, names[i])) {
            return (enum range_event_kind)i;
        }
    }
    fail_msg("%.*s is no event", STR_ARG(word));
    return RANGE_LIMIT;
}

static size_t read_events(const char *text, struct range_event *events) {
    size_t n = 0;
    if (!*text) {
        return 0;
    }
    for (struct str rest = str_c(text), part, kind; str_split(&rest, ',', &part); n++) {
        assert_true(n < EVENTS_MAX);
        str_cut(str_trim(part), ' ', &kind, &events[n].version);
        events[n].kind = kind_of(kind);
    }
    return n;
}

static void check_versions(const struct range_case *row, const char *list, bool is_affected) {
    struct range_event events[EVENTS_MAX];
    size_t n = read_events(row->events, events);
    for (struct str rest = str_c(*list ? list : NULL), version; str_split(&rest, ' ', &version);) {
        struct range_verdict verdict = range_evaluate(row->scheme, events, n, version);
        if (verdict.is_affected != is_affected || verdict.is_undecided) {
            fail_msg("\"%s\" of %.*s: %d, undecided %d", row->events, STR_ARG(version), verdict.is_affected,
                     verdict.is_undecided);
        }
    }
}

static void events_cut_the_line_of_versions(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        check_versions(&cases[i], cases[i].affected, true);
        check_versions(&cases[i], cases[i].unaffected, false);
    }
}

static struct range_verdict evaluate(const char *text, const char *version) {
    struct range_event events[EVENTS_MAX];
    return range_evaluate(VERSION_SEMVER, events, read_events(text, events), str_c(version));
}

static void the_fix_is_that_of_the_versions_branch(void **state) {
    const char *branches =
        "introduced 1.0.0, fixed 3.1.0, introduced 3.0.0, fixed 1.0.5, introduced 2.0.0, last_affected 2.4.0";
    assert_str_equal(evaluate(branches, "1.0.1").fixed, STR("1.0.5"));
    assert_str_equal(evaluate(branches, "3.0.1").fixed, STR("3.1.0"));
    assert_int_equal(evaluate(branches, "2.0.1").fixed.n, 0);
    assert_str_equal(evaluate(branches, "2.0.1").last_affected, STR("2.4.0"));
    assert_int_equal(evaluate(branches, "1.0.1").last_affected.n, 0);
    assert_int_equal(evaluate(branches, "1.0.5").fixed.n, 0);
    assert_int_equal(evaluate("introduced 0", "1.0.0").fixed.n, 0);
    assert_str_equal(evaluate("introduced 1.0.0, introduced 1.5.0, fixed 2.0.0", "1.0.0").fixed,
                     STR("2.0.0"));
}

static void foreign_versions_leave_it_undecided(void **state) {
    assert_true(evaluate("introduced 0, fixed 1.0.0", "latest").is_undecided);
    assert_true(evaluate("introduced 0, fixed a1b2c3", "1.0.0").is_undecided);
    assert_false(evaluate("introduced 0, limit *", "1.0.0").is_undecided);
    assert_false(evaluate("", "latest").is_undecided);
}

static struct range_verdict evaluate_two(enum range_type type, const char *one, const char *two,
                                         const char *version) {
    static const struct str listed[] = {STR("7.0.0"), STR("nightly")};
    struct range_event events[2][EVENTS_MAX];
    struct range ranges[] = {
        {RANGE_ECOSYSTEM, events[0], read_events(one, events[0])},
        {type, events[1], read_events(two, events[1])},
    };
    struct range_affected affected = {ranges, ARRAY_SIZE(ranges), listed, ARRAY_SIZE(listed)};
    return range_evaluate_affected(VERSION_PEP440, &affected, str_c(version));
}

static void an_entry_is_its_ranges_and_its_list(void **state) {
    const char *one = "introduced 1.0.0, fixed 2.0.0", *two = "introduced 1.5.0, fixed 3.0.0";
    assert_str_equal(evaluate_two(RANGE_SEMVER, one, two, "1.0.0").fixed, STR("2.0.0"));
    assert_str_equal(evaluate_two(RANGE_SEMVER, one, two, "1.6.0").fixed, STR("3.0.0"));
    assert_str_equal(evaluate_two(RANGE_SEMVER, two, one, "1.6.0").fixed, STR("3.0.0"));
    assert_int_equal(evaluate_two(RANGE_SEMVER, one, "introduced 0", "1.6.0").fixed.n, 0);
    assert_int_equal(evaluate_two(RANGE_SEMVER, "introduced 0", one, "1.6.0").fixed.n, 0);
    assert_false(evaluate_two(RANGE_SEMVER, one, two, "3.0.0").is_affected);
    assert_false(evaluate_two(RANGE_GIT, one, "introduced 0", "3.0.0").is_affected);
    assert_false(
        evaluate_two(RANGE_GIT, one, "introduced 0, fixed 6879efc2c1596d11a6a6ad296f80063b558d5e0f", "1.0.0")
            .is_undecided);
    assert_true(evaluate_two(RANGE_SEMVER, one, two, "7.0.0").is_affected);
    assert_true(evaluate_two(RANGE_ECOSYSTEM, one, two, "7.0").is_affected);
    assert_true(evaluate_two(RANGE_ECOSYSTEM, one, two, "nightly").is_affected);
    assert_false(evaluate_two(RANGE_ECOSYSTEM, one, two, "nightly").is_undecided);
    assert_true(evaluate_two(RANGE_ECOSYSTEM, one, two, "weekly").is_undecided);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_cut_the_line_of_versions),
        cmocka_unit_test(the_fix_is_that_of_the_versions_branch),
        cmocka_unit_test(foreign_versions_leave_it_undecided),
        cmocka_unit_test(an_entry_is_its_ranges_and_its_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
