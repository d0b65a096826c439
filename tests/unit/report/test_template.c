#include "report/template/template.h"

#include "base/limits.h"
#include "doc/json.h"
#include "test.h"

#define HEAD                                                                                                 \
    "{\"summary\": {\"open\": 2, \"ratio\": 0.5}, \"target\": {\"name\": \"a<b>&\\\"'\"},"                   \
    " \"fixes\": [{\"to\": \"1.2\"}, {\"to\": null}], \"tool\": {\"x\": 1, \"y\": 2}}"
#define FINDINGS "[{\"rule\": \"A\", \"open\": true}, {\"rule\": \"=B\", \"open\": false}]"

struct lists {
    const struct doc *findings;
    size_t asked;
};

static int item(void *ctx, enum template_list list, size_t i, struct arena *arena, const struct doc **out,
                struct err *err) {
    struct lists *lists = ctx;
    lists->asked++;
    *out = list == TEMPLATE_FINDINGS ? doc_at(lists->findings, i) : NULL;
    return 0;
}

static int write_out(struct arena *arena, struct str text, struct buf *out, struct err *err) {
    const struct template *t;
    struct lists lists = {0};
    struct template_data data = {.item = item, .ctx = &lists};
    int r = json_parse(arena, STR(HEAD), &data.head, err);
    r = r == 0 ? json_parse(arena, STR(FINDINGS), &lists.findings, err) : r;
    r = r == 0 ? template_compile(arena, STR("t"), text, &t, err) : r;
    return r == 0 ? template_write(t, &data, out, err) : r;
}

/* By docs/templates.md. */
static void templates_are_filled_in(void **state) {
    static const struct {
        struct str text, gives;
    } cases[] = {
        {STR(""), STR("")},
        {STR("as it is {} $ }"), STR("as it is {} $ }")},
        {STR("${summary.open}|${ summary.open + 1 }"), STR("2|3")},
        {STR("${ summary.ratio } ${ true } ${ null }."), STR("0.5 true .")},
        {STR("${ fixes } ${ {'a': [1]} }"), STR("[{\"to\":\"1.2\"},{\"to\":null}] {\"a\":[1]}")},
        {STR("${ '}' + \"\\\"}\" + r'\\' + '''}''' }"), STR("}\"}\\}")},
        {STR("$${ 1 } $$${ 1 }"), STR("${ 1 } $${ 1 }")},
        {STR("${ html(target.name) }"), STR("a&lt;b&gt;&amp;&quot;&#39;")},
        {STR("${ json(target.name) }"), STR("\"a<b>&\\\"'\"")},
        {STR("${ csv(target.name) },${ csv('=1') },${ csv(null) }"), STR("\"a<b>&\"\"'\",\"'=1\",\"\"")},
        {STR("${ each f in findings }${ f.rule };${ end }"), STR("A;=B;")},
        {STR("${ each p in packages }${ p }${ end }."), STR(".")},
        {STR("${ each f in findings }${ each g in findings }${ f.rule }${ g.rule } ${ end }${ end }"),
         STR("AA A=B =BA =B=B ")},
        {STR("${ each f in fixes.filter(x, x.to != null) }${ f.to }${ end }"), STR("1.2")},
        {STR("${ each k in tool }${ k }=${ tool[k] } ${ end }"), STR("x=1 y=2 ")},
        {STR("${ if summary.open > 1 }many${ else }few${ end }"), STR("many")},
        {STR("${ if summary.open > 2 }many${ else }few${ end }"), STR("few")},
        {STR("${ if false }x${ end }y"), STR("y")},
        {STR("${ if true }${ if false }a${ else }b${ end }c${ else }d${ end }"), STR("bc")},
        {STR("a\n  ${ if true }  \nb\n${ end }\nc\n"), STR("a\nb\nc\n")},
        {STR("a\r\n${ if true }\r\nb\r\n${ end }\r\nc"), STR("a\r\nb\r\nc")},
        {STR("${ each f in findings }\n${ f.rule }\n${ end }\nend"), STR("A\n=B\nend")},
        {STR("x ${ if true }\ny${ end }\n"), STR("x \ny\n")},
        {STR("${ each x in [1] }${ x }${ end }${ each x in [2] }${ x }${ end }"), STR("12")},
        {STR("${ each x in [1, 2].map(y, y * 2) }${ x }${ end }"), STR("24")},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct err err = ERR_NONE;
        _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
        _cleanup_(buf_free) struct buf out = buf_new(MIB);
        int r = write_out(&arena, cases[i].text, &out, &err);
        if (r < 0) {
            print_message("# %.*s: %s\n", STR_ARG(cases[i].text), err.message);
        }
        assert_int_equal(r, 0);
        assert_str_equal(buf_view(&out), cases[i].gives);
    }
}

static void what_is_wrong_has_its_place(void **state) {
    static const struct {
        struct str text;
        const char *says;
    } cases[] = {
        {STR("a\n ${ 1"), "t: line 2 column 2: there is no }"},
        {STR("${ }"), "line 1 column 1: there is nothing"},
        {STR("${ end }"), "end without"},
        {STR("${ else }"), "else without"},
        {STR("${ each x in [1] }${ else }${ end }"), "line 1 column 19: else without"},
        {STR("${ if true }${ else }${ else }${ end }"), "line 1 column 22: else without"},
        {STR("\n${ if true }"), "line 2 column 7: this block has no"},
        {STR("${ if }${ end }"), "if CONDITION"},
        {STR("${ else if true }"), "else takes no condition"},
        {STR("${ end if }"), "end takes nothing"},
        {STR("${ each in }${ end }"), "each NAME in LIST"},
        {STR("${ each a-b in [1] }${ end }"), "each NAME in LIST"},
        {STR("${ each x of [1] }${ end }"), "each NAME in LIST"},
        {STR("${ each target in [1] }${ end }"), "choose another"},
        {STR("${ each x in [1] }${ each x in [2] }${ end }${ end }"), "has the same name"},
        {STR("${ each x in [1] }${ end }${ x }"), "line 1 column 30: 'x' is a variable of another block"},
        {STR("é\n  ${ summary.open +* 1 }"), "t: line 2 column 20: expected a value"},
        {STR("${ nothing }"), "line 1 column 4: no variable 'nothing'"},
        {STR("${ size(findings) }"), "findings and packages are read one by one"},
        {STR("\n ${ summary.opne }"), "t: line 2 column 12: no such key"},
        {STR("${ if 1 }x${ end }"), "true or false"},
        {STR("${ each x in 7 }x${ end }"), "over a list or a map"},
        {STR("${ 1 / 0 }"), "line 1 column 6: "},
        {STR("${ \"a"), "there is no }"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct err err = ERR_NONE;
        _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
        _cleanup_(buf_free) struct buf out = buf_new(MIB);
        int r = write_out(&arena, cases[i].text, &out, &err);
        if (!strstr(err.message, cases[i].says)) {
            print_message("# %.*s: %s\n", STR_ARG(cases[i].text), err.message);
        }
        assert_int_equal(r, ERR_INPUT);
        assert_non_null(strstr(err.message, cases[i].says));
    }
}

static void bounds_hold(void **state) {
    _cleanup_(buf_free) struct buf deep = buf_new(MIB), many = buf_new(MIB), large = buf_new(MIB);
    for (int i = 0; i <= LIMIT_TEMPLATE_DEPTH; i++) {
        buf_c(&deep, "${ if true }");
    }
    for (int i = 0; i <= LIMIT_TEMPLATE_PARTS; i++) {
        buf_c(&many, "${ 1 }");
    }
    for (size_t i = 0; i <= LIMIT_TEMPLATE; i++) {
        buf_byte(&large, 'x');
    }
    const struct {
        const struct buf *text;
        int code;
        const char *says;
    } cases[] = {
        {&deep, ERR_INPUT, "nested too deep"}, {&many, ERR_LIMIT, "parts"}, {&large, ERR_LIMIT, "bytes"}};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct err err = ERR_NONE;
        _cleanup_(arena_free) struct arena arena = arena_new(256 * MIB);
        _cleanup_(buf_free) struct buf out = buf_new(MIB);
        assert_int_equal(write_out(&arena, buf_view(cases[i].text), &out, &err), cases[i].code);
        assert_non_null(strstr(err.message, cases[i].says));
    }
}

/* A report that is too large is an error, not a cut one. */
static void output_is_bounded(void **state) {
    struct err err = ERR_NONE;
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    _cleanup_(buf_free) struct buf out = buf_new(16);
    assert_int_equal(write_out(&arena, STR("${ each f in findings }0123456789${ end }"), &out, &err),
                     ERR_MEMORY);
}

static void memory_runs_out_cleanly(void **state) {
    struct str text =
        STR("a\n${ each f in findings }\n${ if f.open }${ html(f.rule) }${ else }${ json(f) }${ end }\n"
            "${ end }\n${ each x in fixes }${ csv(x) }${ end }");
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
        _cleanup_(buf_free) struct buf out = buf_new(MIB);
        struct err err = ERR_NONE;
        int r = write_out(&arena, text, &out, &err);
        assert_true(r == 0 || r == ERR_MEMORY || (r == ERR_INPUT && strstr(err.message, "more memory")));
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(templates_are_filled_in),
        cmocka_unit_test(what_is_wrong_has_its_place),
        cmocka_unit_test(bounds_hold),
        cmocka_unit_test(output_is_bounded),
        cmocka_unit_test(memory_runs_out_cleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
