/* Cases from the TOML 1.0 specification, section by section. */
#include "doc/json_write.h"
#include "doc/toml.h"

#include "test.h"

#include <math.h>

static const struct doc *parse(struct arena *arena, const char *text) {
    const struct doc *d;
    struct err err = ERR_NONE;
    if (toml_parse(arena, str_c(text), &d, &err) < 0) {
        fail_msg("%s: %s", text, err.message);
    }
    return d;
}

/* Accepted texts, and the value of "v" (or of the whole when there is none) as JSON. */
static const struct {
    const char *text, *json;
} accepted[] = {
    {"", "{}"},
    {"# only\n\r\n\t# comments", "{}"},
    {"\xef\xbb\xbf"
     "a=1",
     "{\"a\":1}"},
    /* Keys */
    {"bare_key = 1\nbare-key = 2\n1234 = 3", "{\"bare_key\":1,\"bare-key\":2,\"1234\":3}"},
    {"\"127.0.0.1\" = 1\n\"\xca\x8e\" = 2\n'quoted \"value\"' = 3",
     "{\"127.0.0.1\":1,\"\xca\x8e\":2,\"quoted \\\"value\\\"\":3}"},
    {"\"\" = 1", "{\"\":1}"},
    {"site.\"google.com\" = true", "{\"site\":{\"google.com\":true}}"},
    {"fruit . color = 1\nfruit\t.flavor = 2", "{\"fruit\":{\"color\":1,\"flavor\":2}}"},
    {"fruit.apple.smooth = true\nfruit.orange = 2", "{\"fruit\":{\"apple\":{\"smooth\":true},\"orange\":2}}"},
    {"3.14159 = 1", "{\"3\":{\"14159\":1}}"},
    /* Strings */
    {"v = \"\\b\\t\\n\\f\\r\\\"\\\\\\u00E9\\U0001F600\"",
     "\"\\b\\t\\n\\f\\r\\\"\\\\\xc3\xa9\xf0\x9f\x98\x80\""},
    {"v = \"\"\"\nRoses\nViolets\"\"\"", "\"Roses\\nViolets\""},
    {"v = \"\"\"\\\n   The quick \\\n\n\n  brown \\  \n  fox.\\\n  \"\"\"", "\"The quick brown fox.\""},
    {"v = \"\"\"a\"\"b\"\"\"", "\"a\\\"\\\"b\""},
    {"v = \"\"\"\"x\"\"\"\"\"", "\"\\\"x\\\"\\\"\""},
    {"v = \"\"\"\"\"\"", "\"\""},
    {"v = \"\"\"\\\"\"\"\"", "\"\\\"\""},
    {"v = 'C:\\Users\\n'", "\"C:\\\\Users\\\\n\""},
    {"v = '''\nI [dw]on't\n'''", "\"I [dw]on't\\n\""},
    {"v = ''''x'''''", "\"'x''\""},
    {"v = ''", "\"\""},
    {"v = \"tab\there\"", "\"tab\\there\""},
    /* Integers */
    {"v = [+99, 42, 0, -17, +0, -0]", "[99,42,0,-17,0,0]"},
    {"v = [1_000, 5_349_221, 1_2_3_4_5]", "[1000,5349221,12345]"},
    {"v = [0xDEADBEEF, 0xdead_beef, 0o01234567, 0o755, 0b11010110]",
     "[3735928559,3735928559,342391,493,214]"},
    {"v = [9223372036854775807, -9223372036854775808, 0x7fffffffffffffff]",
     "[9223372036854775807,-9223372036854775808,9223372036854775807]"},
    /* Floats */
    {"v = [+1.0, 3.1415, -0.01, 5e+22, 1e06, -2E-2, 6.626e-34, 224_617.445_991_228]",
     "[1.0,3.1415,-0.01,5e+22,1000000.0,-0.02,6.626e-34,224617.445991228]"},
    {"v = 1e0_1", "10.0"},
    /* Booleans, dates and times */
    {"v = [true, false]", "[true,false]"},
    {"v = [1979-05-27T07:32:00Z, 1979-05-27t00:32:00-07:00, 1979-05-27 00:32:00.999999z]",
     "[\"1979-05-27T07:32:00Z\",\"1979-05-27t00:32:00-07:00\",\"1979-05-27 00:32:00.999999z\"]"},
    {"v = [1979-05-27T07:32:00, 1979-05-27, 07:32:00, 00:32:00.999]",
     "[\"1979-05-27T07:32:00\",\"1979-05-27\",\"07:32:00\",\"00:32:00.999\"]"},
    {"v = [2000-02-29, 2024-02-29]", "[\"2000-02-29\",\"2024-02-29\"]"},
    {"v = 1979-05-27 # a comment and no time", "\"1979-05-27\""},
    /* Arrays */
    {"v = [ [ 1, 2 ], [\"a\", 'b', \"\"\"c\"\"\"], { x = 1 } ]", "[[1,2],[\"a\",\"b\",\"c\"],{\"x\":1}]"},
    {"v = [\n  1, # one\n  2, # two\r\n]", "[1,2]"},
    {"v = []", "[]"},
    /* Tables */
    {"[a]\n[b]\nk = 1", "{\"a\":{},\"b\":{\"k\":1}}"},
    {"[dog.\"tater.man\"]\ntype.name = \"pug\"", "{\"dog\":{\"tater.man\":{\"type\":{\"name\":\"pug\"}}}}"},
    {"[ d . e ]\n[ g .  h  . 'i' ]", "{\"d\":{\"e\":{}},\"g\":{\"h\":{\"i\":{}}}}"},
    {"[x.y.z.w]\n[x]\nk = 1", "{\"x\":{\"y\":{\"z\":{\"w\":{}}},\"k\":1}}"},
    {"[fruit.apple]\n[animal]\n[fruit.orange]", "{\"fruit\":{\"apple\":{},\"orange\":{}},\"animal\":{}}"},
    {"[fruit]\napple.color = 1\n[fruit.apple.taste]\nsweet = true",
     "{\"fruit\":{\"apple\":{\"color\":1,\"taste\":{\"sweet\":true}}}}"},
    {"[a] # why\nb = 1 # because", "{\"a\":{\"b\":1}}"},
    /* Inline tables */
    {"v = { first = \"Tom\", last = 'P' }", "{\"first\":\"Tom\",\"last\":\"P\"}"},
    {"v = { type.name = \"pug\", type.age = 2 }", "{\"type\":{\"name\":\"pug\",\"age\":2}}"},
    {"v = {}", "{}"},
    /* Arrays of tables */
    {"[[v]]\na = 1\n[[v]]\n[[v]]\nb = 2", "[{\"a\":1},{},{\"b\":2}]"},
    {"[[v]]\nname = 1\n[v.physical]\ncolor = 2\n[[v.varieties]]\nn = 3\n[[v.varieties]]\nn = 4\n[[v]]\n"
     "[[v.varieties]]\nn = 5",
     "[{\"name\":1,\"physical\":{\"color\":2},\"varieties\":[{\"n\":3},{\"n\":4}]},{\"varieties\":[{\"n\":5}]"
     "}]"},
    /* 1.1 */
    {"v = { a = 1, # one\n b = 2,\n}", "{\"a\":1,\"b\":2}"},
    {"v = \"\\e\\x41\"", "\"\\u001bA\""},
    {"v = [07:32, 1979-05-27T07:32Z]", "[\"07:32\",\"1979-05-27T07:32Z\"]"},
};

static void the_specifications_texts_are_accepted(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(accepted); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
        _cleanup_(buf_free) struct buf out = buf_new(4096);
        const struct doc *d = parse(&arena, accepted[i].text), *v = doc_get(d, STR("v"));
        struct json_writer w = json_writer_new(&out, 0);
        json_write_doc(&w, v ? v : d);
        assert_str_equal(buf_view(&out), str_c(accepted[i].json));
    }
}

/* Refused texts and what is said. */
static const struct {
    struct str text;
    const char *message;
} refused[] = {
    {STR("key = # INVALID"), "line 1 column 7: expected a value, found '#'"},
    {STR("first = 1 last = 2"), "line 1 column 11: expected the end of the line, found 'l'"},
    {STR("= 1"), "line 1 column 1: expected a key, found '='"},
    {STR("a\n= 1"), "line 1 column 2: expected '=', found byte 0x0a"},
    {STR("a. = 1"), "line 1 column 4: expected a key, found '='"},
    {STR(".a = 1"), "line 1 column 1: expected a key, found '.'"},
    {STR("\"\"\"a\"\"\" = 1"), "line 1 column 3: expected '=', found '\"'"},
    {STR("a = 1\na = 2"), "line 2 column 1: \"a\" is defined twice"},
    {STR("a = 1\n\"a\" = 2"), "line 2 column 1: \"a\" is defined twice"},
    {STR("fruit.apple = 1\nfruit.apple.smooth = true"),
     "line 2 column 7: \"apple\" is defined already; dotted keys can't add to it"},
    {STR("[fruit]\n[fruit]"), "line 2 column 2: \"fruit\" is defined twice"},
    {STR("[fruit]\napple = 1\n[fruit.apple]"), "line 3 column 8: \"apple\" is defined twice"},
    {STR("[fruit]\napple = 1\n[fruit.apple.x]"),
     "line 3 column 8: \"apple\" is a value already, not a table"},
    {STR("[fruit]\napple.color = 1\n[fruit.apple]"), "line 3 column 8: \"apple\" is defined twice"},
    {STR("[a.b.c]\nz = 9\n[a]\nb.c.t = 1"),
     "line 4 column 3: \"c\" is defined already; dotted keys can't add to it"},
    {STR("[product]\ntype = { name = 1 }\ntype.edible = false"),
     "line 3 column 1: \"type\" is defined already; dotted keys can't add to it"},
    {STR("[product]\ntype.name = 1\ntype = {}"), "line 3 column 1: \"type\" is defined twice"},
    {STR("a = { b = 1, b = 2 }"), "line 1 column 14: \"b\" is defined twice"},
    {STR("a = { b = {}, b.c = 2 }"),
     "line 1 column 15: \"b\" is defined already; dotted keys can't add to it"},
    {STR("fruit = []\n[[fruit]]"),
     "line 2 column 3: \"fruit\" is defined already and not as an array of tables"},
    {STR("[[fruit]]\n[fruit]"), "line 2 column 2: \"fruit\" is defined twice"},
    {STR("[fruit.physical]\n[[fruit]]"),
     "line 2 column 3: \"fruit\" is defined already and not as an array of tables"},
    {STR("[[f]]\n[[f.v]]\n[f.v]"), "line 3 column 4: \"v\" is defined twice"},
    {STR("[]"), "line 1 column 2: expected a key, found ']'"},
    {STR("[a.]"), "line 1 column 4: expected a key, found ']'"},
    {STR("[a"), "line 1 column 3: expected ']', found the end of the text"},
    {STR("[[a] ]"), "line 1 column 5: expected ']', found byte 0x20"},
    {STR("[a] b = 1"), "line 1 column 5: expected the end of the line, found 'b'"},
    {STR("a = \"x"), "line 1 column 7: the string has no end"},
    {STR("a = \"x\ny\""), "line 1 column 7: the string has no end on its line"},
    {STR("a = \"\\z\""), "line 1 column 6: no such escape"},
    {STR("a = \"\"\"\n\n  \\u12 \"\"\""), "line 3 column 3: no such escape"},
    {STR("a = \"\\uD800\""), "line 1 column 6: no such escape"},
    {STR("a = \"\\U00110000\""), "line 1 column 6: no such escape"},
    {STR("a = \"\"\"\\  x\"\"\""), "line 1 column 8: no such escape"},
    {STR("a = \"\x01\""), "line 1 column 6: byte 0x01 must be escaped in a string"},
    {STR("a = '''\n\x7f'''"), "line 2 column 1: byte 0x7f must be escaped in a string"},
    {STR("a = '''\n\r'''"), "line 2 column 1: the string has no end on its line"},
    {STR("a = 1 # \x01"), "line 1 column 9: byte 0x01 in a comment"},
    {STR("a = 1 # \r"), "line 1 column 9: byte 0x0d in a comment"},
    {STR("a = 1\rb = 2"), "line 1 column 6: expected the end of the line, found byte 0x0d"},
    {STR("# \xff"), "line 1 column 3: byte 0xff is not UTF-8"},
    {STR("\n# \xed\xa0\x80"), "line 2 column 3: byte 0xed is not UTF-8"},
    {STR("a = 9223372036854775808"),
     "line 1 column 5: \"9223372036854775808\" is no value (a number must fit 64 bits)"},
    {STR("a = True"), "line 1 column 5: \"True\" is no value (a number must fit 64 bits)"},
    {STR("a = 1979-02-30"), "line 1 column 5: \"1979-02-30\" is no date or time"},
    {STR("a = [1, 2"), "line 1 column 10: expected ',' or ']', found the end of the text"},
    {STR("a = [1,,2]"), "line 1 column 8: expected a value, found ','"},
    {STR("a = { b = 1"), "line 1 column 12: expected ',' or '}', found the end of the text"},
    {STR("a = { , }"), "line 1 column 7: expected a key, found ','"},
};

static void errors_say_where(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
        const struct doc *d;
        struct err err = ERR_NONE;
        if (toml_parse(&arena, refused[i].text, &d, &err) != ERR_INPUT) {
            fail_msg("%.*s: was accepted", STR_ARG(refused[i].text));
        }
        assert_string_equal(err.message, refused[i].message);
        assert_null(d);
    }
}

static void wrong_scalars_are_refused(void **state) {
    static const char *const scalars[] = {
        "01",
        "+01",
        "1__0",
        "_1",
        "1_",
        "0x",
        "0x_1",
        "0x1_",
        "+0x1",
        "0b2",
        "0o8",
        "0xg",
        ".7",
        "7.",
        "3.e+20",
        "1.e5",
        "1e",
        "1e+",
        "1_.0",
        "1._0",
        "1e_1",
        "00.1",
        "++1",
        "+-1",
        "Inf",
        "NaN",
        "+true",
        "infinity",
        "0X1",
        "--1",
        "1979-13-01",
        "1979-00-01",
        "1979-01-00",
        "1979-1-1",
        "1900-02-29",
        "25:00:00",
        "24:00:00",
        "07:60:00",
        "07:32:61",
        "07:32:00.",
        "07",
        "7:32:00",
        "07:32:00Z",
        "1979-05-27T",
        "1979-05-27T07:32:00+25:00",
        "1979-05-27T07:32:00+07",
        "1979-05-27x07:32:00",
        "1979-05-27Z",
        "1979-05-27  07:32:00",
        "0b",
        "0o",
        "-9223372036854775809",
        "0x8000000000000000",
    };
    for (size_t i = 0; i < ARRAY_SIZE(scalars); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
        const struct doc *d;
        const char *text = arena_printf(&arena, "v = %s", scalars[i]);
        assert_non_null(text);
        if (toml_parse(&arena, str_c(text), &d, NULL) != ERR_INPUT) {
            fail_msg("%s was accepted", text);
        }
    }
}

static void infinities_and_nan_are_doubles(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
    const struct doc *v = doc_get(parse(&arena, "v = [inf, +inf, -inf, nan, -nan]"), STR("v"));
    assert_true(isinf(doc_at(v, 0)->d) && doc_at(v, 0)->d > 0);
    assert_true(isinf(doc_at(v, 1)->d) && doc_at(v, 1)->d > 0);
    assert_true(isinf(doc_at(v, 2)->d) && doc_at(v, 2)->d < 0);
    assert_true(isnan(doc_at(v, 3)->d) && isnan(doc_at(v, 4)->d));
}

static void places_are_those_of_the_text(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
    const struct doc *d = parse(&arena, "a = \"\"\"\n\n\"\"\" # x\r\n[b]\n  c . d = [\n 7]\n[[e]]\n");
    assert_int_equal(doc_member(d, STR("b"))->at.line, 4);
    assert_int_equal(doc_get(d, STR("b"))->at.column, 2);
    assert_int_equal(doc_path(d, "b.c.d.0")->at.line, 6);
    assert_int_equal(doc_path(d, "b.c.d.0")->at.column, 2);
    assert_int_equal(doc_member(doc_path(d, "b.c"), STR("d"))->at.column, 7);
    assert_int_equal(doc_path(d, "b.c.d")->at.column, 11);
    assert_int_equal(doc_path(d, "e.0")->at.line, 7);
}

static void kinds_of_times_are_timestamps(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
    assert_true(doc_is(doc_get(parse(&arena, "v = 1979-05-27"), STR("v")), DOC_TIMESTAMP));
    assert_true(doc_is(doc_get(parse(&arena, "v = '1979-05-27'"), STR("v")), DOC_STRING));
}

static void large_tables_find_their_keys(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 24);
    _cleanup_(buf_free) struct buf text = buf_new(1 << 20);
    for (int i = 0; i < 2000; i++) {
        buf_printf(&text, "k%d = %d\n", i, i);
    }
    const struct doc *d;
    struct err err = ERR_NONE;
    assert_int_equal(toml_parse(&arena, buf_view(&text), &d, &err), 0);
    for (int i = 0; i < 2000; i++) {
        assert_int_equal(doc_path(d, arena_printf(&arena, "k%d", i))->i, i);
    }
    buf_c(&text, "k1234 = 1\n");
    assert_int_equal(toml_parse(&arena, buf_view(&text), &d, &err), ERR_INPUT);
    assert_string_equal(err.message, "line 2001 column 1: \"k1234\" is defined twice");
}

static void assert_too_deep(const char *before, const char *step, size_t n) {
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 24);
    _cleanup_(buf_free) struct buf text = buf_new(1 << 22);
    const struct doc *d;
    struct err err = ERR_NONE;
    buf_c(&text, before);
    for (size_t i = 0; i < n; i++) {
        buf_c(&text, step);
    }
    assert_int_equal(toml_parse(&arena, buf_view(&text), &d, &err), ERR_LIMIT);
    assert_non_null(strstr(err.message, "nested more than 512 deep"));
}

static void depth_has_a_limit(void **state) {
    assert_too_deep("a = ", "[", 100000);
    assert_too_deep("a = ", "{a=", 100000);
    assert_too_deep("[", "a.", 100000);
    assert_too_deep("[[", "a.", 100000);
    assert_too_deep("", "a.", 100000);
}

static void memory_may_end_anywhere(void **state) {
    static const char text[] =
        "a.b = [1, 1_0, \"\\n\", {x = 1e300}]\n[c]\n[[d.e]]\nk1=1\nk2=1\nk3=1\nk4=1\nk5=1\n"
        "k6=1\nk7=1\nk8=1\nk9=1\nk10=1\n[[d.e]]\n[d.e.f]\n";
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
        const struct doc *d;
        struct err err = ERR_NONE;
        int rc = toml_parse(&arena, str_c(text), &d, &err);
        assert_true(rc == 0 || rc == ERR_MEMORY);
        assert_true((rc == 0) == (d != NULL));
    });
    for (size_t cap = 0; cap < 3000; cap += 16) {
        _cleanup_(arena_free) struct arena arena = arena_new(cap);
        const struct doc *d;
        int rc = toml_parse(&arena, str_c(text), &d, NULL);
        assert_true(rc == 0 || rc == ERR_MEMORY);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_specifications_texts_are_accepted),
        cmocka_unit_test(errors_say_where),
        cmocka_unit_test(wrong_scalars_are_refused),
        cmocka_unit_test(infinities_and_nan_are_doubles),
        cmocka_unit_test(places_are_those_of_the_text),
        cmocka_unit_test(kinds_of_times_are_timestamps),
        cmocka_unit_test(large_tables_find_their_keys),
        cmocka_unit_test(depth_has_a_limit),
        cmocka_unit_test(memory_may_end_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
