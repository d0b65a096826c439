/* tests/cases/inspect/<inspector>/<name>/: "input" gives the lines of "expected", in any order. "path", where
 * it is there, is the path of the file in its tree; otherwise the first name that the inspector wants stands
 * for it. Each case is also run with every allocation failed in turn. */
#include "base/file.h"
#include "base/limits.h"
#include "facts_text.h"
#include "test.h"

#include <glob.h>

struct lines {
    struct str p[512];
    size_t n;
};

static int compare_lines(const void *a, const void *b) {
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void sort_lines(struct str text, struct lines *out) {
    out->n = 0;
    for (struct str line; str_line(&text, &line);) {
        assert_in_range(out->n, 0, ARRAY_SIZE(out->p) - 1);
        out->p[out->n++] = line;
    }
    qsort(out->p, out->n, sizeof *out->p, compare_lines);
}

static void read_part(const char *folder, const char *name, struct buf *out) {
    char path[LIMIT_PATH];
    struct err err = ERR_NONE;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (file_read(path, out, &err) < 0 && err.code != ERR_ABSENT) {
        fail_msg("%s", err.message);
    }
}

static const struct inspector *inspector_of(const char *folder) {
    struct str name = str_basename(str_dirname(str_c(folder)));
    char name_c[64];
    snprintf(name_c, sizeof name_c, "%.*s", STR_ARG(name));
    const struct inspector *inspector = facts_text_find(name_c);
    if (!inspector) {
        fail_msg("%s: there is no such inspector", name_c);
    }
    return inspector;
}

static void gives_what_is_expected(void **state) {
    const char *folder = *state;
    _cleanup_(buf_free) struct buf input = buf_new(MIB), expected = buf_new(MIB), path = buf_new(MIB);
    const struct inspector *inspector = inspector_of(folder);
    struct lines wanted, found;
    read_part(folder, "input", &input);
    read_part(folder, "expected", &expected);
    read_part(folder, "path", &path);
    struct str entry_path = path.n ? str_trim(buf_view(&path)) : str_c(inspector->wants[0].name);
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(buf_free) struct buf out = buf_new(MIB);
        facts_text(&out, inspector, entry_path, buf_view(&input));
    });
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    facts_text(&out, inspector, entry_path, buf_view(&input));
    sort_lines(buf_view(&out), &found);
    sort_lines(buf_view(&expected), &wanted);
    for (size_t i = 0; i < MAX(found.n, wanted.n); i++) {
        assert_str_equal(i < found.n ? found.p[i] : STR("(no more lines)"),
                         i < wanted.n ? wanted.p[i] : STR("(no more lines)"));
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
    snprintf(pattern, sizeof pattern, "%s/tests/cases/inspect/*/*", source ? source : ".");
    if (glob(pattern, 0, NULL, &folders) != 0) {
        return 1;
    }
    int failed = run_all(&folders);
    globfree(&folders);
    return failed;
}
