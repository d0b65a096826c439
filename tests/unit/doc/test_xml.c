#include "doc/xml.h"

#include "base/buf.h"
#include "base/limits.h"
#include "test.h"

struct place {
    struct arena arena;
    const struct xml_element *root;
    struct err err;
};

static int parse(struct place *place, struct str text) {
    place->arena = arena_new(LIMIT_DOC_BYTES);
    return xml_parse(&place->arena, text, &place->root, &place->err);
}

static void elements_attributes_and_lines_are_read(void **state) {
    struct place p = {0};
    assert_int_equal(
        parse(&p, STR("<?xml version='1.0'?>\n<m:a xmlns:m='u'>\n  <b x='1' m:y='&lt;2'/>\n  <c> t "
                      "&amp; <!-- no -->u<![CDATA[<v>]]> </c>\n  <b>second</b>\n</m:a>")),
        0);
    const struct xml_element *b = xml_first(p.root, STR("b"));
    assert_str_equal(p.root->name, STR("a"));
    assert_int_equal(b->line, 3);
    assert_str_equal(xml_attribute(b, STR("x")), STR("1"));
    assert_str_equal(xml_attribute(b, STR("y")), STR("<2"));
    assert_int_equal(xml_attribute(b, STR("z")).n, 0);
    assert_str_equal(xml_text(p.root, STR("c")), STR("t & u<v>"));
    assert_str_equal(xml_next(b)->text, STR("second"));
    assert_null(xml_next(xml_next(b)));
    assert_null(xml_first(NULL, STR("a")));
    arena_free(&p.arena);
}

static void other_encodings_become_utf8(void **state) {
    struct place p = {0};
    assert_int_equal(parse(&p, STR("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>")), 0);
    assert_str_equal(p.root->text, STR("\xc3\xa9"));
    arena_free(&p.arena);
}

static void damage_has_its_place(void **state) {
    static const struct {
        struct str text;
        int code;
        const char *message;
    } cases[] = {
        {STR("<a>\n<b></a>"), ERR_INPUT, "line 2 column 6: mismatched tag"},
        {STR(""), ERR_INPUT, "line 1 column 1: no element found"},
        {STR("<a/><b/>"), ERR_INPUT, "line 1 column 5: junk after document element"},
        {STR("<a>&x;</a>"), ERR_INPUT, "line 1 column 4: undefined entity"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct place p = {0};
        assert_int_equal(parse(&p, cases[i].text), cases[i].code);
        assert_string_equal(p.err.message, cases[i].message);
        arena_free(&p.arena);
    }
}

/* A billion laughs, one quadratic blow-up, and a file that would be fetched. */
static void entities_are_refused(void **state) {
    static const struct str texts[] = {
        STR("<!DOCTYPE a [<!ENTITY x 'ha'><!ENTITY y '&x;&x;&x;&x;'>]>\n<a>&y;</a>"),
        STR("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>"),
        STR("<!DOCTYPE a [<!ENTITY % x SYSTEM 'http://h/d'> %x;]><a/>"),
        STR("<!DOCTYPE a [<!ENTITY x 'ha'>]><a b='&x;'/>"),
    };
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct place p = {0};
        assert_int_equal(parse(&p, texts[i]), ERR_UNSUPPORTED);
        assert_string_equal(p.err.message, "line 1: entities are declared, which are not expanded");
        arena_free(&p.arena);
    }
}

/* A document type that declares nothing is harmless, and is not fetched. */
static void a_document_type_is_stepped_over(void **state) {
    struct place p = {0};
    assert_int_equal(parse(&p, STR("<!DOCTYPE a SYSTEM 'http://h/a.dtd'><a>t</a>")), 0);
    assert_str_equal(p.root->text, STR("t"));
    arena_free(&p.arena);
}

static void depth_is_bounded(void **state) {
    _cleanup_(buf_free) struct buf text = buf_new(MIB);
    struct place p = {0};
    for (size_t i = 0; i < LIMIT_DOC_DEPTH + 1; i++) {
        buf_c(&text, "<a>");
    }
    assert_int_equal(parse(&p, buf_view(&text)), ERR_LIMIT);
    assert_string_equal(p.err.message, "line 1: more than 512 levels");
    arena_free(&p.arena);
}

static void no_memory_is_an_error(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        struct place p = {0};
        int r = parse(&p, STR("<a b='c'><d>text</d></a>"));
        assert_true(r == 0 || r == ERR_MEMORY);
        arena_free(&p.arena);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_attributes_and_lines_are_read),
        cmocka_unit_test(other_encodings_become_utf8),
        cmocka_unit_test(damage_has_its_place),
        cmocka_unit_test(entities_are_refused),
        cmocka_unit_test(a_document_type_is_stepped_over),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(no_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
