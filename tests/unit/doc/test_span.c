#include "base/limits.h"
#include "doc/json.h"
#include "doc/span.h"
#include "doc/yaml.h"

#include "test.h"

static struct str slice(const struct doc_lines *lines, const struct doc *d) {
    struct doc_span span = doc_span(lines, d);
    return str_sub(lines->text, span.from, span.to - span.from);
}

struct expected {
    const char *path, *text;
};

static void check(const struct doc_lines *lines, const struct doc *root, const struct expected *cases,
                  size_t n) {
    for (size_t i = 0; i < n; i++) {
        const struct doc *d = doc_path(root, cases[i].path);
        assert_non_null(d);
        assert_str_equal(slice(lines, d), str_c(cases[i].text));
    }
}

static void yaml_values_know_their_text(void **state) {
    static const char text[] = "\xef\xbb\xbf"
                               "a: 1  # c\n"
                               "b:   # d\n"
                               "c: \"x # y\"  # e\n"
                               "d:\n"
                               "  - x\n"
                               "  - [1, {q: '2'} ]  \n"
                               "  - |\n"
                               "    zz\n"
                               "e: !t &x\n"
                               "  f: g\n"
                               "m: multi\n"
                               "   line # x\n"
                               "r: *x\n";
    static const struct expected cases[] = {
        {"a", "1"},
        {"b", ""},
        {"c", "\"x # y\""},
        {"d.0", "x"},
        {"d.1", "[1, {q: '2'} ]"},
        {"d.1.1", "{q: '2'}"},
        {"d.1.1.q", "'2'"},
        {"d.2", "    zz\n"},
        {"d", "- x\n  - [1, {q: '2'} ]  \n  - |\n    zz\n"},
        {"e", "f: g"},
        {"m", "multi\n   line"},
        {"r", "f: g"},
    };
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct doc_lines lines;
    const struct doc **docs;
    size_t n;
    assert_int_equal(doc_lines_over(&arena, str_c(text), &lines, NULL), 0);
    assert_int_equal(yaml_parse(&arena, str_c(text), &docs, &n, NULL), 0);
    check(&lines, docs[0], cases, ARRAY_SIZE(cases));
}

static void json_values_know_their_text(void **state) {
    static const char text[] = "{\"a\": [ 1.5e3 ,\ntrue ] , \"b\" : {\"c\": \"\\u0041\"} }\n";
    static const struct expected cases[] = {
        {"a", "[ 1.5e3 ,\ntrue ]"},    {"a.0", "1.5e3"},       {"a.1", "true"},
        {"b", "{\"c\": \"\\u0041\"}"}, {"b.c", "\"\\u0041\""},
    };
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct doc_lines lines;
    const struct doc *root;
    assert_int_equal(doc_lines_over(&arena, str_c(text), &lines, NULL), 0);
    assert_int_equal(json_parse(&arena, str_c(text), &root, NULL), 0);
    check(&lines, root, cases, ARRAY_SIZE(cases));
    assert_str_equal(slice(&lines, root), str_sub(str_c(text), 0, sizeof text - 2));
}

static void places_and_bytes_are_one(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct doc_lines lines;
    struct str text = STR("\xef\xbb\xbf"
                          "ab\n\ncd");
    assert_int_equal(doc_lines_over(&arena, text, &lines, NULL), 0);
    for (size_t i = 3; i <= text.n; i++) {
        assert_int_equal(doc_offset(&lines, doc_place(&lines, i)), i);
    }
    assert_int_equal(doc_place(&lines, 3).column, 1);
    assert_int_equal(doc_place(&lines, 0).column, 1);
    assert_int_equal(doc_place(&lines, 7).line, 3);
    assert_int_equal(doc_offset(&lines, (struct doc_place){9, 1}), text.n);
    assert_int_equal(doc_offset(&lines, (struct doc_place){3, 99}), text.n);
}

static void memory_may_end(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(4);
    struct doc_lines lines;
    assert_int_equal(doc_lines_over(&arena, STR("a\nb\n"), &lines, NULL), ERR_MEMORY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(yaml_values_know_their_text),
        cmocka_unit_test(json_values_know_their_text),
        cmocka_unit_test(places_and_bytes_are_one),
        cmocka_unit_test(memory_may_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
