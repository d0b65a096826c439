#include "base/file.h"
#include "base/limits.h"

#include "fixture.h"
#include "test.h"

/* Each file of tests/cases/report was written and read by a person: what a user of that terminal should see.
 */
static const struct {
    const char *file;
    fixture *fill;
    struct report_options options;
} cases[] = {
    {"image-80.txt", fixture_image, {.width = 80, .has_fail_on = true, .fail_on = SEVERITY_HIGH}},
    {"image-120.txt", fixture_image, {.width = 120}},
    {"image-all.txt", fixture_image, {.width = 120, .all = true, .shows_suppressed = true}},
    {"image-quiet.txt",
     fixture_image,
     {.width = 100, .is_quiet = true, .has_fail_on = true, .fail_on = SEVERITY_CRITICAL}},
    {"image-least.txt", fixture_image, {.width = 120, .least = SEVERITY_CRITICAL, .ignores_unfixed = true}},
    {"clean.txt", fixture_clean, {.width = 80}},
    {"empty.txt", fixture_empty, {.width = 80}},
    {"old.txt", fixture_old, {.width = 70}},
    {"incomplete.txt", fixture_incomplete, {.width = 80}},
    {"directory.txt", fixture_directory, {.width = 80}},
    {"rebuilt.txt", fixture_rebuilt, {0}},
    {"rebuilt-removed.txt", fixture_rebuilt, {.shows_removed = true}},
    {"hostile.txt", fixture_hostile, {.width = 80}},
    {"surface-60.txt", fixture_surface, {.width = 60}},
    {"surface-all.txt", fixture_surface, {.width = 120, .all = true}},
};

static void write_report(fixture *fill, const struct report_options *options, struct buf *out) {
    struct err err = ERR_NONE;
    _cleanup_(store_closep) struct store *store = NULL;
    assert_int_equal(store_open(&store, NULL, &err), 0);
    int64_t run = fill(store);
    if (options->has_fail_on) {
        fixture_block(store, run, options->fail_on);
    }
    assert_int_equal(report_format_of(STR("human"))->write(store, run, options, out, &err), 0);
}

static void reports_read_as_the_cases_say(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct err err = ERR_NONE;
        _cleanup_(buf_free) struct buf out = buf_new(LIMIT_REPORT), expected = buf_new(MIB);
        char path[512];
        snprintf(path, sizeof path, "%s/tests/cases/report/%s", getenv("PLIMSOLL_TREE"), cases[i].file);
        assert_int_equal(file_read(path, &expected, &err), 0);
        write_report(cases[i].fill, &cases[i].options, &out);
        struct str a = buf_view(&out), b = buf_view(&expected);
        for (struct str x, y; a.n || b.n;) {
            x = y = STR_NONE;
            str_line(&a, &x);
            str_line(&b, &y);
            if (!str_eq(x, y)) {
                fail_msg("%s: \"%.*s\" should be \"%.*s\"", cases[i].file, STR_ARG(x), STR_ARG(y));
            }
        }
    }
}

static void strip_escapes(struct buf *buf) {
    size_t n = 0;
    for (size_t i = 0; i < buf->n; i++) {
        if (buf->p[i] == '\033') {
            while (buf->p[i] != 'm') {
                i++;
            }
            continue;
        }
        buf->p[n++] = buf->p[i];
    }
    buf->n = n;
}

static void colour_adds_nothing_but_escapes(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(buf_free) struct buf plain = buf_new(LIMIT_REPORT), coloured = buf_new(LIMIT_REPORT);
        struct report_options options = cases[i].options;
        write_report(cases[i].fill, &options, &plain);
        assert_null(memchr(plain.p, '\033', plain.n));
        options.has_colour = true;
        write_report(cases[i].fill, &options, &coloured);
        strip_escapes(&coloured);
        assert_str_equal(buf_view(&coloured), buf_view(&plain));
    }
}

static void lines_keep_to_the_width_and_end_without_blanks(void **state) {
    static const unsigned widths[] = {60, 80, 100, 120, 200};
    for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
        _cleanup_(buf_free) struct buf out = buf_new(LIMIT_REPORT);
        struct report_options options = {.width = widths[i], .all = true, .shows_suppressed = true};
        write_report(fixture_image, &options, &out);
        for (struct str rest = buf_view(&out), line; str_line(&rest, &line);) {
            size_t columns = 0;
            for (size_t j = 0; j < line.n; j++) {
                columns += ((unsigned char)line.p[j] & 0xc0) != 0x80;
            }
            if (columns > widths[i] || str_ends(line, STR(" "))) {
                fail_msg("%zu columns in \"%.*s\"", columns, STR_ARG(line));
            }
        }
    }
}

static void a_hostile_name_stays_short_without_a_width(void **state) {
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_REPORT);
    write_report(fixture_hostile, &(struct report_options){.all = true}, &out);
    assert_true(out.n < 16 * KIB);
    for (size_t i = 0; i < out.n; i++) {
        assert_true(out.p[i] >= 0x20 || out.p[i] == '\n');
    }
}

static void quiet_says_nothing_when_nothing_blocks(void **state) {
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_REPORT);
    write_report(fixture_directory, &(struct report_options){.is_quiet = true}, &out);
    assert_int_equal(out.n, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_read_as_the_cases_say),
        cmocka_unit_test(colour_adds_nothing_but_escapes),
        cmocka_unit_test(lines_keep_to_the_width_and_end_without_blanks),
        cmocka_unit_test(a_hostile_name_stays_short_without_a_width),
        cmocka_unit_test(quiet_says_nothing_when_nothing_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
