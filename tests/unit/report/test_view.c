#include "base/limits.h"
#include "report/view.h"

#include "fixture.h"
#include "test.h"

static bool is_blocked(fixture *fill, enum severity least, struct report_options options) {
    struct err err = ERR_NONE;
    _cleanup_(store_closep) struct store *store = NULL;
    assert_int_equal(store_open(&store, NULL, &err), 0);
    int64_t run = fill(store);
    if (least) {
        fixture_block(store, run, least);
    }
    bool blocked = false;
    assert_int_equal(report_is_blocked(store, run, &blocked, &err), 0);
    _cleanup_(view_free) struct view view = {0};
    assert_int_equal(view_load(&view, store, run, &options, &err), 0);
    assert_int_equal(view.is_blocked, blocked);
    return blocked;
}

/* fixture_directory() has two of 7.5 and one of 5.4. What blocks can't be left out. */
static void what_guardrails_block_blocks(void **state) {
    assert_false(is_blocked(fixture_directory, SEVERITY_UNKNOWN, (struct report_options){0}));
    assert_false(is_blocked(fixture_directory, SEVERITY_CRITICAL, (struct report_options){0}));
    assert_true(is_blocked(fixture_directory, SEVERITY_HIGH, (struct report_options){0}));
    assert_true(
        is_blocked(fixture_directory, SEVERITY_HIGH, (struct report_options){.least = SEVERITY_CRITICAL}));
    assert_true(
        is_blocked(fixture_directory, SEVERITY_HIGH, (struct report_options){.ignores_unfixed = true}));
    assert_false(is_blocked(fixture_clean, SEVERITY_LOW, (struct report_options){0}));
}

/* What Docker and BuildKit write into an image's history. */
static void instructions_lose_what_builders_add(void **state) {
    static const struct {
        const char *created_by, *instruction;
    } cases[] = {
        {"/bin/sh -c #(nop)  CMD [\"bash\"]", "CMD [\"bash\"]"},
        {"/bin/sh -c #(nop) ADD file:1a2b in / ", "ADD file:1a2b in /"},
        {"/bin/sh -c apt-get update", "RUN apt-get update"},
        {"RUN /bin/sh -c apt-get update # buildkit", "RUN apt-get update"},
        {"RUN |1 A=b /bin/sh -c make # buildkit", "RUN make"},
        {"COPY target/shop.war /app/ # buildkit", "COPY target/shop.war /app/"},
        {"WORKDIR /app", "WORKDIR /app"},
        {"", ""},
    };
    _cleanup_(view_free) struct view view = {.arena = arena_new(MIB)};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_str_equal(view_instruction(&view, str_c(cases[i].created_by)), str_c(cases[i].instruction));
    }
}

static void distributions_have_short_names(void **state) {
    static const struct {
        const char *name, *version, *brief;
    } cases[] = {
        {"Debian GNU/Linux 12 (bookworm)", "12.5", "Debian 12.5"},
        {"Alpine Linux v3.19", "3.19.1", "Alpine Linux 3.19.1"},
        {"Ubuntu 22.04.3 LTS", "22.04", "Ubuntu 22.04"},
        {"Red Hat Enterprise Linux 9.4 (Plow)", "9.4", "Red Hat Enterprise Linux 9.4"},
        {"Wolfi", "20230201", "Wolfi 20230201"},
        {"12", "12", "12"},
        {"", "", ""},
    };
    _cleanup_(view_free) struct view view = {.arena = arena_new(MIB)};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct asset os = {.name = str_c(cases[i].name), .version = str_c(cases[i].version)};
        assert_str_equal(view_os_name(&view, &os), str_c(cases[i].brief));
    }
}

static void a_run_that_is_absent_is_said(void **state) {
    struct err err = ERR_NONE;
    _cleanup_(store_closep) struct store *store = NULL;
    _cleanup_(view_free) struct view view = {0};
    assert_int_equal(store_open(&store, NULL, &err), 0);
    assert_int_equal(view_load(&view, store, 7, &(struct report_options){0}, &err), ERR_ABSENT);
}

static void a_broken_record_is_said(void **state) {
    struct err err = ERR_NONE;
    int64_t run = 0, id = 0;
    _cleanup_(store_closep) struct store *store = NULL;
    _cleanup_(view_free) struct view view = {0};
    struct run start = {.target = STR("t"), .version = STR("0"), .started = 1};
    struct asset package = {.kind = ASSET_PACKAGE, .key = STR("p"), .properties = STR("{\"type\":1}")};
    assert_int_equal(store_open(&store, NULL, &err), 0);
    assert_int_equal(store_run_begin(store, &start, &run, &err), 0);
    assert_int_equal(store_put_asset(store, run, &package, &id, &err), 0);
    assert_int_equal(view_load_all(&view, store, run, &(struct report_options){0}, &err), ERR_INPUT);
    assert_string_equal(err.message, "asset 1 in the store: package record: no known 'type'");
}

static void packages_are_those_with_findings_unless_all_are_asked_for(void **state) {
    static const struct str record = {"{\"type\": \"npm\", \"name\": \"a\", \"version\": \"1\"}", 44};
    struct err err = ERR_NONE;
    int64_t run = 0, id, ids[2];
    _cleanup_(store_closep) struct store *store = NULL;
    _cleanup_(view_free) struct view view = {0}, all = {0};
    const struct run start = {.target = STR("t"), .version = STR("0"), .started = 1};
    const struct asset packages[2] = {{.kind = ASSET_PACKAGE, .key = STR("p"), .properties = record},
                                      {.kind = ASSET_PACKAGE, .key = STR("q"), .properties = record}};
    assert_int_equal(store_open(&store, NULL, &err), 0);
    assert_int_equal(store_run_begin(store, &start, &run, &err), 0);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(store_put_asset(store, run, &packages[i], &ids[i], &err), 0);
    }
    const struct finding finding = {.asset = ids[1], .rule = STR("CVE-1"), .score = -1};
    assert_int_equal(store_put_finding(store, run, &finding, &id, &err), 0);
    assert_int_equal(view_load(&view, store, run, &(struct report_options){0}, &err), 0);
    assert_int_equal(view.packages_total, 2);
    assert_int_equal(view.packages.n, 1);
    assert_int_equal(view.packages.p[0].asset.id, ids[1]);
    assert_int_equal(view_load_all(&all, store, run, &(struct report_options){0}, &err), 0);
    assert_int_equal(all.packages_total, 2);
    assert_int_equal(all.packages.n, 2);
}

/* Numbers go up by one where something new comes. */
static void assert_in_order(uint32_t number, size_t *n, bool *is_new) {
    assert_true(number <= *n);
    *is_new = number == *n;
    *n += *is_new;
}

/* SQLite's order is the measure; the largest fixture has more findings than are kept. */
static void rows_come_worst_first(void **state) {
    fixture *const fixtures[] = {fixture_image, fixture_old, fixture_directory, fixture_beyond};
    for (size_t i = 0; i < ARRAY_SIZE(fixtures); i++) {
        struct err err = ERR_NONE;
        struct finding_list list;
        size_t groups = 0, issues = 0;
        _cleanup_(arena_free) struct arena arena = arena_new(GIB);
        _cleanup_(store_closep) struct store *store = NULL;
        _cleanup_(view_free) struct view view = {0};
        assert_int_equal(store_open(&store, NULL, &err), 0);
        int64_t run = fixtures[i](store);
        assert_int_equal(store_get_findings(store, &arena, run, &list, &err), 0);
        assert_int_equal(view_load(&view, store, run, &(struct report_options){0}, &err), 0);
        assert_true(list.n > 0);
        assert_int_equal(view.rows_n, list.n);
        for (size_t k = 0; k < list.n; k++) {
            bool is_new_group, is_new_issue;
            assert_int_equal(view.rows[k].id, list.p[k].id);
            assert_in_order(view.rows[k].group, &groups, &is_new_group);
            assert_in_order(view.rows[k].issue, &issues, &is_new_issue);
            assert_int_equal(view.rows[k].is_repeat, !is_new_issue);
            assert_str_equal(view_show(&view, &view.rows[k])->f.fingerprint, list.p[k].fingerprint);
        }
        assert_int_equal(groups, view.groups_n);
        assert_int_equal(issues, view.issues_n);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_guardrails_block_blocks),
        cmocka_unit_test(packages_are_those_with_findings_unless_all_are_asked_for),
        cmocka_unit_test(rows_come_worst_first),
        cmocka_unit_test(instructions_lose_what_builders_add),
        cmocka_unit_test(distributions_have_short_names),
        cmocka_unit_test(a_run_that_is_absent_is_said),
        cmocka_unit_test(a_broken_record_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
