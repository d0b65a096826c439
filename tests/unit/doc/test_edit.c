#include "base/file.h"
#include "base/limits.h"
#include "doc/edit.h"
#include "doc/yaml.h"

#include "test.h"

static struct str apply(struct buf *out, const char *text, const struct edit *edits, size_t n) {
    struct err err = ERR_NONE;
    if (edit_apply(str_c(text), edits, n, out, &err) < 0) {
        fail_msg("%s", err.message);
    }
    return buf_view(out);
}

static void edits_are_applied_in_the_order_of_the_text(void **state) {
    const struct edit edits[] = {
        {{4, 6}, STR("56")}, {{0, 1}, STR("")}, {{2, 2}, STR("x")}, {{2, 2}, STR("y")}};
    _cleanup_(buf_free) struct buf out = buf_new(100), same = buf_new(100);
    assert_str_equal(apply(&out, "012345", edits, 4), STR("1xy2356"));
    assert_str_equal(apply(&same, "abc", NULL, 0), STR("abc"));
}

static void edits_that_overlap_are_refused(void **state) {
    static const struct {
        struct edit edits[2];
        const char *message;
    } cases[] = {
        {{{{0, 3}, STR("")}, {{2, 4}, STR("")}}, "two edits overlap at byte 2"},
        {{{{0, 3}, STR("")}, {{1, 1}, STR("x")}}, "two edits overlap at byte 1"},
        {{{{0, 1}, STR("")}, {{5, 7}, STR("")}}, "the edit at byte 5 reaches past the end of the text"},
        {{{{0, 1}, STR("")}, {{3, 2}, STR("")}}, "the edit at byte 3 reaches past the end of the text"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(buf_free) struct buf out = buf_new(100);
        struct err err = ERR_NONE;
        buf_c(&out, "before");
        assert_int_equal(edit_apply(STR("012345"), cases[i].edits, 2, &out, &err), ERR_USAGE);
        assert_string_equal(err.message, cases[i].message);
        assert_str_equal(buf_view(&out), STR("before"));
    }
}

static void the_cap_of_the_buffer_holds(void **state) {
    const struct edit edit = {{0, 0}, STR("0123456789")};
    _cleanup_(buf_free) struct buf out = buf_new(8);
    assert_int_equal(edit_apply(STR("x"), &edit, 1, &out, NULL), ERR_MEMORY);
}

/* ---- the cases */

static size_t read_path(const struct doc *path, struct edit_step *steps, size_t max) {
    size_t n = doc_count(path);
    assert_true(n <= max);
    for (size_t i = 0; i < n; i++) {
        int64_t index = 0;
        doc_int(doc_at(path, i), &index);
        steps[i] = (struct edit_step){doc_str(doc_at(path, i)), (size_t)index};
    }
    return n;
}

static bool run_case(const struct doc *c) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    struct edit_step path[16];
    size_t n = read_path(doc_get(c, STR("path")), path, ARRAY_SIZE(path));
    bool is_json = str_eq(doc_str(doc_get(c, STR("format"))), STR("json"));
    int64_t document = 0;
    doc_int(doc_get(c, STR("document")), &document);
    struct edit_target target = {is_json ? EDIT_JSON : EDIT_YAML, doc_str(doc_get(c, STR("before"))),
                                 (size_t)document};
    const struct doc *value = doc_get(c, STR("set"));
    struct edit edit;
    struct err err = ERR_NONE;
    int rc = value ? edit_set(&arena, &target, path, n, value, &edit, &err)
                   : edit_remove(&arena, &target, path, n, &edit, &err);
    struct str name = doc_str(doc_get(c, STR("name")));
    if (doc_bool(doc_get(c, STR("refused")), false)) {
        return rc == ERR_UNSUPPORTED;
    }
    if (rc < 0 || edit_apply(target.text, &edit, 1, &out, &err) < 0) {
        print_message("# %.*s: %s\n", STR_ARG(name), err.message);
        return false;
    }
    struct str after = doc_str(doc_get(c, STR("after")));
    if (!str_eq(buf_view(&out), after)) {
        print_message("# %.*s:\n%.*s\n", STR_ARG(name), STR_ARG(buf_view(&out)));
    }
    return str_eq(buf_view(&out), after);
}

static void the_cases_hold(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(16 * MIB);
    _cleanup_(buf_free) struct buf text = buf_new(MIB);
    const struct doc **docs;
    size_t n;
    struct err err = ERR_NONE;
    char path[LIMIT_PATH];
    snprintf(path, sizeof path, "%s/tests/cases/doc/edits.yaml", getenv("PLIMSOLL_TREE"));
    assert_int_equal(file_read(path, &text, &err), 0);
    if (yaml_parse(&arena, buf_view(&text), &docs, &n, &err) < 0) {
        fail_msg("%s", err.message);
    }
    assert_true(doc_count(docs[0]) > 30);
    size_t failed = 0;
    for (size_t i = 0; i < doc_count(docs[0]); i++) {
        failed += !run_case(doc_at(docs[0], i));
    }
    assert_int_equal(failed, 0);
}

/* ---- refusals and failures */

static void what_is_not_there_is_said(void **state) {
    static const struct {
        struct edit_step path[3];
        size_t n, document;
        bool is_set;
        int code;
        const char *message;
    } cases[] = {
        {{{.key = STR("a")}, {.index = 3}}, 2, 0, true, ERR_ABSENT, "there is no item 3 to change"},
        {{{.key = STR("q")}}, 1, 0, false, ERR_ABSENT, "there is no such member to remove"},
        {{{.key = STR("a")}}, 1, 2, true, ERR_ABSENT, "there is no document 3"},
        {{{.key = STR("a")}, {.index = 0}},
         2,
         0,
         false,
         ERR_UNSUPPORTED,
         "the member does not stand in the map itself"},
        {{{.key = STR("a")}, {.key = STR("b")}},
         2,
         0,
         true,
         ERR_UNSUPPORTED,
         "\"b\" should go into a map, but a list stands there"},
    };
    const struct edit_target base = {EDIT_YAML, STR("a: [1]\n---\nb: 2\n"), 0};
    const struct doc value = {.kind = DOC_BOOL, .b = true};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct edit_target target = base;
        struct edit edit;
        struct err err = ERR_NONE;
        target.document = cases[i].document;
        int rc = cases[i].is_set ? edit_set(&arena, &target, cases[i].path, cases[i].n, &value, &edit, &err)
                                 : edit_remove(&arena, &target, cases[i].path, cases[i].n, &edit, &err);
        assert_int_equal(rc, cases[i].code);
        assert_string_equal(err.message, cases[i].message);
    }
}

static void memory_may_end_anywhere(void **state) {
    const struct edit_step path[] = {{.key = STR("a")}, {.key = STR("c")}, {.key = STR("d")}};
    const struct doc value = {.kind = DOC_STRING, .s = STR("x: y")};
    const struct edit_target targets[] = {{EDIT_YAML, STR("a:\n  b: 1\n"), 0},
                                          {EDIT_JSON, STR("{\"a\":{}}"), 0}};
    for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
        WITH_EACH_ALLOCATION_FAILED({
            _cleanup_(arena_free) struct arena arena = arena_new(MIB);
            struct edit edit;
            struct err err = ERR_NONE;
            int rc = edit_set(&arena, &targets[i], path, 3, &value, &edit, &err);
            assert_true(rc == 0 || rc == ERR_MEMORY);
        });
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_are_applied_in_the_order_of_the_text),
        cmocka_unit_test(edits_that_overlap_are_refused),
        cmocka_unit_test(the_cap_of_the_buffer_holds),
        cmocka_unit_test(the_cases_hold),
        cmocka_unit_test(what_is_not_there_is_said),
        cmocka_unit_test(memory_may_end_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
