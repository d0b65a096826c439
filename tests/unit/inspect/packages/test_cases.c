/* tests/cases/inspect/<inspector>/<name>/: "input" gives the lines of "expected", in any order. "path", where
 * it is there, is the path of the file in its tree; otherwise the first name that the inspector wants stands
 * for it. Each case is also run with every allocation failed in turn.
 *
 * Files that package managers wrote have "listed" in place of "expected": what the manager's own list says
 * (tests/tools/listed/), which knows no licences, lines and checksums, and each package and need once. */
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

/* What a manager's list has too: "package|npm|a|1.0|direct" and needs. */
static void put_listed(struct buf *out, struct str line) {
    struct str rest = line, fields[7];
    size_t n = 0;
    while (n < ARRAY_SIZE(fields) && str_split(&rest, '|', &fields[n])) {
        n++;
    }
    if (n == ARRAY_SIZE(fields) && str_eq(fields[0], STR("package"))) {
        buf_printf(out, "package|%.*s|%.*s|%.*s|%.*s\n", STR_ARG(fields[1]), STR_ARG(fields[2]),
                   STR_ARG(fields[3]), STR_ARG(fields[6]));
    } else if (n && !str_eq(fields[0], STR("checksum")) && !str_eq(fields[0], STR("package"))) {
        buf_printf(out, "%.*s\n", STR_ARG(line));
    }
}

static void keep_listed(struct str text, struct buf *out) {
    for (struct str line; str_line(&text, &line);) {
        put_listed(out, line);
    }
}

static bool has_mark(struct str marks, struct str wanted) {
    for (struct str mark; str_split(&marks, ' ', &mark);) {
        if (str_eq(mark, wanted)) {
            return true;
        }
    }
    return false;
}

/* A package that stands in several folders is direct when any of them is, for development when all are. */
static void put_once(struct buf *out, const struct str *lines, size_t n) {
    struct str first, marks;
    if (!str_starts(lines[0], STR("package|"))) {
        buf_printf(out, "%.*s\n", STR_ARG(lines[0]));
        return;
    }
    bool is_direct = false, is_development = true, is_installed = false;
    for (size_t i = 0; i < n; i++) {
        str_cut_last(lines[i], '|', &first, &marks);
        is_direct |= has_mark(marks, STR("direct"));
        is_installed |= has_mark(marks, STR("installed"));
        is_development &= has_mark(marks, STR("development"));
    }
    const char *const known[] = {is_development ? "development" : "", is_direct ? "direct" : "",
                                 is_installed ? "installed" : ""};
    const char *separator = "";
    buf_printf(out, "%.*s|", STR_ARG(first));
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        buf_printf(out, "%s%s", *known[i] ? separator : "", known[i]);
        separator = *known[i] ? " " : separator;
    }
    buf_byte(out, '\n');
}

static bool is_same(struct str a, struct str b) {
    struct str first_a, first_b, marks;
    return str_eq(a, b) || (str_starts(a, STR("package|")) && str_cut_last(a, '|', &first_a, &marks) &&
                            str_cut_last(b, '|', &first_b, &marks) && str_eq(first_a, first_b));
}

static void put_each_once(struct buf *out, const struct lines *lines) {
    for (size_t i = 0, end; i < lines->n; i = end) {
        for (end = i + 1; end < lines->n && is_same(lines->p[i], lines->p[end]); end++) {
        }
        put_once(out, &lines->p[i], end - i);
    }
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

static void compare(struct str out, struct str expected) {
    struct lines wanted, found;
    sort_lines(out, &found);
    sort_lines(expected, &wanted);
    for (size_t i = 0; i < MAX(found.n, wanted.n); i++) {
        assert_str_equal(i < found.n ? found.p[i] : STR("(no more lines)"),
                         i < wanted.n ? wanted.p[i] : STR("(no more lines)"));
    }
}

static void compare_listed(struct str out, struct str listed) {
    _cleanup_(buf_free) struct buf known = buf_new(MIB), once = buf_new(MIB);
    struct lines lines;
    keep_listed(out, &known);
    sort_lines(buf_view(&known), &lines);
    put_each_once(&once, &lines);
    compare(buf_view(&once), listed);
}

static void gives_what_is_expected(void **state) {
    const char *folder = *state;
    _cleanup_(buf_free) struct buf input = buf_new(MIB), expected = buf_new(MIB), listed = buf_new(MIB),
                                   path = buf_new(MIB);
    const struct inspector *inspector = inspector_of(folder);
    read_part(folder, "input", &input);
    read_part(folder, "expected", &expected);
    read_part(folder, "listed", &listed);
    read_part(folder, "path", &path);
    struct str entry_path = path.n ? str_trim(buf_view(&path)) : str_c(inspector->wants[0].name);
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(buf_free) struct buf out = buf_new(MIB);
        facts_text(&out, inspector, entry_path, buf_view(&input));
    });
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    facts_text(&out, inspector, entry_path, buf_view(&input));
    if (listed.n) {
        compare_listed(buf_view(&out), buf_view(&listed));
    } else {
        compare(buf_view(&out), buf_view(&expected));
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
