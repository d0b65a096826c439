/* Expected texts are what GNU `diff -u --label a/f --label b/f` writes. */
#include "doc/diff.h"

#include "base/limits.h"
#include "test.h"

static const struct {
    const char *before, *after, *diff;
} cases[] = {
    {"a\n", "a\n", ""},
    {"a\nb\nc\n", "a\nB\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"},
    {"", "a\n", "@@ -0,0 +1 @@\n+a\n"},
    {"a\n", "", "@@ -1 +0,0 @@\n-a\n"},
    {"a", "a\n", "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"},
    {"a\nb", "a\nb\nc",
     "@@ -1,2 +1,3 @@\n a\n-b\n\\ No newline at end of file\n+b\n+c\n\\ No newline at end of file\n"},
    {"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n5\n6\n7\n8\n9\n",
     "@@ -2,6 +2,7 @@\n 2\n 3\n 4\n+x\n 5\n 6\n 7\n"},
    /* six equal lines between two changes are one hunk, seven are two */
    {"a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
     "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n"},
    {"a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
     "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n"},
};

static void as_diff_writes(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(buf_free) struct buf out = buf_new(MIB), expected = buf_new(MIB);
        assert_int_equal(diff_unified(STR("f"), str_c(cases[i].before), str_c(cases[i].after), &out, NULL),
                         0);
        buf_c(&expected, *cases[i].diff ? "--- a/f\n+++ b/f\n" : "");
        buf_c(&expected, cases[i].diff);
        assert_str_equal(buf_view(&out), buf_view(&expected));
    }
}

static size_t count_changed(struct str diff) {
    size_t changed = 0;
    struct str line;
    while (str_line(&diff, &line)) {
        changed += line.n && (line.p[0] == '-' || line.p[0] == '+');
    }
    return changed - 2; /* "---" and "+++" */
}

/* The example of the paper: five lines, of which there are several choices. */
static void is_the_shortest(void **state) {
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    struct str a = STR("a\nb\nc\na\nb\nb\na\n"), b = STR("c\nb\na\nb\na\nc\n");
    assert_int_equal(diff_unified(STR("f"), a, b, &out, NULL), 0);
    assert_int_equal(count_changed(buf_view(&out)), 5);
}

static void takes_texts_that_have_nothing_in_common(void **state) {
    enum { LINES = 3 * LIMIT_DIFF };
    _cleanup_(buf_free) struct buf a = buf_new(MIB), b = buf_new(MIB), out = buf_new(MIB);
    for (unsigned i = 0; i < LINES; i++) {
        buf_printf(&a, "a%u\n", i);
        buf_printf(&b, "b%u\n", i);
    }
    assert_int_equal(diff_unified(STR("f"), buf_view(&a), buf_view(&b), &out, NULL), 0);
    assert_int_equal(count_changed(buf_view(&out)), 2 * LINES);
}

static void without_memory(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        struct buf out = buf_new(MIB);
        int r = diff_unified(STR("f"), STR("a\nb\n"), STR("b\nc\n"), &out, NULL);
        assert_true(r == 0 || r == ERR_MEMORY);
        buf_free(&out);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_diff_writes),
        cmocka_unit_test(is_the_shortest),
        cmocka_unit_test(takes_texts_that_have_nothing_in_common),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
