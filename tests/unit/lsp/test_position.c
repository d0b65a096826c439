#include "lsp/position.h"

#include "base/limits.h"
#include "test.h"

/* 'ä' has two bytes and one unit of UTF-16, '😀' four bytes and two units. */
static const struct str sample = STR("a\xc3\xa4"
                                     "b\r\n\xf0\x9f\x98\x80x\ry\n");

struct place {
    size_t offset;
    uint32_t line, utf16, utf8;
};
static const struct place places[] = {
    {0, 0, 0, 0},  {1, 0, 1, 1},  {3, 0, 2, 3},  {4, 0, 3, 4},  {6, 1, 0, 0},
    {10, 1, 2, 4}, {11, 1, 3, 5}, {12, 2, 0, 0}, {13, 2, 1, 1}, {14, 3, 0, 0},
};

static void both_ways(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    for (int encoding = LSP_UTF16; encoding <= LSP_UTF8; encoding++) {
        struct lsp_lines lines;
        assert_int_equal(lsp_lines_over(&arena, sample, (enum lsp_encoding)encoding, &lines, NULL), 0);
        for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
            uint32_t character = encoding == LSP_UTF8 ? places[i].utf8 : places[i].utf16;
            struct lsp_position position = lsp_position(&lines, places[i].offset);
            assert_int_equal(position.line, places[i].line);
            assert_int_equal(position.character, character);
            assert_int_equal(lsp_offset(&lines, position), places[i].offset);
        }
    }
}

static void bends_what_is_outside(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct lsp_lines lines;
    assert_int_equal(lsp_lines_over(&arena, sample, LSP_UTF16, &lines, NULL), 0);
    assert_int_equal(lsp_offset(&lines, (struct lsp_position){0, 99}), 4);
    assert_int_equal(lsp_offset(&lines, (struct lsp_position){1, 1}), 6); /* between two surrogates */
    assert_int_equal(lsp_offset(&lines, (struct lsp_position){99, 0}), sample.n);
    assert_int_equal(lsp_position(&lines, 2).character, 1); /* inside of a character */
    assert_int_equal(lsp_position(&lines, 999).line, 3);
    assert_str_equal(lsp_line(&lines, 0), STR("a\xc3\xa4"
                                              "b"));
    assert_str_equal(lsp_line(&lines, 99), STR(""));
}

static void takes_any_bytes(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    static const struct str bytes = STR("\xff\xc3\n\x80");
    struct lsp_lines lines;
    assert_int_equal(lsp_lines_over(&arena, bytes, LSP_UTF16, &lines, NULL), 0);
    for (size_t i = 0; i <= bytes.n; i++) {
        assert_int_equal(lsp_offset(&lines, lsp_position(&lines, i)), i);
    }
    assert_int_equal(lsp_lines_over(&arena, STR_NONE, LSP_UTF8, &lines, NULL), 0);
    assert_int_equal(lsp_offset(&lines, (struct lsp_position){0, 5}), 0);
}

static void without_memory(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        struct arena arena = arena_new(MIB);
        struct lsp_lines lines;
        int r = lsp_lines_over(&arena, sample, LSP_UTF16, &lines, NULL);
        assert_true(r == 0 || r == ERR_MEMORY);
        arena_free(&arena);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways),
        cmocka_unit_test(bends_what_is_outside),
        cmocka_unit_test(takes_any_bytes),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
