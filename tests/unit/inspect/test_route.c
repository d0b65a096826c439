#include "inspect/route.h"

#include "base/limits.h"
#include "test.h"

static struct arena arena;

static uint64_t bit_of(const char *name) {
    for (unsigned i = 0; i < inspectors_n; i++) {
        if (strcmp(inspectors[i]->name, name) == 0) {
            return UINT64_C(1) << i;
        }
    }
    fail_msg("there is no inspector %s", name);
    return 0;
}

static struct route route(const char *path) {
    struct router *router;
    arena_reset(&arena);
    assert_int_equal(router_new(&router, &arena, false, NULL), 0);
    return route_path(router, str_c(path));
}

static void files_go_to_who_wants_them(void **state) {
    assert_true(route("srv/app/package-lock.json").certain == bit_of("npm-lock"));
    assert_true(route("package-lock.json").certain == bit_of("npm-lock"));
    assert_true(route("var/lib/dpkg/status").certain == bit_of("dpkg"));
    assert_true(route("etc/os-release").certain == bit_of("os-release"));
    assert_true(route("go.mod").certain & bit_of("go-mod"));
    assert_true(route("opt/conda/conda-meta/a-1.json").certain == bit_of("conda-installed"));
    assert_true(route("conda-meta/a-1.json").certain == bit_of("conda-installed"));
}

static void folders_are_told_by_their_name(void **state) {
    assert_true(route("opt/vcpkg_installed/vcpkg/status").certain == bit_of("vcpkg"));
    assert_true(route("src/vendor/modules.txt").certain & bit_of("go-vendor"));
    assert_false(route("modules.txt").certain & bit_of("go-vendor"));
    assert_false(route("vendor/a/modules.txt").certain & bit_of("go-vendor"));
    assert_false(route("xvendor/modules.txt").certain & bit_of("go-vendor"));
}

static void only_whole_patterns_hold(void **state) {
    assert_int_equal(route("srv/var/lib/dpkg/status").certain, 0);
    assert_int_equal(route("package-lock.json/other").certain, 0);
    assert_int_equal(route("xpackage-lock.json").certain, 0);
    assert_int_equal(route("a-1.json").certain, 0);
    assert_int_equal(route("conda-meta/below/a-1.json").certain, 0);
    assert_int_equal(route("conda-meta").certain, 0);
    assert_int_equal(route("").certain, 0);
}

static void sources_are_for_folders_alone(void **state) {
    static const char *const paths[] = {"Dockerfile", "a/Dockerfile.dev", "web.Dockerfile", "k/pod.yaml"};
    struct router *router;
    arena_reset(&arena);
    assert_int_equal(router_new(&router, &arena, true, NULL), 0);
    for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
        uint64_t wanted = bit_of(i < 3 ? "dockerfile" : "kubernetes");
        assert_true(route_path(router, str_c(paths[i])).certain == wanted);
        assert_int_equal(route(paths[i]).certain, 0);
        assert_int_equal(router_new(&router, &arena, true, NULL), 0);
    }
}

static void executables_are_told_by_their_first_bytes(void **state) {
    struct router *router;
    arena_reset(&arena);
    assert_int_equal(router_new(&router, &arena, false, NULL), 0);
    struct route any = route_path(router, STR("usr/bin/anything"));
    assert_int_equal(any.certain, 0);
    assert_true(any.by_magic);
    assert_true(route_head(router, any.by_magic, STR("\177ELF\2\1\1")) == any.by_magic);
    assert_int_equal(route_head(router, any.by_magic, STR("#!/bin/sh")), 0);
    assert_int_equal(route_head(router, any.by_magic, STR("\177EL")), 0);
    assert_int_equal(route_head(router, 0, STR("\177ELF\2\1\1")), 0);
}

static void each_allocation_may_fail(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        struct arena small = arena_new(MIB);
        struct router *router;
        int r = router_new(&router, &small, true, NULL);
        assert_true(r == 0 || r == ERR_MEMORY);
        arena_free(&small);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_go_to_who_wants_them),
        cmocka_unit_test(folders_are_told_by_their_name),
        cmocka_unit_test(only_whole_patterns_hold),
        cmocka_unit_test(sources_are_for_folders_alone),
        cmocka_unit_test(executables_are_told_by_their_first_bytes),
        cmocka_unit_test(each_allocation_may_fail),
    };
    arena = arena_new(MIB);
    int failed = cmocka_run_group_tests_name("route", tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}
