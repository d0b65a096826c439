/* Members and non-members of the tables, looked up in the Unicode Character Database 15.0. */
#include "cel/regex/unicode.h"

#include "test.h"

static const struct {
    const char *name;
    uint32_t low, high; /* a range of it; the code points beside are not in it */
} ranges[] = {
    {"Lu", 'A', 'Z'},
    {"Ll", 'a', 'z'},
    {"Nd", '0', '9'},
    {"Nd", 0x0660, 0x0669}, /* Arabic-Indic digits */
    {"Lo", 0x3400, 0x4dbf}, /* CJK Extension A, one range "First" to "Last" in UnicodeData.txt */
    {"Co", 0xe000, 0xf8ff}, /* Private Use Area */
    {"Co", 0x100000, 0x10fffd},
    {"Zs", 0x2000, 0x200a},
    {"Cc", 0x7f, 0x9f},
    {"Nl", 0x2160, 0x2182}, /* Roman numerals; 2183 and 2184 are letters */
    {"L", 'A', 'Z'},
    {"N", '0', '9'},
    {"Greek", 0x03a3, 0x03e1},
    {"Cyrillic", 0x0400, 0x0484},
    {"Han", 0x4e00, 0x9fff},
    {"Hiragana", 0x3041, 0x3096},
    {"Thai", 0x0e01, 0x0e3a},
    {"Kawi", 0x11f00, 0x11f10}, /* new in 15.0 */
};

static void tables_have_their_ranges(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
        struct runes set = {.arena = &arena};
        assert_int_equal(unicode_add(&set, str_c(ranges[i].name)), 0);
        runes_sort(&set);
        if (!rune_set_has(runes_view(&set), ranges[i].low, ranges[i].high) ||
            rune_set_has(runes_view(&set), ranges[i].low - 1, ranges[i].low - 1) ||
            rune_set_has(runes_view(&set), ranges[i].high + 1, ranges[i].high + 1)) {
            fail_msg("%s has not exactly %x-%x there", ranges[i].name, (unsigned)ranges[i].low,
                     (unsigned)ranges[i].high);
        }
    }
}

/* Each code point has one category, so the categories' sizes come to all but the unassigned ones, and no two
 * overlap; 15.0 assigns 149,186 characters besides 65 controls, 2,048 surrogates and 137,468 of private use.
 */
static void categories_cover_what_is_assigned(void **state) {
    size_t count = 0;
    for (size_t i = 0; i < unicode_table_count && unicode_tables[i].name.n == 2; i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
        struct runes set = {.arena = &arena};
        assert_int_equal(unicode_add(&set, unicode_tables[i].name), 0);
        for (size_t k = 0; k < set.ranges.n; k++) {
            count += set.ranges.p[k].high - set.ranges.p[k].low + 1;
        }
    }
    assert_int_equal(count, 149186 + 65 + 2048 + 137468);
}

static const struct {
    uint32_t code;
    uint32_t equal[4]; /* all of them, 0 at the end */
} circles[] = {
    {'a', {'A', 'a'}},
    {'k', {'K', 'k', 0x212a}},              /* Kelvin sign */
    {'s', {'S', 's', 0x17f}},               /* long s */
    {0x3c3, {0x3a3, 0x3c2, 0x3c3}},         /* sigmas */
    {0xe5, {0xc5, 0xe5, 0x212b}},           /* Angstrom sign */
    {0x3b9, {0x345, 0x399, 0x3b9, 0x1fbe}}, /* iotas */
    {0x1c5, {0x1c4, 0x1c5, 0x1c6}},         /* DZ with caron */
    {0x101, {0x100, 0x101}},                /* of a run with stride 2 */
    {0x10400, {0x10400, 0x10428}},          /* Deseret */
    {0xdf, {0xdf, 0x1e9e}},                 /* sharp s: simple folding alone */
    {'1', {'1'}},
    {0x131, {0x131}}, /* dotless i: only Turkic folding (status T) */
    {0x4e00, {0x4e00}},
};

static void circles_of_case_are_whole(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(circles); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
        struct runes set = {.arena = &arena};
        assert_int_equal(runes_add(&set, circles[i].code, circles[i].code), 0);
        assert_int_equal(unicode_add_folded(&set), 0);
        size_t members = 0;
        for (size_t k = 0; k < set.ranges.n; k++) {
            members += set.ranges.p[k].high - set.ranges.p[k].low + 1;
        }
        size_t wanted = 0;
        for (; wanted < 4 && circles[i].equal[wanted]; wanted++) {
            assert_true(rune_set_has(runes_view(&set), circles[i].equal[wanted], circles[i].equal[wanted]));
        }
        assert_int_equal(members, wanted);
    }
}

static void all_code_points_fold_to_themselves(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
    struct runes set = {.arena = &arena};
    assert_int_equal(unicode_add(&set, STR("Any")), 0);
    assert_int_equal(unicode_add_folded(&set), 0);
    assert_int_equal(set.ranges.n, 1);
    assert_true(rune_set_has(runes_view(&set), 0, RUNE_LAST));
    assert_int_equal(runes_negate(&set), 0);
    assert_int_equal(set.ranges.n, 0);
    assert_int_equal(runes_negate(&set), 0);
    assert_true(rune_set_has(runes_view(&set), 0, RUNE_LAST));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_have_their_ranges),
        cmocka_unit_test(categories_cover_what_is_assigned),
        cmocka_unit_test(circles_of_case_are_whole),
        cmocka_unit_test(all_code_points_fold_to_themselves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
