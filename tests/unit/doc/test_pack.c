#include "base/limits.h"
#include "doc/json.h"
#include "doc/pack.h"
#include "doc/yaml.h"

#include "test.h"

static const struct doc *yaml_one(struct arena *arena, const char *text) {
    const struct doc **documents;
    size_t n;
    struct err err = ERR_NONE;
    if (yaml_parse(arena, str_c(text), &documents, &n, &err) < 0 || n != 1) {
        fail_msg("%s", err.message);
    }
    return documents[0];
}

static const struct doc *through(struct arena *arena, struct buf *out, const struct doc *root) {
    const struct doc *back = NULL;
    struct err err = ERR_NONE;
    if (doc_pack(out, root, &err) < 0) {
        fail_msg("%s", err.message);
    }
    struct cursor in = cursor_over(buf_view(out));
    if (doc_unpack(arena, &in, &back, &err) < 0) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(cursor_left(&in), 0);
    return back;
}

static void values_and_places_come_back(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    const struct doc *root = yaml_one(&arena, "a: -7\n"
                                              "b: [1.5, true, ~, \"s\"]\n"
                                              "\n"
                                              "c:\n"
                                              "    d: 18446744073709551615\n");
    const struct doc *back = through(&arena, &out, root);
    int64_t i = 0;
    assert_true(doc_int(doc_get(back, STR("a")), &i));
    assert_int_equal(i, -7);
    const struct doc *b = doc_get(back, STR("b"));
    assert_int_equal(doc_count(b), 4);
    assert_true(doc_at(b, 0)->kind == DOC_DOUBLE && doc_at(b, 0)->d == 1.5);
    assert_true(doc_bool(doc_at(b, 1), false));
    assert_true(doc_is(doc_at(b, 2), DOC_NULL));
    assert_str_equal(doc_str(doc_at(b, 3)), STR("s"));
    assert_int_equal(doc_at(b, 3)->at.line, 2);
    assert_int_equal(doc_at(b, 3)->at.column, 19);
    const struct doc *d = doc_path(back, "c.d");
    assert_true(doc_is(d, DOC_UINT) && d->u == UINT64_MAX);
    assert_int_equal(d->at.line, 5);
    assert_int_equal(doc_member(doc_get(back, STR("c")), STR("d"))->at.column, 5);
}

static void what_is_shared_is_written_once(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    const struct doc *back =
        through(&arena, &out, yaml_one(&arena, "x: &x {k: [1, 2, 3]}\ny: *x\nz: [*x, *x]\n"));
    assert_ptr_equal(doc_get(back, STR("x")), doc_get(back, STR("y")));
    assert_ptr_equal(doc_get(back, STR("x")), doc_path(back, "z.1"));
    assert_int_equal(doc_count(doc_path(back, "y.k")), 3);
}

static void an_alias_bomb_stays_small(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(16 * MIB);
    _cleanup_(buf_free) struct buf out = buf_new(4096), text = buf_new(4096);
    buf_c(&text, "a0: &a0 [x, x]\n");
    for (int i = 1; i < 60; i++) {
        buf_printf(&text, "a%d: &a%d [*a%d, *a%d]\n", i, i, i - 1, i - 1);
    }
    buf_byte(&text, 0);
    through(&arena, &out, yaml_one(&arena, (const char *)text.p));
    assert_true(out.n < 1500);
}

/* Sharing that would stack up level upon level can't be written, but a broken reader could send it. */
static void shared_levels_are_bounded(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    enum { N = 2000 };
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    static const unsigned char outer[] = {DOC_LIST, 0, 0, 0xd0, 0x0f}; /* 2,000 items */
    static const unsigned char first[] = {DOC_LIST, 0, 0, 0};
    buf_bytes(&out, outer, sizeof outer);
    buf_bytes(&out, first, sizeof first);
    for (unsigned i = 1; i < N; i++) {
        unsigned char item[] = {
            DOC_LIST, 0, 0, 1, 0x40, (unsigned char)(0x80 | (i & 0x7f)), (unsigned char)(i >> 7)};
        buf_bytes(&out, item, sizeof item);
    }
    struct cursor in = cursor_over(buf_view(&out));
    const struct doc *root;
    struct err err = ERR_NONE;
    assert_int_equal(doc_unpack(&arena, &in, &root, &err), ERR_INPUT);
}

static void every_cut_is_refused(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    assert_int_equal(doc_pack(&out, yaml_one(&arena, "a: [1, {b: text}]\nc: 2.5\n"), NULL), 0);
    for (size_t n = 0; n < out.n; n++) {
        struct cursor in = cursor_over(str_n((const char *)out.p, n));
        const struct doc *root;
        struct err err = ERR_NONE;
        assert_int_equal(doc_unpack(&arena, &in, &root, &err), ERR_INPUT);
    }
}

static void no_memory_is_an_error(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    const struct doc *root = yaml_one(&arena, "a: &x [1, {b: text}]\nc: *x\n");
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena scratch = arena_new(MIB);
        _cleanup_(buf_free) struct buf out = buf_new(MIB);
        const struct doc *back;
        if (doc_pack(&out, root, NULL) == 0) {
            struct cursor in = cursor_over(buf_view(&out));
            (void)!doc_unpack(&scratch, &in, &back, NULL);
        }
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_and_places_come_back), cmocka_unit_test(what_is_shared_is_written_once),
        cmocka_unit_test(an_alias_bomb_stays_small),   cmocka_unit_test(shared_levels_are_bounded),
        cmocka_unit_test(every_cut_is_refused),        cmocka_unit_test(no_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
