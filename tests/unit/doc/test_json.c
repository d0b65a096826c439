#include "base/limits.h"
#include "doc/json.h"

#include "test.h"

#include <math.h>

static const struct doc *parse(struct arena *arena, const char *text) {
    const struct doc *d;
    struct err err = ERR_NONE;
    if (json_parse(arena, str_c(text), &d, &err) < 0) {
        fail_msg("%s: %s", text, err.message);
    }
    return d;
}

static void values_have_their_kinds(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
    const struct doc *d = parse(&arena, " [null, true, false, -7, 1.5, \"x\", [], {}, 1E2, -0]\r\n");
    assert_int_equal(doc_count(d), 10);
    assert_true(doc_is(doc_at(d, 0), DOC_NULL));
    assert_true(doc_bool(doc_at(d, 1), false));
    assert_false(doc_bool(doc_at(d, 2), true));
    assert_int_equal(doc_at(d, 3)->i, -7);
    assert_true(doc_at(d, 4)->d == 1.5);
    assert_str_equal(doc_str(doc_at(d, 5)), STR("x"));
    assert_true(doc_is(doc_at(d, 6), DOC_LIST) && doc_count(doc_at(d, 6)) == 0);
    assert_true(doc_is(doc_at(d, 7), DOC_MAP) && doc_count(doc_at(d, 7)) == 0);
    assert_true(doc_is(doc_at(d, 8), DOC_DOUBLE) && doc_at(d, 8)->d == 100);
    assert_true(doc_is(doc_at(d, 9), DOC_INT) && doc_at(d, 9)->i == 0);
}

static void integers_are_exact_to_the_edge(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
    const struct doc *d = parse(&arena, "[9223372036854775807, -9223372036854775808, 9223372036854775808,"
                                        "18446744073709551615, 18446744073709551616, -9223372036854775809]");
    assert_true(doc_at(d, 0)->kind == DOC_INT && doc_at(d, 0)->i == INT64_MAX);
    assert_true(doc_at(d, 1)->kind == DOC_INT && doc_at(d, 1)->i == INT64_MIN);
    assert_true(doc_at(d, 2)->kind == DOC_UINT && doc_at(d, 2)->u == (uint64_t)1 << 63);
    assert_true(doc_at(d, 3)->kind == DOC_UINT && doc_at(d, 3)->u == UINT64_MAX);
    assert_true(doc_at(d, 4)->kind == DOC_DOUBLE && doc_at(d, 4)->d == 18446744073709551616.0);
    assert_true(doc_at(d, 5)->kind == DOC_DOUBLE && doc_at(d, 5)->d == -9223372036854775808.0);
}

static void numbers_past_the_range_are_infinite(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
    assert_true(isinf(parse(&arena, "1e400")->d));
    assert_true(isinf(parse(&arena, "-1e400")->d));
}

static void places_count_lines_and_bytes(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
    const struct doc *d = parse(&arena, "{\r\n  \"\xc3\xa9\": [1,\n\t{\"b\" : 2}]}");
    assert_int_equal(d->at.line, 1);
    assert_int_equal(d->at.column, 1);
    const struct doc_member *m = &d->map.members[0];
    assert_int_equal(m->at.line, 2);
    assert_int_equal(m->at.column, 3);
    assert_int_equal(m->value->at.column, 9);
    assert_int_equal(doc_at(m->value, 1)->at.line, 3);
    assert_int_equal(doc_at(m->value, 1)->at.column, 2);
    assert_int_equal(doc_path(doc_at(m->value, 1), "b")->at.column, 9);
}

static void plain_strings_are_slices_of_the_text(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
    static const char text[] = "{\"key\":\"value\"}";
    const struct doc *d = parse(&arena, text);
    assert_ptr_equal(d->map.members[0].key.p, text + 2);
    assert_ptr_equal(d->map.members[0].value->s.p, text + 8);
}

/* Strings are looked at by words: each byte at each place of some. RFC 8259, section 7. */
static void each_byte_counts_wherever_it_stands(void **state) {
    for (size_t place = 1; place <= 20; place++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
            char text[] = "\"xxxxxxxxxxxxxxxxxxxx\"";
            struct err err = ERR_NONE;
            const struct doc *d;
            text[place] = (char)byte;
            bool is_fit = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
            int r = json_parse(&arena, str_n(text, sizeof text - 1), &d, &err);
            if (is_fit != (r == 0)) {
                fail_msg("byte 0x%02x at %zu: %d", byte, place, r);
            }
            if (is_fit) {
                assert_str_equal(doc_str(d), str_n(text + 1, sizeof text - 3));
            }
        }
    }
}

static void escapes_are_decoded(void **state) {
    static const struct {
        const char *text;
        struct str value;
    } cases[] = {
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", STR("\"\\/\b\f\n\r\t")},
        {"\"a\\u0041\\u00e9\\u20ACz\"", STR("aA\xc3\xa9\xe2\x82\xacz")},
        {"\"\\uD83D\\uDE00\"", STR("\xf0\x9f\x98\x80")},
        {"\"\\u0000\"", STR("\0")},
        {"\"\\ud800\"", STR("\xef\xbf\xbd")},
        {"\"\\udc00x\"", STR("\xef\xbf\xbdx")},
        {"\"\\ud800\\u0041\"", STR("\xef\xbf\xbd"
                                   "A")},
        {"\"\\ud800\\ud83d\\ude00\"", STR("\xef\xbf\xbd\xf0\x9f\x98\x80")},
        {"\"\\ud800\\n\"", STR("\xef\xbf\xbd\n")},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
        assert_str_equal(doc_str(parse(&arena, cases[i].text)), cases[i].value);
    }
}

static void last_of_equal_keys_wins(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
    const struct doc *d = parse(&arena, "{\"a\":1,\"b\":2,\"\\u0061\":3}");
    assert_int_equal(doc_count(d), 2);
    assert_int_equal(doc_get(d, STR("a"))->i, 3);
}

static void a_byte_order_mark_is_stepped_over(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
    const struct doc *d = parse(&arena, "\xef\xbb\xbf{}");
    assert_int_equal(d->at.column, 1);
}

static void errors_say_where(void **state) {
    static const struct {
        struct str text;
        const char *message;
    } cases[] = {
        {STR(""), "line 1 column 1: expected a value, found the end of the text"},
        {STR("{\n \"a\" 1}"), "line 2 column 6: expected ':', found '1'"},
        {STR("[1,]"), "line 1 column 4: expected a value, found ']'"},
        {STR("[1 2]"), "line 1 column 4: expected ',' or ']', found '2'"},
        {STR("{\"a\":1,}"), "line 1 column 8: expected a string as key, found '}'"},
        {STR("1 1"), "line 1 column 3: expected nothing behind the value, found '1'"},
        {STR("-"), "line 1 column 2: expected a digit, found the end of the text"},
        {STR("01"), "line 1 column 1: a number must not begin with 0"},
        {STR("1.e5"), "line 1 column 3: expected a digit, found 'e'"},
        {STR("1e+"), "line 1 column 4: expected a digit, found the end of the text"},
        {STR("\"a\xff\""), "line 1 column 3: byte 0xff is not UTF-8"},
        {STR("\"a\nb\""), "line 1 column 3: byte 0x0a must be escaped in a string"},
        {STR("\"\\x\""), "line 1 column 2: no such escape"},
        {STR("\"\\u12\""), "line 1 column 2: no such escape"},
        {STR("\"abc"), "line 1 column 5: expected '\"', found the end of the text"},
        {STR("[\0]"), "line 1 column 2: expected a value, found byte 0x00"},
        {STR("nul"), "line 1 column 1: expected a value, found 'n'"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
        const struct doc *d;
        struct err err = ERR_NONE;
        assert_int_equal(json_parse(&arena, cases[i].text, &d, &err), ERR_INPUT);
        assert_string_equal(err.message, cases[i].message);
        assert_null(d);
    }
}

static void depth_has_a_limit(void **state) {
    static char text[2 * LIMIT_DOC_DEPTH + 1];
    memset(text, '[', LIMIT_DOC_DEPTH);
    memset(text + LIMIT_DOC_DEPTH, ']', LIMIT_DOC_DEPTH);
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
    assert_non_null(parse(&arena, text));
    memset(text, '[', LIMIT_DOC_DEPTH + 1);
    const struct doc *d;
    struct err err = ERR_NONE;
    assert_int_equal(json_parse(&arena, str_c(text), &d, &err), ERR_LIMIT);
    assert_string_equal(err.message, "line 1 column 513: nested more than 512 deep");
}

static void memory_may_end_anywhere(void **state) {
    static const char text[] = "{\"a\":[1,2,3,4,5,6,7,8,9,\"\\n\",{\"b\":1e300}],\"c\":{\"d\":{}}}";
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
        const struct doc *d;
        struct err err = ERR_NONE;
        int rc = json_parse(&arena, str_c(text), &d, &err);
        assert_true(rc == 0 || rc == ERR_MEMORY);
        assert_true((rc == 0) == (d != NULL));
    });
    for (size_t cap = 0; cap < 1200; cap += 16) {
        _cleanup_(arena_free) struct arena arena = arena_new(cap);
        const struct doc *d;
        int rc = json_parse(&arena, str_c(text), &d, NULL);
        assert_true(rc == 0 || rc == ERR_MEMORY);
    }
}

static void lenient_text_may_have_comments_and_a_last_comma(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
    const struct doc *d;
    struct err err = ERR_NONE;
    const char *text = "// one\n{\"a\": [1, /* two\n */ 2,], // three\n \"//\": \"/* */\", }\n/* the end";
    assert_int_equal(json_parse_lenient(&arena, str_c(text), &d, &err), 0);
    assert_int_equal(doc_count(doc_get(d, STR("a"))), 2);
    assert_int_equal(doc_at(doc_get(d, STR("a")), 1)->at.line, 3);
    assert_str_equal(doc_str(doc_get(d, STR("//"))), STR("/* */"));
}

static void lenient_is_not_lax(void **state) {
    static const char *const rows[] = {"[,]", "[1,,]", "{,}",     "{\"a\":,}", "[1 2]",
                                       "/",   "",      "// only", "[1] x",     "[/"};
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct doc *d;
        struct err err = ERR_NONE;
        assert_int_equal(json_parse_lenient(&arena, str_c(rows[i]), &d, &err), ERR_INPUT);
    }
    struct err err = ERR_NONE;
    const struct doc *d;
    assert_int_equal(json_parse(&arena, STR("[1,]"), &d, &err), ERR_INPUT);
    assert_int_equal(json_parse(&arena, STR("/**/[1]"), &d, &err), ERR_INPUT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lenient_text_may_have_comments_and_a_last_comma),
        cmocka_unit_test(lenient_is_not_lax),
        cmocka_unit_test(values_have_their_kinds),
        cmocka_unit_test(integers_are_exact_to_the_edge),
        cmocka_unit_test(numbers_past_the_range_are_infinite),
        cmocka_unit_test(places_count_lines_and_bytes),
        cmocka_unit_test(plain_strings_are_slices_of_the_text),
        cmocka_unit_test(each_byte_counts_wherever_it_stands),
        cmocka_unit_test(escapes_are_decoded),
        cmocka_unit_test(last_of_equal_keys_wins),
        cmocka_unit_test(a_byte_order_mark_is_stepped_over),
        cmocka_unit_test(errors_say_where),
        cmocka_unit_test(depth_has_a_limit),
        cmocka_unit_test(memory_may_end_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
