#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"

#include "fixture.h"
#include "report/template/template.h"
#include "test.h"

/* With what some formats do not do without. */
#define options_of(...)                                                                                      \
    {                                                                                                        \
        .github = {.sha = STR("0123456789012345678901234567890123456789"), .ref = STR("refs/heads/main")},   \
        .template = a_template(), __VA_ARGS__                                                                \
    }

static struct arena of_template;

static const struct template *a_template(void) {
    static const struct template *t;
    struct str text = STR("${ each f in findings }${ json(f) }\n${ end }${ json(summary) }");
    if (!t) {
        of_template = arena_new(64 * MIB);
        assert_int_equal(template_compile(&of_template, STR("t"), text, &t, NULL), 0);
    }
    return t;
}

static void formats_are_found_by_name(void **state) {
    for (size_t i = 0; i < report_formats_n; i++) {
        assert_ptr_equal(report_format_of(str_c(report_formats[i].name)), &report_formats[i]);
        assert_true(report_formats[i].title[0] != 0);
    }
    assert_true(report_formats_n >= 5);
    assert_null(report_format_of(STR("xml")));
    assert_null(report_format_of(STR("")));
}

/* The table in docs/reports.md is that of the program. */
static void documented_are_all_formats(void **state) {
    struct err err = ERR_NONE;
    _cleanup_(buf_free) struct buf page = buf_new(MIB);
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    assert_int_equal(file_read(REPORTS_MD, &page, &err), 0);
    for (size_t i = 0; i < report_formats_n; i++) {
        struct str row =
            arena_strf(&arena, "\n| `%s` | %s |\n", report_formats[i].name, report_formats[i].title);
        assert_true(str_find(buf_view(&page), row) >= 0);
    }
}

static void the_same_store_gives_the_same_bytes(void **state) {
    struct err err = ERR_NONE;
    _cleanup_(store_closep) struct store *store = NULL;
    assert_int_equal(store_open(&store, NULL, &err), 0);
    int64_t run = fixture_image(store);
    for (size_t i = 0; i < report_formats_n; i++) {
        _cleanup_(buf_free) struct buf first = buf_new(LIMIT_REPORT), second = buf_new(LIMIT_REPORT);
        struct report_options options = options_of(.width = 80);
        assert_int_equal(report_formats[i].write(store, run, &options, &first, &err), 0);
        assert_int_equal(report_formats[i].write(store, run, &options, &second, &err), 0);
        assert_str_equal(buf_view(&first), buf_view(&second));
    }
}

static void no_memory_is_an_error(void **state) {
    for (size_t i = 0; i < report_formats_n; i++) {
        struct err err = ERR_NONE;
        int64_t run = 0;
        _cleanup_(store_closep) struct store *store = NULL;
        _cleanup_(buf_free) struct buf whole = buf_new(LIMIT_REPORT);
        struct report_options options = options_of(.width = 80, .all = true);
        assert_int_equal(store_open(&store, NULL, &err), 0);
        assert_int_equal(fixture_try(store, &run, &err), 0);
        assert_int_equal(report_formats[i].write(store, run, &options, &whole, &err), 0);
        WITH_EACH_ALLOCATION_FAILED({
            _cleanup_(buf_free) struct buf out = buf_new(LIMIT_REPORT);
            int code = report_formats[i].write(store, run, &options, &out, &err);
            bool is_of_memory = code == ERR_MEMORY || (code < 0 && strstr(err.message, "more memory"));
            assert_true(is_of_memory || (code == 0 && str_eq(buf_view(&out), buf_view(&whole))));
        })
    }
}

static bool is_named(size_t format, const char *name) {
    return strcmp(report_formats[format].name, name) == 0;
}

/* A figure to read: a busy machine must not fail the build. */
static void ten_thousand_findings_are_written(void **state) {
    struct err err = ERR_NONE;
    _cleanup_(store_closep) struct store *store = NULL;
    assert_int_equal(store_open(&store, NULL, &err), 0);
    int64_t run = fixture_large(store);
    for (size_t i = 0; i < report_formats_n; i++) {
        _cleanup_(buf_free) struct buf out = buf_new(LIMIT_REPORT);
        struct report_options options = options_of(.width = 100, .all = true);
        uint64_t start = clock_monotonic();
        assert_int_equal(report_formats[i].write(store, run, &options, &out, &err), 0);
        print_message("# 10,000 findings as %s: %.1f ms\n", report_formats[i].name,
                      (double)(clock_monotonic() - start) / 1e6);
        bool is_capped = is_named(i, "github") || is_named(i, "markdown") || is_named(i, "gitlab-sast") ||
                         is_named(i, "gitlab-secret");
        assert_true(!is_named(i, "html") || out.n < MIB);
        assert_true(is_capped ? out.n > 512 && out.n < 64 * KIB : out.n > 100 * KIB);
    }
}

static size_t count(struct str text, struct str what) {
    size_t n = 0;
    for (ptrdiff_t at; (at = str_find(text, what)) >= 0; n++) {
        text = str_from(text, (size_t)at + what.n);
    }
    return n;
}

static void sarif_has_what_services_take(void **state) {
    struct err err = ERR_NONE;
    _cleanup_(store_closep) struct store *store = NULL;
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_REPORT);
    const struct report_options options = {.all = true};
    assert_int_equal(store_open(&store, NULL, &err), 0);
    int64_t run = fixture_beyond(store);
    assert_int_equal(report_format_of(STR("sarif"))->write(store, run, &options, &out, &err), 0);
    assert_int_equal(count(buf_view(&out), STR("\"ruleId\"")), 25000);
    assert_true(str_find(buf_view(&out), STR("10 findings are left out")) >= 0);
}

/* https://docs.github.com/rest/dependency-graph/dependency-submission: sha and ref are required. */
static void snapshots_need_a_commit_and_a_branch(void **state) {
    static const struct {
        struct report_github github;
        const char *says;
    } cases[] = {
        {{.sha = STR_NONE}, "--sha"},
        {{.sha = STR("0123"), .ref = STR("refs/heads/main")}, "no commit id: 0123"},
        {{.sha = STR("0123456789012345678901234567890123456789")}, "--ref"},
        {{.sha = STR("0123456789012345678901234567890123456789"), .ref = STR("main")}, "refs/heads/main"},
    };
    _cleanup_(store_closep) struct store *store = NULL;
    assert_int_equal(store_open(&store, NULL, NULL), 0);
    int64_t run = fixture_image(store);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct err err = ERR_NONE;
        _cleanup_(buf_free) struct buf out = buf_new(LIMIT_REPORT);
        const struct report_options options = {.github = cases[i].github};
        const struct report_format *format = report_format_of(STR("github-snapshot"));
        assert_int_equal(format->write(store, run, &options, &out, &err), ERR_USAGE);
        assert_non_null(strstr(err.message, cases[i].says));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_are_found_by_name),
        cmocka_unit_test(documented_are_all_formats),
        cmocka_unit_test(the_same_store_gives_the_same_bytes),
        cmocka_unit_test(no_memory_is_an_error),
        cmocka_unit_test(ten_thousand_findings_are_written),
        cmocka_unit_test(sarif_has_what_services_take),
        cmocka_unit_test(snapshots_need_a_commit_and_a_branch),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(&of_template);
    return failed;
}
