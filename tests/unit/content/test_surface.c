#include "content/surface.h"

#include "test.h"

static const char *tool(const char *name) {
    static char text[64];
    const struct surface_row *row = surface_tool(str_c(name));
    snprintf(text, sizeof text, "%.*s", row ? (int)row->name.n : 1, row ? row->name.p : "-");
    return text;
}

static void programs_are_found_by_name_version_and_target(void **state) {
    static const char *const cases[][2] = {{"gcc", "gcc"},
                                           {"gcc-12", "gcc"},
                                           {"x86_64-linux-gnu-gcc-12", "gcc"},
                                           {"x86_64-alpine-linux-musl-g++", "gcc"},
                                           {"python3.11", "python"},
                                           {"perl5.36.0", "perl"},
                                           {"nc.openbsd", "netcat"},
                                           {"clang-14", "clang"},
                                           {"c99", "gcc"},
                                           {"socat1", "socat"},
                                           {"ssh", "ssh"},
                                           {"ssh-keygen", "-"},
                                           {"python3-config", "-"},
                                           {"gccx", "-"},
                                           {"3.11", "-"},
                                           {"-linux-gnu-gcc", "-"},
                                           {"x86_64-linux-gnu", "-"},
                                           {"", "-"}};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        if (strcmp(tool(cases[i][0]), cases[i][1]) != 0) {
            fail_msg("%s: %s should be %s", cases[i][0], tool(cases[i][0]), cases[i][1]);
        }
    }
}

static void folders_are_classified_by_their_parts(void **state) {
    static const struct {
        const char *folder, *row, *own;
        bool has_programs;
    } cases[] = {
        {"usr/bin", NULL, "", true},
        {"usr/bin/x", NULL, "", false},
        {"usr/binx", NULL, "", false},
        {"opt/tool/bin", NULL, "", true},
        {"opt/a/b/bin", NULL, "", false},
        {"usr", NULL, "", false},
        {"", NULL, "", false},
        {"var/lib/apt/lists", "apt lists", "var/lib/apt/lists", false},
        {"var/lib/apt/lists/partial", "apt lists", "var/lib/apt/lists", false},
        {"var/lib/apt/listsx", NULL, "", false},
        {"root/.npm/_cacache", "npm", "root/.npm", false},
        {"home/ann/.npm", "npm", "home/ann/.npm", false},
        {"home/.npm", NULL, "", false},
        {"usr/lib/python3.11/x", "python", "usr/lib/python3.11", false},
        {"usr/lib/python3/dist-packages/pip/_vendor", "pip", "usr/lib/python3/dist-packages/pip", false},
        {"usr/local/go/bin", "go", "usr/local/go", true}};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct str folder = str_c(cases[i].folder);
        struct surface_place place = surface_place(folder);
        bool is_same =
            cases[i].row ? place.tree && str_eq(place.tree->name, str_c(cases[i].row)) : !place.tree;
        if (!is_same || place.has_programs != cases[i].has_programs ||
            !str_eq(str_n(folder.p, place.tree_n), str_c(cases[i].own))) {
            fail_msg("%s", cases[i].folder);
        }
    }
}

static void categories_have_names(void **state) {
    enum surface_category category;
    for (int i = 0; i < SURFACE_CATEGORIES; i++) {
        assert_true(surface_category_of(str_c(surface_category_name((enum surface_category)i)), &category));
        assert_int_equal(category, i);
    }
    assert_false(surface_category_of(STR("tool"), &category));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_are_found_by_name_version_and_target),
        cmocka_unit_test(folders_are_classified_by_their_parts),
        cmocka_unit_test(categories_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
