/* tests/cases/{compose,kubernetes}/<name>/: the files of a project, and "expected": lines as resources_text.h
 * has them. Every line must be among those that are found; "not X" says that no line begins with X, "total N"
 * that there are N resources. Each case is also run with every allocation failed in turn. */
#include "base/file.h"
#include "base/limits.h"
#include "resources_text.h"
#include "test.h"

#include <glob.h>

static bool has_line(struct str text, struct str wanted, bool as_prefix) {
    for (struct str line; str_line(&text, &line);) {
        if (as_prefix ? str_starts(line, wanted) : str_eq(line, wanted)) {
            return true;
        }
    }
    return false;
}

/* Lines of resources themselves have no blank but that of " at ". */
static uint64_t count_resources(struct str text) {
    uint64_t n = 0;
    for (struct str line; str_line(&text, &line);) {
        struct str key, rest;
        str_cut(line, ' ', &key, &rest);
        n += str_starts(rest, STR("at "));
    }
    return n;
}

static void check_line(struct str found, struct str line) {
    uint64_t total;
    if (str_starts(line, STR("not "))) {
        if (has_line(found, str_from(line, 4), true)) {
            fail_msg("%.*s: but it is there", STR_ARG(line));
        }
    } else if (str_starts(line, STR("total "))) {
        assert_true(str_to_u64(str_from(line, 6), 10, &total));
        assert_int_equal(count_resources(found), total);
    } else if (line.n && line.p[0] != '#' && !has_line(found, line, false)) {
        fail_msg("not found: %.*s\namong:\n%.*s", STR_ARG(line), STR_ARG(found));
    }
}

static void gives_what_is_expected(void **state) {
    const char *folder = *state;
    char path[LIMIT_PATH];
    _cleanup_(buf_free) struct buf expected = buf_new(MIB), found = buf_new(MIB);
    snprintf(path, sizeof path, "%s/expected", folder);
    assert_int_equal(file_read(path, &expected, NULL), 0);
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(buf_free) struct buf out = buf_new(MIB);
        resources_text(&out, folder);
    });
    resources_text(&found, folder);
    struct str rest = buf_view(&expected);
    for (struct str line; str_line(&rest, &line);) {
        check_line(buf_view(&found), line);
    }
}

static int run_all(const glob_t *folders) {
    struct CMUnitTest *tests = mem_alloc_zero(folders->gl_pathc * sizeof *tests);
    assert(tests);
    for (size_t i = 0; i < folders->gl_pathc; i++) {
        const char *at = strstr(folders->gl_pathv[i], "/cases/");
        tests[i] = (struct CMUnitTest){.name = at ? at + strlen("/cases/") : folders->gl_pathv[i],
                                       .test_func = gives_what_is_expected,
                                       .initial_state = folders->gl_pathv[i]};
    }
    int failed = _cmocka_run_group_tests("cases", tests, folders->gl_pathc, NULL, NULL);
    mem_free(tests);
    return failed;
}

int main(void) {
    char pattern[LIMIT_PATH];
    glob_t folders;
    const char *source = getenv("PLIMSOLL_TREE");
    snprintf(pattern, sizeof pattern, "%s/tests/cases/{compose,kubernetes}/*", source ? source : ".");
    if (glob(pattern, GLOB_BRACE, NULL, &folders) != 0) {
        return 1;
    }
    int failed = run_all(&folders);
    globfree(&folders);
    return failed;
}
