#include "base/limits.h"
#include "doc/json_write.h"
#include "doc/yaml.h"

#include "test.h"

#include <math.h>

static const struct doc *parse(struct arena *arena, const char *text) {
    const struct doc **docs;
    size_t n;
    struct err err = ERR_NONE;
    if (yaml_parse(arena, str_c(text), &docs, &n, &err) < 0) {
        fail_msg("%s: %s", text, err.message);
    }
    assert_int_equal(n, 1);
    return docs[0];
}

static void assert_refused(struct str text, int code, const char *message) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    const struct doc **docs;
    size_t n;
    struct err err = ERR_NONE;
    int rc = yaml_parse(&arena, text, &docs, &n, &err);
    if (rc != code) {
        fail_msg("%.*s: %d instead of %d", (int)MIN(text.n, (size_t)200), text.p, rc, code);
    }
    assert_string_equal(err.message, message);
    assert_int_equal(n, 0);
}

/* YAML 1.2.2 section 10.3.2, the table of the core schema and its examples. */
static void scalars_follow_the_core_schema(void **state) {
    static const struct {
        const char *text;
        enum doc_kind kind;
        double number;
    } cases[] = {
        {"null", DOC_NULL, 0},
        {"Null", DOC_NULL, 0},
        {"NULL", DOC_NULL, 0},
        {"~", DOC_NULL, 0},
        {"nULL", DOC_STRING, 0},
        {"true", DOC_BOOL, 0},
        {"False", DOC_BOOL, 0},
        {"TRUE", DOC_BOOL, 0},
        {"tRUE", DOC_STRING, 0},
        {"yes", DOC_STRING, 0},
        {"on", DOC_STRING, 0},
        {"0", DOC_INT, 0},
        {"-19", DOC_INT, -19},
        {"+12", DOC_INT, 12},
        {"0o7", DOC_INT, 7},
        {"0x3A", DOC_INT, 58},
        {"0644", DOC_INT, 644},
        {"0o8", DOC_STRING, 0},
        {"-0x1", DOC_STRING, 0},
        {"1_000", DOC_STRING, 0},
        {"9223372036854775807", DOC_INT, 0x1p63},
        {"9223372036854775808", DOC_UINT, 0x1p63},
        {"18446744073709551616", DOC_DOUBLE, 0x1p64},
        {"0.", DOC_DOUBLE, 0},
        {"-0.0", DOC_DOUBLE, 0},
        {".5", DOC_DOUBLE, 0.5},
        {"+12e03", DOC_DOUBLE, 12000},
        {"-2E+05", DOC_DOUBLE, -2e5},
        {"1e", DOC_STRING, 0},
        {".", DOC_STRING, 0},
        {"+", DOC_STRING, 0},
        {"-.inf", DOC_DOUBLE, -INFINITY},
        {".Inf", DOC_DOUBLE, INFINITY},
        {"+.INF", DOC_DOUBLE, INFINITY},
        {".iNF", DOC_STRING, 0},
        {"1.2.3", DOC_STRING, 0},
        {"2001-12-14", DOC_STRING, 0},
        {"'1'", DOC_STRING, 0},
        {"\"true\"", DOC_STRING, 0},
        {"!!str 1", DOC_STRING, 0},
        {"!!int '7'", DOC_INT, 7},
        {"!!float 1", DOC_DOUBLE, 1},
        {"!!null ''", DOC_NULL, 0},
        {"! 1", DOC_STRING, 0},
        {"!local 1", DOC_STRING, 0},
        {"!!timestamp 2001-12-14", DOC_TIMESTAMP, 0},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        const struct doc *d = doc_get(parse(&arena, arena_printf(&arena, "v: %s", cases[i].text)), STR("v"));
        if (d->kind != cases[i].kind) {
            fail_msg("%s is %s", cases[i].text, doc_kind_name(d->kind));
        }
        if (d->kind == DOC_INT || d->kind == DOC_UINT || d->kind == DOC_DOUBLE) {
            double number = d->kind == DOC_DOUBLE ? d->d : d->kind == DOC_INT ? (double)d->i : (double)d->u;
            assert_true(number == cases[i].number);
        }
    }
}

static void nan_is_a_double(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    const struct doc *d = parse(&arena, ".nan");
    assert_true(doc_is(d, DOC_DOUBLE) && isnan(d->d));
}

static void single_quotes_are_decoded(void **state) {
    static const struct {
        const char *text;
        struct str value;
    } cases[] = {
        {"''", STR("")},
        {"'x'", STR("x")},
        {"''''", STR("'")},
        {"'it''s \\n'", STR("it's \\n")},
        {"'a''b''c''d''e''f''g'''", STR("a'b'c'd'e'f'g'")},
        {"''''''''''''''", STR("''''''")},
        {"'a\n  b\n\n  c'", STR("a b\nc")},
        {"'a ''b'' c\n  ''d'' e\n  ''f'' ''g'''", STR("a 'b' c 'd' e 'f' 'g'")},
        {"'a\r\n  b\r\n\r\n  c'", STR("a b\nc")},
        /* YAML 1.2.2, example 7.9, in a list */
        {"' 1st non-empty\n\n 2nd non-empty \n \t3rd non-empty '",
         STR(" 1st non-empty\n2nd non-empty 3rd non-empty ")},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        const struct doc *d = parse(&arena, arena_printf(&arena, "- %s", cases[i].text));
        assert_str_equal(doc_str(doc_at(d, 0)), cases[i].value);
    }
}

/* RFC 4648 section 10. */
static void binary_is_bytes(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    const struct doc *d = doc_get(parse(&arena, "v: !!binary |\n  Zm9v\n  YmE=\n"), STR("v"));
    assert_true(doc_is(d, DOC_BYTES));
    assert_str_equal(d->s, STR("fooba"));
}

static void a_stream_may_hold_many_documents(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    const struct doc **docs;
    size_t n;
    assert_int_equal(yaml_parse(&arena, STR("a: 1\n---\n# nothing\n---\n- b\n...\n"), &docs, &n, NULL), 0);
    assert_int_equal(n, 3);
    assert_int_equal(doc_get(docs[0], STR("a"))->i, 1);
    assert_true(doc_is(docs[1], DOC_NULL));
    assert_str_equal(doc_str(doc_at(docs[2], 0)), STR("b"));
    assert_int_equal(doc_at(docs[2], 0)->at.line, 5);
    assert_int_equal(yaml_parse(&arena, STR("# nothing\n"), &docs, &n, NULL), 0);
    assert_int_equal(n, 0);
    assert_int_equal(yaml_parse(&arena, STR(""), &docs, &n, NULL), 0);
    assert_int_equal(n, 0);
}

static void places_count_lines_and_bytes(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    const struct doc *d = parse(
        &arena, "\xef\xbb\xbf# c\r\n\xc3\xa9: x\nlist:\n  - one\n  - {\xc3\xa9: 1, b: [2]}\nt: |\n  z\n");
    assert_int_equal(doc_get(d, STR("\xc3\xa9"))->at.line, 2);
    assert_int_equal(doc_get(d, STR("\xc3\xa9"))->at.column, 5);
    assert_int_equal(doc_member(d, STR("list"))->at.line, 3);
    assert_int_equal(doc_member(d, STR("list"))->at.column, 1);
    assert_int_equal(doc_path(d, "list.0")->at.line, 4);
    assert_int_equal(doc_path(d, "list.0")->at.column, 5);
    assert_int_equal(doc_path(d, "list.1.b.0")->at.column, 17);
    assert_int_equal(doc_path(d, "t")->at.line, 7); /* where the text of a block scalar begins */
}

/* What libfyaml 0.7.12 frees twice; in scalars such tabs stay. */
static void tabs_in_front_of_indicators_are_spaces(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    assert_refused(STR("? a:\t|\n"), ERR_INPUT, "line 1 column 3: a list or map as key");
    assert_refused(STR("? - a\n  - b:\t|\n"), ERR_INPUT, "line 1 column 3: a list or map as key");
    const struct doc *d =
        parse(&arena, "a: |\n  b:\t|\nc: \"x:\t- y\"\nd: 'x:\t? y'\ne:\t|\n  f:\t\t> g\n# h:\t- i\n");
    assert_str_equal(doc_str(doc_get(d, STR("a"))), STR("b:\t|\n"));
    assert_str_equal(doc_str(doc_get(d, STR("c"))), STR("x:\t- y"));
    assert_str_equal(doc_str(doc_get(d, STR("d"))), STR("x:\t? y"));
    assert_str_equal(doc_str(doc_get(d, STR("e"))), STR("f:\t\t> g\n"));
}

static void comments_have_places(void **state) {
    static const struct {
        uint32_t line, column;
        const char *text;
        bool is_alone;
    } expected[] = {
        {1, 4, "# head", true},   {3, 10, "# one", false},  {4, 4, "#two", false}, {6, 3, "# in", true},
        {8, 6, "# block", false}, {10, 1, "# after", true}, {12, 1, "#", true},    {13, 5, "# start", false},
    };
    struct str text = STR("   # head\r\n"
                          "---\n"
                          "a: 'x#'  # one\r\n"
                          "b: #two\n"
                          "c#: [d#e, \" # no\",\n"
                          "  # in\n"
                          "  f]\n"
                          "g: | # block\n"
                          "  # text\n"
                          "# after\n"
                          "h: &i#j k\n"
                          "#\n"
                          "--- # start\n"
                          "l: *i\n");
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct yaml_stream stream;
    /* The alias needs its anchor in its own document. */
    struct str good = str_sub(text, 0, text.n - 6);
    assert_int_equal(yaml_read(&arena, text, YAML_CORE, &stream, NULL), ERR_INPUT);
    assert_int_equal(stream.n_comments, 0);
    assert_int_equal(yaml_read(&arena, good, YAML_CORE, &stream, NULL), 0);
    assert_int_equal(stream.n, 2);
    assert_int_equal(stream.starts[0].line, 2);
    assert_int_equal(stream.starts[1].line, 13);
    assert_int_equal(stream.n_comments, ARRAY_SIZE(expected));
    for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
        const struct yaml_comment *c = &stream.comments[i];
        assert_str_equal(c->text, str_c(expected[i].text));
        assert_int_equal(c->at.line, expected[i].line);
        assert_int_equal(c->at.column, expected[i].column);
        assert_int_equal(c->is_alone, expected[i].is_alone);
        assert_ptr_equal(good.p + c->span.from, c->text.p);
        assert_int_equal(c->span.to - c->span.from, c->text.n);
    }
}

/* Values by sigs.k8s.io/yaml 1.6.0. */
static void scalars_mean_what_kubernetes_takes_them_for(void **state) {
    static const struct {
        const char *text;
        enum doc_kind kind;
        int64_t value;
    } rows[] = {
        {"y", DOC_BOOL, 1},          {"Yes", DOC_BOOL, 1},        {"YES", DOC_BOOL, 1},
        {"on", DOC_BOOL, 1},         {"n", DOC_BOOL, 0},          {"no", DOC_BOOL, 0},
        {"Off", DOC_BOOL, 0},        {"OFF", DOC_BOOL, 0},        {"yEs", DOC_STRING, 0},
        {"oN", DOC_STRING, 0},       {"true", DOC_BOOL, 1},       {"0644", DOC_INT, 420},
        {"0o644", DOC_INT, 420},     {"-0644", DOC_INT, -420},    {"0b11", DOC_INT, 3},
        {"0x1F", DOC_INT, 31},       {"1_000", DOC_INT, 1000},    {"0_7", DOC_INT, 7},
        {"08", DOC_INT, 8},          {"+1", DOC_INT, 1},          {"1:20", DOC_STRING, 0},
        {"'yes'", DOC_STRING, 0},    {"!!str no", DOC_STRING, 0}, {"0", DOC_INT, 0},
        {"_1", DOC_STRING, 0},       {"", DOC_NULL, 0},           {"0b", DOC_STRING, 0},
        {"\"0644\"", DOC_STRING, 0},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        const struct doc **docs;
        size_t n;
        const char *text = arena_printf(&arena, "a: %s\n", rows[i].text);
        assert_int_equal(yaml_parse_kubernetes(&arena, str_c(text), &docs, &n, NULL), 0);
        const struct doc *d = doc_get(docs[0], STR("a"));
        if (d->kind != rows[i].kind || (d->kind == DOC_INT && d->i != rows[i].value) ||
            (d->kind == DOC_BOOL && d->b != rows[i].value)) {
            fail_msg("%s: kind %d", rows[i].text, (int)d->kind);
        }
    }
}

static void comments_need_memory(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct yaml_stream stream;
        int rc = yaml_read(&arena, STR("a: 1 # b\n# c\nd:\t|\n"), YAML_TAGGED, &stream, NULL);
        assert_true(rc == ERR_MEMORY || (rc == 0 && stream.n_comments == 2));
    });
}

static void an_alias_shares_its_node(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    const struct doc *d = parse(&arena, "a: &x [1]\nb: *x\nc: &x 2\nd: *x\n&k key: 1\nf: *k\n");
    assert_ptr_equal(doc_get(d, STR("a")), doc_get(d, STR("b")));
    assert_int_equal(doc_get(d, STR("d"))->i, 2);
    assert_str_equal(doc_str(doc_get(d, STR("f"))), STR("key"));
}

static void alias_as_key_is_its_text(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    const struct doc *d = parse(&arena, "a: &x 0x10\n*x : b\n");
    assert_str_equal(doc_str(doc_get(d, STR("0x10"))), STR("b"));
}

static void merge_keys_merge(void **state) {
    static const struct {
        const char *text, *json;
    } cases[] = {
        {"- &a {x: 1, y: 2}\n- {<<: *a, y: 3}", "{\"x\":1,\"y\":3}"},
        {"- &a {x: 1, y: 2}\n- {y: 3, <<: *a}", "{\"x\":1,\"y\":3}"},
        {"- &a {x: 1}\n- {<<: [*a, {x: 2, z: 4}]}", "{\"z\":4,\"x\":1}"},
        {"- 0\n- {<<: {a: 1}, <<: {b: 2}}", "{\"b\":2,\"a\":1}"},
        {"- 0\n- {'<<': 1}", "{\"<<\":1}"},
        {"- 0\n- {<<: []}", "{}"},
        {"- 0\n- {a: {<<: {b: 1}}, <<: {c: 2}}", "{\"c\":2,\"a\":{\"b\":1}}"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        _cleanup_(buf_free) struct buf out = buf_new(4096);
        struct json_writer w = json_writer_new(&out, 0);
        json_write_doc(&w, doc_at(parse(&arena, cases[i].text), 1));
        assert_str_equal(buf_view(&out), str_c(cases[i].json));
    }
}

static void own_tags_can_be_kept(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    const struct doc **docs;
    size_t n;
    struct str text = STR("a: !Ref x\nb: !Sub [y, {z: !GetAtt q.r}]\nc: !!str 1\n");
    assert_int_equal(yaml_parse_tagged(&arena, text, &docs, &n, NULL), 0);
    assert_str_equal(doc_str(doc_path(docs[0], "a.!Ref")), STR("x"));
    assert_str_equal(doc_str(doc_path(docs[0], "b.!Sub.1.z.!GetAtt")), STR("q.r"));
    assert_str_equal(doc_str(doc_path(docs[0], "c")), STR("1"));
    assert_str_equal(doc_str(doc_get(parse(&arena, text.p), STR("a"))), STR("x"));
}

static void errors_say_where(void **state) {
    static const struct {
        struct str text;
        const char *message;
    } cases[] = {
        {STR("a: 1\nb:\n  c: 1\n  \"c\": 2\n"), "line 4 column 3: key \"c\" stands twice in one map"},
        {STR("a: &x [*x]"), "line 1 column 8: alias \"*x\" stands inside its own anchor"},
        {STR("a: &x {b: {c: *x}}"), "line 1 column 15: alias \"*x\" stands inside its own anchor"},
        {STR("a: *y"), "line 1 column 4: alias \"*y\" has no anchor in front of it"},
        {STR("a: &x 1\n---\nb: *x"), "line 3 column 4: alias \"*x\" has no anchor in front of it"},
        {STR("[a]: b"), "line 1 column 1: a list or map as key"},
        {STR("<<: 1"), "line 1 column 5: \"<<\" wants a map or a list of maps"},
        {STR("<<: [1]"), "line 1 column 6: \"<<\" wants maps in its list"},
        {STR("a: !!int x"), "line 1 column 10: the value is no int"},
        {STR("a: 1\nb: \0"), "line 2 column 4: byte 0x00 must be escaped"},
        {STR("a: \"\x01\""), "line 1 column 5: byte 0x01 must be escaped"},
        {STR("# \xff"), "line 1 column 3: byte 0xff is not UTF-8"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_refused(cases[i].text, ERR_INPUT, cases[i].message);
    }
}

/* libfyaml's words, our form. */
static void syntax_errors_have_a_line(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    const struct doc **docs;
    size_t n;
    struct err err = ERR_NONE;
    assert_int_equal(yaml_parse(&arena, STR("a: 1\nb: [1\nc: 2\n"), &docs, &n, &err), ERR_INPUT);
    assert_true(str_starts(str_c(err.message), STR("line ")));
    assert_int_equal(yaml_parse(&arena, STR("a: \"x\n"), &docs, &n, &err), ERR_INPUT);
    assert_true(str_starts(str_c(err.message), STR("line ")));
}

static void assert_text_refused(const char *before, const char *step, size_t n, int code,
                                const char *message) {
    _cleanup_(buf_free) struct buf text = buf_new(16 * MIB);
    buf_c(&text, before);
    for (size_t i = 0; i < n; i++) {
        buf_c(&text, step);
    }
    assert_refused(buf_view(&text), code, message);
}

static void depth_has_a_limit(void **state) {
    assert_text_refused("", "[", 100000, ERR_LIMIT, "line 1 column 513: nested more than 512 deep");
    assert_text_refused("", "{a: ", 100000, ERR_LIMIT, "line 1 column 2049: nested more than 512 deep");
    assert_text_refused("", "- ", 100000, ERR_LIMIT, "line 1 column 1025: nested more than 512 deep");
    assert_text_refused("", "{", 100000, ERR_INPUT, "line 1 column 2: a list or map as key");
}

/* 300 levels, shared inside 300 more. */
static void shared_depth_counts_too(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    char deep[301], closed[301];
    memset(deep, '[', 300);
    memset(closed, ']', 300);
    deep[300] = closed[300] = 0;
    struct str text = arena_strf(&arena, "- &x %s%s\n- %s*x%s\n", deep, closed, deep, closed);
    assert_refused(text, ERR_LIMIT, "line 2 column 303: nested more than 512 deep");
}

static void an_alias_bomb_costs_nothing(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    _cleanup_(buf_free) struct buf text = buf_new(MIB);
    buf_c(&text, "a0: &a0 [lol, lol]\n");
    for (int i = 1; i < 100; i++) {
        buf_printf(&text, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1, i - 1, i - 1);
    }
    buf_byte(&text, 0);
    const struct doc *d = parse(&arena, (const char *)text.p);
    assert_int_equal(doc_count(d), 100);
    assert_true(arena.used < 64 * KIB);
}

static void many_anchors_are_read(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    _cleanup_(buf_free) struct buf text = buf_new(16 * MIB);
    for (int i = 0; i < 100000; i++) {
        buf_printf(&text, "- &a%d x\n- *a%d\n", i, i);
    }
    buf_byte(&text, 0);
    assert_int_equal(doc_count(parse(&arena, (const char *)text.p)), 200000);
}

static void a_merge_bomb_is_refused(void **state) {
    _cleanup_(buf_free) struct buf text = buf_new(MIB);
    buf_c(&text, "- &m\n");
    for (int i = 0; i < 2000; i++) {
        buf_printf(&text, "  k%d: 1\n", i);
    }
    buf_c(&text, "- {<<: [*m");
    for (int i = 0; i < 2000; i++) {
        buf_c(&text, ", *m");
    }
    buf_c(&text, "]}\n");
    assert_refused(buf_view(&text), ERR_LIMIT,
                   "line 2002 column 3: merge keys copy more than 1000000 members");
}

static void what_libfyaml_has_no_bounds_for_is_refused(void **state) {
    assert_text_refused("[", "a, ", 250001, ERR_LIMIT,
                        "line 1 column 1: more than 250000 commas and brackets in one line");
    assert_text_refused("", "%TAG !a! tag:a,2000:\n", 1001, ERR_LIMIT,
                        "line 1001 column 1: more than 1000 %TAG lines");
}

static void very_long_lines_are_read(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    _cleanup_(buf_free) struct buf text = buf_new(16 * MIB);
    buf_c(&text, "a: ");
    for (int i = 0; i < 1000000; i++) {
        buf_c(&text, "x y ");
    }
    buf_byte(&text, 0);
    assert_int_equal(doc_str(doc_get(parse(&arena, (const char *)text.p), STR("a"))).n, 3999999);
}

static void memory_may_end_anywhere(void **state) {
    static const char text[] = "a: &x [1, 1e300, \"\\n\", !!binary aGk=]\nb: {<<: {c: 1}, d: *x}\n";
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
        const struct doc **docs;
        size_t n;
        struct err err = ERR_NONE;
        int rc = yaml_parse_tagged(&arena, str_c(text), &docs, &n, &err);
        assert_true(rc == 0 || rc == ERR_MEMORY);
        assert_true((rc == 0) == (n == 1));
    });
    for (size_t cap = 0; cap < 3000; cap += 16) {
        _cleanup_(arena_free) struct arena arena = arena_new(cap);
        const struct doc **docs;
        size_t n;
        int rc = yaml_parse_tagged(&arena, str_c(text), &docs, &n, NULL);
        assert_true(rc == 0 || rc == ERR_MEMORY);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_follow_the_core_schema),
        cmocka_unit_test(nan_is_a_double),
        cmocka_unit_test(single_quotes_are_decoded),
        cmocka_unit_test(binary_is_bytes),
        cmocka_unit_test(a_stream_may_hold_many_documents),
        cmocka_unit_test(places_count_lines_and_bytes),
        cmocka_unit_test(tabs_in_front_of_indicators_are_spaces),
        cmocka_unit_test(comments_have_places),
        cmocka_unit_test(scalars_mean_what_kubernetes_takes_them_for),
        cmocka_unit_test(comments_need_memory),
        cmocka_unit_test(an_alias_shares_its_node),
        cmocka_unit_test(alias_as_key_is_its_text),
        cmocka_unit_test(merge_keys_merge),
        cmocka_unit_test(own_tags_can_be_kept),
        cmocka_unit_test(errors_say_where),
        cmocka_unit_test(syntax_errors_have_a_line),
        cmocka_unit_test(depth_has_a_limit),
        cmocka_unit_test(shared_depth_counts_too),
        cmocka_unit_test(an_alias_bomb_costs_nothing),
        cmocka_unit_test(many_anchors_are_read),
        cmocka_unit_test(a_merge_bomb_is_refused),
        cmocka_unit_test(what_libfyaml_has_no_bounds_for_is_refused),
        cmocka_unit_test(very_long_lines_are_read),
        cmocka_unit_test(memory_may_end_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
