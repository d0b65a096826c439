#include "model/licence.h"

#include "base/limits.h"
#include "test.h"

static const struct {
    const char *stated, *expression;
} cases[] = {
    {"MIT", "MIT"},
    {"mit", "MIT"},
    {" Apache-2.0 ", "Apache-2.0"},
    {"(MIT OR Apache-2.0)", "(MIT OR Apache-2.0)"},
    {"mit or apache-2.0 and bsd-3-clause", "MIT OR Apache-2.0 AND BSD-3-Clause"},
    {"GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"},
    {"Apache-2.0 with llvm-exception", "Apache-2.0 WITH LLVM-exception"},
    {"CDDL-1.0+", "CDDL-1.0+"},
    {"GPL-2.0+", "GPL-2.0-or-later"},
    {"LicenseRef-scancode-x", "LicenseRef-scancode-x"},
    {"DocumentRef-spdx-tool-1.2:LicenseRef-MIT-Style-2", "DocumentRef-spdx-tool-1.2:LicenseRef-MIT-Style-2"},
    /* cargo's and rpm's older ways, and words */
    {"MIT/Apache-2.0", "MIT OR Apache-2.0"},
    {"GPLv2+ and (MIT or ASL 2.0)", "GPL-2.0-or-later AND (MIT OR Apache-2.0)"},
    {"LGPLv2+ and MIT", "LGPL-2.0-or-later AND MIT"},
    {"The MIT License", "MIT"},
    {"Apache License, Version 2.0", "Apache-2.0"},
    {"The Apache Software License, Version 2.0", "Apache-2.0"},
    {"GNU General Public License v3 or later (GPLv3+)", "GPL-3.0-or-later"},
    {"Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"},
    {"3-Clause BSD License", "BSD-3-Clause"},
    {"GPL (>= 2)", "GPL-2.0-or-later"},
    /* which one is meant is not said, or it is no licence's name */
    {"BSD", ""},
    {"GPL", ""},
    {"MIT AND", ""},
    {"AND MIT", ""},
    {"(MIT", ""},
    {"MIT)", ""},
    {"()", ""},
    {"MIT WITH nothing", ""},
    {"MIT and Proprietary Thing", ""},
    {"SEE LICENSE IN LICENSE.txt", ""},
    {"", ""},
};

static struct str expression_of(struct arena *arena, struct str stated) {
    struct str expression;
    struct err err = ERR_NONE;
    assert_int_equal(licence_expression(arena, stated, &expression, &err), 0);
    return expression;
}

static void what_packages_state_becomes_an_expression(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct str expression = expression_of(&arena, str_c(cases[i].stated));
        assert_str_equal(expression, str_c(cases[i].expression));
    }
}

/* An expression of ids is one again. */
static void expressions_stay(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct str expression = str_c(cases[i].expression);
        assert_str_equal(expression_of(&arena, expression), expression);
    }
}

static void every_name_leads_to_an_expression(void **state) {
    for (size_t i = 0; i < builtin_licence_names_n; i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct str expression = builtin_licence_names[i].expression;
        assert_str_equal(expression_of(&arena, expression), expression);
    }
}

static bool is_wanted(void *ctx, struct str licence) {
    return str_starts(licence, STR("MIT")) ||
           str_eq(licence, STR("GPL-2.0-only WITH Classpath-exception-2.0"));
}

static void choices_are_weighed(void **state) {
    static const struct {
        const char *expression;
        bool allows;
    } choices[] = {
        {"MIT", true},
        {"Apache-2.0", false},
        {"", false},
        {"Apache-2.0 OR MIT", true},
        {"Apache-2.0 AND MIT", false},
        {"MIT AND MIT-0", true},
        {"Apache-2.0 OR MIT AND Zlib", false},
        {"Zlib AND Apache-2.0 OR MIT", true},
        {"MIT AND (Apache-2.0 OR MIT-0)", true},
        {"(MIT OR Zlib) AND (Apache-2.0 OR Zlib)", false},
        {"((MIT))", true},
        {"GPL-2.0-only WITH Classpath-exception-2.0", true},
        {"GPL-2.0-only WITH GCC-exception-2.0", false},
    };
    for (size_t i = 0; i < ARRAY_SIZE(choices); i++) {
        bool allows = licence_allows(str_c(choices[i].expression), is_wanted, NULL);
        if (allows != choices[i].allows) {
            fail_msg("%s", choices[i].expression);
        }
    }
}

static void depth_is_bounded(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    char text[LIMIT_FIELD];
    memset(text, '(', sizeof text);
    assert_int_equal(expression_of(&arena, str_n(text, sizeof text)).n, 0);
}

static void memory_may_run_out(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        struct arena arena = arena_new(MIB);
        struct str expression;
        struct err err = ERR_NONE;
        int r = licence_expression(&arena, STR("GPLv2+ and (MIT or ASL 2.0)"), &expression, &err);
        assert_true(r == ERR_MEMORY || str_starts(expression, STR("GPL-2.0-or-later AND")));
        arena_free(&arena);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_packages_state_becomes_an_expression),
        cmocka_unit_test(expressions_stay),
        cmocka_unit_test(every_name_leads_to_an_expression),
        cmocka_unit_test(choices_are_weighed),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
