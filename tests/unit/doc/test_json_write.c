#include "doc/build.h"
#include "doc/json_write.h"

#include "test.h"

#include <math.h>

static void write_sample(struct json_writer *w) {
    json_begin_object(w);
    json_key(w, STR("a"));
    json_begin_array(w);
    json_int(w, INT64_MIN);
    json_uint(w, UINT64_MAX);
    json_bool(w, true);
    json_null(w);
    json_end(w);
    json_key(w, STR("b"));
    json_begin_object(w);
    json_end(w);
    json_key(w, STR("c"));
    json_raw(w, STR("[1]"));
    json_end(w);
}

static void commas_and_colons_are_put(void **state) {
    _cleanup_(buf_free) struct buf out = buf_new(4096);
    struct json_writer w = json_writer_new(&out, 0);
    write_sample(&w);
    assert_int_equal(json_finish(&w, NULL), 0);
    assert_str_equal(buf_view(&out),
                     STR("{\"a\":[-9223372036854775808,18446744073709551615,true,null],\"b\":{},\"c\":[1]}"));
}

static void indentation_is_by_level(void **state) {
    _cleanup_(buf_free) struct buf out = buf_new(4096);
    struct json_writer w = json_writer_new(&out, 2);
    write_sample(&w);
    assert_int_equal(json_finish(&w, NULL), 0);
    assert_str_equal(buf_view(&out),
                     STR("{\n  \"a\": [\n    -9223372036854775808,\n    18446744073709551615,\n    true,\n"
                         "    null\n  ],\n  \"b\": {},\n  \"c\": [1]\n}"));
}

static void strings_are_escaped(void **state) {
    static const struct {
        struct str in, out;
    } cases[] = {
        {STR("plain"), STR("\"plain\"")},
        {STR("\"\\\b\f\n\r\t"), STR("\"\\\"\\\\\\b\\f\\n\\r\\t\"")},
        {STR("\0\x1f\x7f"), STR("\"\\u0000\\u001f\\u007f\"")},
        {STR("\xc3\xa9\xf0\x9f\x98\x80"), STR("\"\xc3\xa9\xf0\x9f\x98\x80\"")},
        {STR("a\xff\xc3"), STR("\"a\xef\xbf\xbd\xef\xbf\xbd\"")},
        {STR("\xed\xa0\x80"), STR("\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"")},
        {STR(""), STR("\"\"")},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(buf_free) struct buf out = buf_new(4096);
        struct json_writer w = json_writer_new(&out, 0);
        json_str(&w, cases[i].in);
        assert_int_equal(json_finish(&w, NULL), 0);
        assert_str_equal(buf_view(&out), cases[i].out);
    }
}

/* A byte that has to be escaped is seen wherever it stands, in a value and in a key. */
static void escapes_are_seen_at_every_place(void **state) {
    static const char escaped[][2] = {"\"", "\\", "\x1f", "\t", "\x7f", "\x80", "\xff"};
    for (size_t k = 0; k < ARRAY_SIZE(escaped); k++) {
        for (size_t n = 1; n <= 20; n++) {
            for (size_t at = 0; at < n; at++) {
                char text[20];
                memset(text, at % 2 ? ' ' : '~', sizeof text);
                text[at] = escaped[k][0];
                _cleanup_(buf_free) struct buf out = buf_new(4096);
                struct json_writer w = json_writer_new(&out, 0);
                json_begin_object(&w);
                json_member_str(&w, str_n(text, n), str_n(text, n));
                json_end(&w);
                assert_int_equal(json_finish(&w, NULL), 0);
                struct str written = buf_view(&out);
                assert_true(written.n > 2 * n + 7);
                for (size_t i = 0; i < written.n && escaped[k][0] != '"' && escaped[k][0] != '\\'; i++) {
                    assert_int_not_equal(written.p[i], escaped[k][0]);
                }
            }
        }
    }
}

static void members_are_written_at_once(void **state) {
    static const char *const expected[] = {
        "{\"a\":\"x\",\"b\":null,\"\\u0001\":\"y\",\"c\":\"\\u0002\"}",
        "{\n  \"a\": \"x\",\n  \"b\": null,\n  \"\\u0001\": \"y\",\n  \"c\": \"\\u0002\"\n}"};
    for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
        for (size_t cap = 0; cap <= 64; cap++) {
            _cleanup_(buf_free) struct buf out = buf_new(cap);
            struct json_writer w = json_writer_new(&out, i ? 2 : 0);
            json_begin_object(&w);
            json_member_str(&w, STR("a"), STR("x"));
            json_member_text(&w, STR("left out"), STR(""));
            json_member_raw(&w, STR("b"), STR("null"));
            json_member_str(&w, STR("\x01"), STR("y"));
            json_member_text(&w, STR("c"), STR("\x02"));
            json_end(&w);
            if (json_finish(&w, NULL) == 0) {
                assert_str_equal(buf_view(&out), str_c(expected[i]));
            } else {
                assert_true(cap < strlen(expected[i]) + 8);
            }
        }
    }
}

static void doubles_stay_doubles(void **state) {
    _cleanup_(buf_free) struct buf out = buf_new(4096);
    struct json_writer w = json_writer_new(&out, 0);
    json_begin_array(&w);
    json_double(&w, 1);
    json_double(&w, 0.1);
    json_double(&w, -1e300);
    json_double(&w, INFINITY);
    json_double(&w, NAN);
    json_end(&w);
    assert_int_equal(json_finish(&w, NULL), 0);
    assert_str_equal(buf_view(&out), STR("[1.0,0.1,-1e+300,null,null]"));
}

/* RFC 4648 section 10. */
static void bytes_become_base64(void **state) {
    static const struct {
        struct str in, out;
    } cases[] = {
        {STR(""), STR("\"\"")},
        {STR("f"), STR("\"Zg==\"")},
        {STR("fo"), STR("\"Zm8=\"")},
        {STR("foo"), STR("\"Zm9v\"")},
        {STR("foob"), STR("\"Zm9vYg==\"")},
        {STR("fooba"), STR("\"Zm9vYmE=\"")},
        {STR("foobar"), STR("\"Zm9vYmFy\"")},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(buf_free) struct buf out = buf_new(4096);
        struct json_writer w = json_writer_new(&out, 0);
        struct doc d = {.kind = DOC_BYTES, .s = cases[i].in};
        json_write_doc(&w, &d);
        assert_str_equal(buf_view(&out), cases[i].out);
    }
}

static void what_json_lacks_has_a_form(void **state) {
    _cleanup_(buf_free) struct buf out = buf_new(4096);
    struct json_writer w = json_writer_new(&out, 0);
    struct doc unknown = {.kind = DOC_UNKNOWN, .s = STR("var.x")};
    struct doc time = {.kind = DOC_TIMESTAMP, .s = STR("1979-05-27")};
    json_begin_array(&w);
    json_write_doc(&w, &unknown);
    json_write_doc(&w, &time);
    json_write_doc(&w, NULL);
    json_end(&w);
    assert_str_equal(buf_view(&out), STR("[null,\"1979-05-27\",null]"));
}

static void too_deep_is_an_error_at_the_end(void **state) {
    _cleanup_(buf_free) struct buf out = buf_new(4096);
    struct json_writer w = json_writer_new(&out, 0);
    for (size_t i = 0; i <= LIMIT_DOC_DEPTH; i++) {
        json_begin_array(&w);
    }
    json_str(&w, STR("x"));
    for (size_t i = 0; i <= LIMIT_DOC_DEPTH; i++) {
        json_end(&w);
    }
    struct err err = ERR_NONE;
    assert_int_equal(json_finish(&w, &err), ERR_LIMIT);
    assert_string_equal(err.message, "JSON output nested more than 512 deep");
}

/* 2^40 strings if it were written out. */
static void a_shared_node_costs_no_more_than_the_cap(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
    _cleanup_(buf_free) struct buf out = buf_new(65536);
    const struct doc *d = doc_new_string(&arena, (struct doc_place){0}, STR("lol"));
    for (int level = 0; level < 40; level++) {
        const struct doc *twice[] = {d, d};
        d = doc_new_list(&arena, (struct doc_place){0}, twice, 2);
    }
    struct json_writer w = json_writer_new(&out, 0);
    json_write_doc(&w, d);
    assert_int_equal(json_finish(&w, NULL), ERR_MEMORY);
}

static void memory_may_end_anywhere(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(buf_free) struct buf out = buf_new(4096);
        struct json_writer w = json_writer_new(&out, 8);
        write_sample(&w);
        assert_int_equal(json_finish(&w, NULL), out.failed ? ERR_MEMORY : 0);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_and_colons_are_put),
        cmocka_unit_test(indentation_is_by_level),
        cmocka_unit_test(strings_are_escaped),
        cmocka_unit_test(escapes_are_seen_at_every_place),
        cmocka_unit_test(members_are_written_at_once),
        cmocka_unit_test(doubles_stay_doubles),
        cmocka_unit_test(bytes_become_base64),
        cmocka_unit_test(what_json_lacks_has_a_form),
        cmocka_unit_test(too_deep_is_an_error_at_the_end),
        cmocka_unit_test(a_shared_node_costs_no_more_than_the_cap),
        cmocka_unit_test(memory_may_end_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
