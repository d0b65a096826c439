#include "inspect/inventory.h"

#include "layers.h"

enum { LAYERS = 3 };

#define STATUS "var/lib/dpkg/status"

struct stack {
    struct arena arena;
    struct made layers[LAYERS];
    struct inventory_layer input[LAYERS];
    struct inventory inventory;
};

static int open_stack(void **state) {
    struct stack *stack = mem_alloc_zero(sizeof *stack);
    stack->arena = arena_new(16 * MIB);
    for (int i = 0; i < LAYERS; i++) {
        stack->layers[i] = made_new();
    }
    stack->input[0].is_in_base = true;
    *state = stack;
    return 0;
}

static int close_stack(void **state) {
    struct stack *stack = *state;
    for (int i = 0; i < LAYERS; i++) {
        made_free(&stack->layers[i]);
    }
    arena_free(&stack->arena);
    mem_free(stack);
    return 0;
}

static void build(struct stack *stack) {
    struct err err = ERR_NONE;
    for (size_t i = 0; i < LAYERS; i++) {
        stack->input[i].facts = made_end(&stack->layers[i], 10);
    }
    assert_int_equal(inventory_build(&stack->arena, stack->input, LAYERS, true, &stack->inventory, &err), 0);
}

static const struct package_record *find(const struct stack *stack, const char *name) {
    const struct package_record *found = NULL;
    for (size_t i = 0; i < stack->inventory.packages_n; i++) {
        if (str_eq(stack->inventory.packages[i].package.name, str_c(name))) {
            assert_null(found);
            found = &stack->inventory.packages[i];
        }
    }
    return found;
}

static void expect(const struct stack *stack, const char *name, const char *version, int layer) {
    const struct package_record *record = find(stack, name);
    assert_non_null(record);
    assert_str_equal(record->package.version, str_c(version));
    assert_int_equal(record->layer, layer);
    assert_int_equal(record->is_in_base, layer == 1);
}

/* The status file stands whole in each layer; a package's layer is where its version came in. */
static void packages_keep_the_layer_they_came_in(void **state) {
    struct stack *stack = *state;
    for (int i = 0; i < LAYERS; i++) {
        struct made *layer = &stack->layers[i];
        made_file(layer, STATUS, "dpkg");
        made_package(layer, PACKAGE_DEB, "stays", "1");
        made_package(layer, PACKAGE_DEB, "upgraded", i == 0 ? "1" : "2");
        if (i == 1) {
            made_package(layer, PACKAGE_DEB, "removed", "1");
        } else {
            made_package(layer, PACKAGE_DEB, "again", "1");
        }
        if (i == 2) {
            made_package(layer, PACKAGE_DEB, "last", "1");
        }
    }
    build(stack);
    assert_int_equal(stack->inventory.packages_n, 4);
    expect(stack, "stays", "1", 1);
    expect(stack, "upgraded", "2", 2);
    expect(stack, "again", "1", 3);
    expect(stack, "last", "1", 3);
    assert_null(find(stack, "removed"));
    assert_int_equal(stack->inventory.entries, 30);
}

/* A file that was gone in between is another one. */
static void a_whiteout_breaks_the_origin(void **state) {
    struct stack *stack = *state;
    made_file(&stack->layers[0], STATUS, "dpkg");
    made_package(&stack->layers[0], PACKAGE_DEB, "bash", "5");
    made_mark(&stack->layers[1], "var/lib/dpkg/.wh.status");
    made_file(&stack->layers[2], STATUS, "dpkg");
    made_package(&stack->layers[2], PACKAGE_DEB, "bash", "5");
    build(stack);
    expect(stack, "bash", "5", 3);
}

static void hidden_files_have_no_packages(void **state) {
    struct stack *stack = *state;
    made_file(&stack->layers[0], "a/package-lock.json", "npm-lock");
    made_package(&stack->layers[0], PACKAGE_NPM, "whited-out", "1");
    made_file(&stack->layers[0], "b/c/package-lock.json", "npm-lock");
    made_package(&stack->layers[0], PACKAGE_NPM, "opaque", "1");
    made_file(&stack->layers[0], "d/package-lock.json", "npm-lock");
    made_package(&stack->layers[0], PACKAGE_NPM, "folder-to-file", "1");
    made_file(&stack->layers[0], "e/package-lock.json", "npm-lock");
    made_package(&stack->layers[0], PACKAGE_NPM, "seen", "1");
    made_mark(&stack->layers[1], "a/.wh.package-lock.json");
    made_mark(&stack->layers[1], "b/.wh..wh..opq");
    made_entry(&stack->layers[1], "d");
    made_directory(&stack->layers[2], "d");
    build(stack);
    assert_int_equal(stack->inventory.packages_n, 1);
    expect(stack, "seen", "1", 1);
}

/* tar(5): of two entries with one path the later one is the file. */
static void of_duplicates_the_last_counts(void **state) {
    struct stack *stack = *state;
    struct made *layer = &stack->layers[1];
    made_file(layer, "package-lock.json", "npm-lock");
    made_package(layer, PACKAGE_NPM, "first", "1");
    facts_replaced(&layer->facts, STR("package-lock.json"));
    made_file(layer, "package-lock.json", "npm-lock");
    made_package(layer, PACKAGE_NPM, "second", "1");
    made_file(layer, "x/package-lock.json", "npm-lock");
    made_package(layer, PACKAGE_NPM, "became-a-folder", "1");
    facts_replaced(&layer->facts, STR("x/package-lock.json"));
    build(stack);
    assert_int_equal(stack->inventory.packages_n, 1);
    expect(stack, "second", "1", 2);
}

static void state_marked(struct made *layer, const char *name, unsigned flags) {
    facts_package(
        &layer->facts,
        &(struct package){.type = PACKAGE_NPM, .name = str_c(name), .version = STR("1"), .flags = flags});
}

/* npm puts one package in several folders, each with marks of its own. */
static void marks_of_repeats_are_joined(void **state) {
    struct stack *stack = *state;
    struct made *layer = &stack->layers[0];
    made_file(layer, "package-lock.json", "npm-lock");
    state_marked(layer, "used", PACKAGE_IS_DEVELOPMENT | PACKAGE_IS_DIRECT);
    state_marked(layer, "used", 0);
    state_marked(layer, "tool", PACKAGE_IS_DEVELOPMENT);
    state_marked(layer, "tool", PACKAGE_IS_DEVELOPMENT | PACKAGE_IS_DIRECT);
    build(stack);
    assert_int_equal(find(stack, "used")->package.flags, PACKAGE_IS_DIRECT);
    assert_int_equal(find(stack, "tool")->package.flags, PACKAGE_IS_DEVELOPMENT | PACKAGE_IS_DIRECT);
}

static void replacing_many_times_is_linear(void **state) {
    struct stack *stack = *state;
    struct made *layer = &stack->layers[0];
    for (int i = 0; i < 20000; i++) {
        facts_replaced(&layer->facts, STR("package-lock.json"));
        facts_file(&layer->facts, STR("package-lock.json"), STR("npm-lock"));
    }
    made_package(layer, PACKAGE_NPM, "last", "1");
    build(stack);
    expect(stack, "last", "1", 1);
}

static void language_packages_know_their_owner(void **state) {
    struct stack *stack = *state;
    struct made *layer = &stack->layers[0];
    made_file(layer, "etc/os-release", "os-release");
    facts_os(&layer->facts, &(struct os){.id = STR("debian"), .version_id = STR("12")});
    made_file(layer, STATUS, "dpkg");
    made_package(layer, PACKAGE_DEB, "python3-six", "1.16.0-4");
    made_file(layer, "var/lib/dpkg/info/python3-six.list", "dpkg");
    size_t owned = facts_owned_begin(&layer->facts, PACKAGE_DEB, STR("python3-six"));
    facts_owned_path(&layer->facts, STR("/usr/lib/python3/dist-packages/six.egg-info/PKG-INFO"));
    facts_owned_path(&layer->facts, STR("/usr/bin/six"));
    facts_owned_end(&layer->facts, owned);
    owned = facts_owned_begin(&layer->facts, PACKAGE_APK, STR("python3-six")); /* of that name, and no deb */
    facts_owned_path(&layer->facts, STR("/usr/local/lib/python3/dist-packages/flask.dist-info/METADATA"));
    facts_owned_end(&layer->facts, owned);
    made_file(layer, "usr/lib/python3/dist-packages/six.egg-info/PKG-INFO", "python-installed");
    made_package(layer, PACKAGE_PYPI, "six", "1.16.0");
    made_file(layer, "usr/lib/python3/dist-packages/six.egg-info/PKG-INFO", "java-archive");
    facts_package(&layer->facts, &(struct package){.type = PACKAGE_MAVEN,
                                                   .name = STR("g:inner"),
                                                   .version = STR("1"),
                                                   .within = STR("lib/inner.jar")});
    made_file(layer, "usr/bin/six", "executable");
    made_package(layer, PACKAGE_GENERIC, "brought", "1.0");
    made_file(layer, "opt/tool", "executable");
    made_package(layer, PACKAGE_GENERIC, "tool", "1.0");
    made_file(layer, "usr/local/lib/python3/dist-packages/flask.dist-info/METADATA", "python-installed");
    made_package(layer, PACKAGE_PYPI, "flask", "3.0.0");
    build(stack);
    assert_str_equal(stack->inventory.ecosystem, STR("Debian:12"));
    assert_int_equal(stack->inventory.os_layer, 1);
    assert_true(find(stack, "six")->owner.n > 0);
    assert_str_equal(find(stack, "six")->owner, find(stack, "python3-six")->purl);
    assert_int_equal(find(stack, "flask")->owner.n, 0);
    assert_str_equal(find(stack, "flask")->ecosystem, STR("PyPI"));
    assert_str_equal(find(stack, "g:inner")->path,
                     STR("usr/lib/python3/dist-packages/six.egg-info/PKG-INFO!/lib/inner.jar"));
    assert_str_equal(find(stack, "g:inner")->owner, find(stack, "python3-six")->purl);
    assert_int_equal(find(stack, "tool")->ecosystem.n, 0);
    for (size_t i = 0; i < stack->inventory.packages_n; i++) {
        assert_false(str_eq(stack->inventory.packages[i].package.name, STR("brought")));
    }
}

static void state_of_source(struct made *layer, const char *name, const char *source, const char *version) {
    facts_package(&layer->facts, &(struct package){.type = PACKAGE_DEB,
                                                   .name = str_c(name),
                                                   .version = str_c(version),
                                                   .source_name = str_c(source)});
}

static void state_licence(struct made *layer, const char *path, const char *package, const char *licence) {
    made_file(layer, path, "debian-copyright");
    facts_licence(&layer->facts, str_c(package), str_c(licence));
}

/* The file that can be seen counts; without one, another binary of the same source and version gives it. */
static void deb_packages_take_their_licence(void **state) {
    struct stack *stack = *state;
    made_file(&stack->layers[0], "var/lib/dpkg/status", "dpkg");
    state_of_source(&stack->layers[0], "g-base", "gcc", "1");
    state_of_source(&stack->layers[0], "g-linked", "gcc", "1");
    state_of_source(&stack->layers[0], "g-older", "gcc", "0");
    state_of_source(&stack->layers[0], "other", "", "1");
    state_licence(&stack->layers[0], "usr/share/doc/g-base/copyright", "g-base", "MIT");
    state_licence(&stack->layers[0], "usr/share/doc/other/copyright", "other", "ISC");
    made_mark(&stack->layers[1], "usr/share/doc/other/.wh.copyright");
    state_licence(&stack->layers[1], "usr/share/doc/g-base/copyright", "g-base", "Zlib");
    state_licence(&stack->layers[1], "usr/share/doc/npm/copyright", "language", "ISC");
    made_file(&stack->layers[1], "package-lock.json", "npm-lock");
    made_package(&stack->layers[1], PACKAGE_NPM, "language", "1");
    build(stack);
    assert_str_equal(find(stack, "g-base")->package.licence, STR("Zlib"));
    assert_str_equal(find(stack, "g-linked")->package.licence, STR("Zlib"));
    assert_int_equal(find(stack, "g-older")->package.licence.n, 0);
    assert_int_equal(find(stack, "other")->package.licence.n, 0);
    assert_int_equal(find(stack, "language")->package.licence.n, 0);
}

static void problems_have_their_place(void **state) {
    struct stack *stack = *state;
    facts_file(&stack->layers[0].facts, STR_NONE, STR_NONE);
    facts_problem(&stack->layers[0].facts, true, "gzip data ends early");
    made_file(&stack->layers[1], "package-lock.json", "npm-lock");
    facts_problem(&stack->layers[1].facts, true, "line 1");
    made_file(&stack->layers[1], "gone/package-lock.json", "npm-lock");
    facts_problem(&stack->layers[1].facts, true, "nobody sees it");
    made_mark(&stack->layers[2], ".wh.gone");
    stack->input[2].problem = STR("wrong digest");
    build(stack);
    assert_int_equal(stack->inventory.problems_n, 3);
    const struct problem *problems = stack->inventory.problems;
    assert_str_equal(problems[0].place, STR("layer 1"));
    assert_str_equal(problems[0].message, STR("gzip data ends early"));
    assert_str_equal(problems[1].place, STR("layer 3"));
    assert_str_equal(problems[1].message, STR("wrong digest"));
    assert_str_equal(problems[2].place, STR("layer 2: package-lock.json"));
    assert_true(problems[2].is_incomplete);
}

static void packages_have_an_end(void **state) {
    struct stack *stack = *state;
    stack->arena.cap = GIB;
    for (int i = 0; i < 2; i++) {
        char path[] = "0/package-lock.json", name[16];
        path[0] = (char)('0' + i);
        made_file(&stack->layers[i], path, "npm-lock");
        for (int n = 0; n < LIMIT_PACKAGES / 2 + 1; n++) {
            snprintf(name, sizeof name, "p%d", n);
            made_package(&stack->layers[i], PACKAGE_NPM, name, "1");
        }
    }
    made_file(&stack->layers[2], "etc/os-release", "os-release");
    facts_os(&stack->layers[2].facts, &(struct os){.id = STR("debian"), .version_id = STR("12")});
    build(stack);
    assert_int_equal(stack->inventory.packages_n, LIMIT_PACKAGES);
    assert_int_equal(stack->inventory.problems_n, 1);
    assert_str_equal(stack->inventory.problems[0].place, STR("layer 2: 1/package-lock.json"));
    assert_str_equal(stack->inventory.os.id, STR("debian"));
}

/* What a broken child left behind costs the rest of its layer, and says so. */
static void damaged_facts_cost_their_layer(void **state) {
    struct stack *stack = *state;
    for (int i = 0; i < LAYERS; i++) {
        char path[] = "0/package-lock.json", name[] = "package0";
        path[0] = name[7] = (char)('0' + i);
        made_file(&stack->layers[i], path, "npm-lock");
        made_package(&stack->layers[i], PACKAGE_NPM, name, "1");
        stack->input[i].facts = made_end(&stack->layers[i], 1);
    }
    stack->input[1].facts = str_sub(stack->input[1].facts, 0, stack->input[1].facts.n - 3);
    struct err err = ERR_NONE;
    assert_int_equal(inventory_build(&stack->arena, stack->input, LAYERS, true, &stack->inventory, &err), 0);
    expect(stack, "package0", "1", 1);
    expect(stack, "package2", "1", 3);
    assert_int_equal(stack->inventory.problems_n, 1);
    assert_str_equal(stack->inventory.problems[0].place, STR("layer 2"));
}

/* ---- what later layers take away */

static void expect_removed(const struct stack *stack, const char *name, const char *version, int layer,
                           int removed_in) {
    const struct package_record *found = NULL;
    for (size_t i = 0; i < stack->inventory.removed_n; i++) {
        const struct package_record *record = &stack->inventory.removed[i];
        if (str_eq(record->package.name, str_c(name)) && str_eq(record->package.version, str_c(version))) {
            assert_null(found);
            found = record;
        }
    }
    assert_non_null(found);
    assert_int_equal(found->layer, layer);
    assert_int_equal(found->removed_in, removed_in);
    assert_int_equal(found->is_in_base, layer == 1);
    assert_true(found->purl.n > 0);
}

/* Upgraded in the second layer, removed and deleted in the third. */
static void what_is_taken_away_is_kept_apart(void **state) {
    struct stack *stack = *state;
    made_file(&stack->layers[0], "etc/os-release", "os-release");
    facts_os(&stack->layers[0].facts, &(struct os){.id = STR("debian"), .version_id = STR("12")});
    for (int i = 0; i < LAYERS; i++) {
        made_file(&stack->layers[i], STATUS, "dpkg");
        made_package(&stack->layers[i], PACKAGE_DEB, "upgraded", i == 0 ? "1" : "2");
        made_package(&stack->layers[i], PACKAGE_DEB, "stays", "1");
        if (i < 2) {
            made_package(&stack->layers[i], PACKAGE_DEB, "removed", "1");
        }
        if (i != 1) {
            made_package(&stack->layers[i], PACKAGE_DEB, "again", "1");
        }
    }
    made_file(&stack->layers[0], "x/package-lock.json", "npm-lock");
    made_package(&stack->layers[0], PACKAGE_NPM, "deleted", "1");
    made_mark(&stack->layers[2], ".wh.x");
    build(stack);
    assert_int_equal(stack->inventory.packages_n, 3);
    assert_int_equal(stack->inventory.removed_n, 3);
    expect_removed(stack, "upgraded", "1", 1, 2);
    expect_removed(stack, "removed", "1", 1, 3); /* since the first layer, without a gap */
    expect_removed(stack, "deleted", "1", 1, 3);
    assert_str_equal(stack->inventory.removed[0].ecosystem, STR("Debian:12"));
}

/* A chain that a whiteout breaks, a file in the place of a folder, a file of the same layer. */
static void every_way_of_hiding_is_seen(void **state) {
    struct stack *stack = *state;
    made_file(&stack->layers[0], "a/package-lock.json", "npm-lock");
    made_package(&stack->layers[0], PACKAGE_NPM, "before-the-gap", "1");
    made_mark(&stack->layers[1], "a/.wh.package-lock.json");
    made_file(&stack->layers[2], "a/package-lock.json", "npm-lock");
    made_package(&stack->layers[2], PACKAGE_NPM, "after-the-gap", "1");
    made_file(&stack->layers[0], "d/package-lock.json", "npm-lock");
    made_package(&stack->layers[0], PACKAGE_NPM, "folder-to-file", "1");
    made_entry(&stack->layers[1], "d");
    made_file(&stack->layers[0], "e/package-lock.json", "npm-lock");
    made_package(&stack->layers[0], PACKAGE_NPM, "emptied", "1");
    made_file(&stack->layers[1], "e/package-lock.json", "npm-lock");
    made_file(&stack->layers[1], "f/package-lock.json", "npm-lock");
    made_package(&stack->layers[1], PACKAGE_NPM, "never-seen", "1");
    facts_replaced(&stack->layers[1].facts, STR("f/package-lock.json"));
    made_file(&stack->layers[1], "f/package-lock.json", "npm-lock");
    made_package(&stack->layers[1], PACKAGE_NPM, "second", "1");
    made_file(&stack->layers[0], "g/package-lock.json", "npm-lock");
    made_package(&stack->layers[0], PACKAGE_NPM, "moved", "1");
    made_mark(&stack->layers[1], ".wh.g");
    made_file(&stack->layers[2], "h/package-lock.json", "npm-lock");
    made_package(&stack->layers[2], PACKAGE_NPM, "moved", "1");
    build(stack);
    assert_int_equal(stack->inventory.removed_n, 3);
    expect_removed(stack, "before-the-gap", "1", 1, 2);
    expect_removed(stack, "folder-to-file", "1", 1, 2);
    expect_removed(stack, "emptied", "1", 1, 2);
    expect(stack, "moved", "1", 3);
}

/* What a distribution's package brought goes with it, and is said by it alone. */
static void owned_files_are_not_said_again(void **state) {
    struct stack *stack = *state;
    struct made *layer = &stack->layers[0];
    made_file(layer, STATUS, "dpkg");
    made_package(layer, PACKAGE_DEB, "python3-six", "1.16.0-4");
    made_file(layer, "var/lib/dpkg/info/python3-six.list", "dpkg");
    size_t owned = facts_owned_begin(&layer->facts, PACKAGE_DEB, STR("python3-six"));
    facts_owned_path(&layer->facts, STR("/usr/lib/six/PKG-INFO"));
    facts_owned_end(&layer->facts, owned);
    made_file(layer, "usr/lib/six/PKG-INFO", "python-installed");
    made_package(layer, PACKAGE_PYPI, "six", "1.16.0");
    made_file(layer, "opt/own/PKG-INFO", "python-installed");
    made_package(layer, PACKAGE_PYPI, "own", "1");
    made_file(layer, "opt/app.war", "java-archive");
    facts_package(&layer->facts, &(struct package){.type = PACKAGE_MAVEN,
                                                   .name = STR("g:inner"),
                                                   .version = STR("1"),
                                                   .within = STR("lib/inner.jar")});
    made_file(&stack->layers[1], STATUS, "dpkg");
    made_mark(&stack->layers[1], "var/lib/dpkg/info/.wh.python3-six.list");
    made_mark(&stack->layers[1], "usr/lib/.wh.six");
    made_mark(&stack->layers[1], ".wh.opt");
    build(stack);
    assert_int_equal(stack->inventory.packages_n, 0);
    assert_int_equal(stack->inventory.removed_n, 3);
    expect_removed(stack, "python3-six", "1.16.0-4", 1, 2);
    expect_removed(stack, "own", "1", 1, 2);
    expect_removed(stack, "g:inner", "1", 1, 2);
    for (size_t i = 0; i < 3; i++) {
        const struct package_record *record = &stack->inventory.removed[i];
        assert_true(record->package.type != PACKAGE_MAVEN ||
                    str_eq(record->path, STR("opt/app.war!/lib/inner.jar")));
    }
}

static void what_is_taken_away_has_an_end(void **state) {
    struct stack *stack = *state;
    stack->arena.cap = GIB;
    made_file(&stack->layers[0], "package-lock.json", "npm-lock");
    for (int i = 0; i <= LIMIT_REMOVED; i++) {
        char name[16];
        snprintf(name, sizeof name, "p%d", i);
        made_package(&stack->layers[0], PACKAGE_NPM, name, "1");
    }
    made_mark(&stack->layers[1], ".wh.package-lock.json");
    build(stack);
    assert_int_equal(stack->inventory.removed_n, LIMIT_REMOVED);
    assert_int_equal(stack->inventory.problems_n, 1);
    assert_str_equal(stack->inventory.problems[0].message,
                     STR("later layers take more packages away than are looked at"));
    assert_false(stack->inventory.problems[0].is_incomplete);
}

static void each_allocation_may_fail(void **state) {
    struct stack *stack = *state;
    for (int i = 0; i < LAYERS; i++) {
        made_file(&stack->layers[i], STATUS, "dpkg");
        made_package(&stack->layers[i], PACKAGE_DEB, "bash", "5");
        made_mark(&stack->layers[i], "a/.wh.b");
        if (i == 0) {
            made_package(&stack->layers[i], PACKAGE_DEB, "removed", "5");
            made_file(&stack->layers[i], "a/b/package-lock.json", "npm-lock");
            made_package(&stack->layers[i], PACKAGE_NPM, "deleted", "5");
        }
        stack->input[i].facts = made_end(&stack->layers[i], 1);
    }
    WITH_EACH_ALLOCATION_FAILED({
        struct arena arena = arena_new(MIB);
        struct inventory inventory;
        struct err err = ERR_NONE;
        int r = inventory_build(&arena, stack->input, LAYERS, true, &inventory, &err);
        assert_true(r == 0 || r == ERR_MEMORY);
        arena_free(&arena);
    });
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_stack, close_stack)
    const struct CMUnitTest tests[] = {
        CASE(packages_keep_the_layer_they_came_in),
        CASE(a_whiteout_breaks_the_origin),
        CASE(hidden_files_have_no_packages),
        CASE(of_duplicates_the_last_counts),
        CASE(marks_of_repeats_are_joined),
        CASE(replacing_many_times_is_linear),
        CASE(language_packages_know_their_owner),
        CASE(deb_packages_take_their_licence),
        CASE(problems_have_their_place),
        CASE(packages_have_an_end),
        CASE(damaged_facts_cost_their_layer),
        CASE(what_is_taken_away_is_kept_apart),
        CASE(every_way_of_hiding_is_seen),
        CASE(owned_files_are_not_said_again),
        CASE(what_is_taken_away_has_an_end),
        CASE(each_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("inventory", tests, NULL, NULL);
}
