#include "source/git/program/repository.h"

#include "source/git/program/loose.h"
#include "source/image/place.h"

#include <zlib.h>

static void put_repository(struct place *place, const char *name) {
    static const char *const files[] = {"HEAD", "objects/x", "refs/x"};
    char path[256];
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        snprintf(path, sizeof path, "%s/%s", name, files[i]);
        place_put(place, path, STR("ref: refs/heads/main\n"));
    }
}

/* folder, git_dir and common_dir are in the test's folder; NULL: there is none. */
static void expect(struct place *place, const char *folder, const char *git_dir, const char *common_dir,
                   const char *below) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct repository repository;
    struct err err = ERR_NONE;
    const char *asked = arena_printf(&arena, "%s", place_path(place, folder));
    assert_non_null(asked);
    int r = repository_find(&arena, asked, &repository, &err);
    if (!git_dir) {
        assert_int_equal(r, ERR_ABSENT);
        assert_non_null(strstr(err.message, asked));
        return;
    }
    assert_int_equal(r, 0);
    assert_string_equal(repository.git_dir, place_path(place, git_dir));
    assert_string_equal(repository.common_dir, place_path(place, common_dir));
    assert_str_equal(repository.below, str_c(below));
}

static void the_nearest_one_is_found(void **state) {
    struct place *place = *state;
    put_repository(place, "shop/.git");
    put_repository(place, "shop/vendor/other/.git");
    place_put(place, "shop/a/b/file", STR("x"));
    place_put(place, "shop/vendor/other/c/file", STR("x"));
    expect(place, "shop", "shop/.git", "shop/.git", "");
    expect(place, "shop/a/b", "shop/.git", "shop/.git", "a/b");
    expect(place, "shop/vendor/other/c", "shop/vendor/other/.git", "shop/vendor/other/.git", "c");
    expect(place, "shop/nothing", NULL, NULL, NULL);
}

static void a_bare_one_is_named_itself(void **state) {
    struct place *place = *state;
    put_repository(place, "bare.git");
    place_put(place, "bare.git/hooks/x", STR("x"));
    expect(place, "bare.git", "bare.git", "bare.git", "");
    expect(place, "bare.git/hooks", NULL, NULL, NULL);
}

static void links_are_followed(void **state) {
    struct place *place = *state;
    put_repository(place, "shop/.git");
    place_put(place, "shop/.git/worktrees/tree/HEAD", STR("ref: refs/heads/x\n"));
    place_put(place, "shop/.git/worktrees/tree/commondir", STR("../..\n"));
    place_put(place, "tree/.git", STR("gitdir: ../shop/.git/worktrees/tree\n"));
    place_put(place, "tree/a/file", STR("x"));
    expect(place, "tree/a", "shop/.git/worktrees/tree", "shop/.git", "a");
}

static void what_is_no_repository_is_none(void **state) {
    struct place *place = *state;
    place_put(place, "plain/file", STR("x"));
    place_put(place, "lost/.git", STR("gitdir: ../nothing\n"));
    place_put(place, "odd/.git", STR("hello"));
    place_put(place, "half/.git/HEAD", STR("x"));
    static const char *const names[] = {"plain", "lost", "odd", "half"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        expect(place, names[i], NULL, NULL, NULL);
    }
}

/* ---- loose objects */

static int check(struct place *place, struct str file) {
    struct err err = ERR_NONE;
    git_oid id = {{0}};
    char common[512];
    place_put(place, "objects/00/00000000000000000000000000000000000000", file);
    snprintf(common, sizeof common, "%s", place->folder);
    const struct repository repository = {.common_dir = common};
    int r = loose_check(&repository, &id, &err);
    assert_true(r == 0 || err.message[0]);
    return r;
}

static void loose_objects_are_whole_or_damaged(void **state) {
    static const char object[] = "blob 5\0hello";
    unsigned char packed[256];
    uLongf n = sizeof packed;
    assert_int_equal(compress(packed, &n, (const unsigned char *)object, sizeof object - 1), Z_OK);
    assert_int_equal(check(*state, str_n((const char *)packed, n)), 0);
    for (size_t cut = 0; cut < n; cut++) {
        assert_int_equal(check(*state, str_n((const char *)packed, cut)), ERR_INPUT);
    }
    assert_int_equal(check(*state, STR("no compressed data")), ERR_INPUT);
}

static void one_in_a_pack_is_not_looked_at(void **state) {
    const struct repository repository = {.common_dir = (char *)"/nonexistent"};
    git_oid id = {{0}};
    assert_int_equal(loose_check(&repository, &id, NULL), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_nearest_one_is_found, place_open, place_close),
        cmocka_unit_test_setup_teardown(a_bare_one_is_named_itself, place_open, place_close),
        cmocka_unit_test_setup_teardown(links_are_followed, place_open, place_close),
        cmocka_unit_test_setup_teardown(what_is_no_repository_is_none, place_open, place_close),
        cmocka_unit_test_setup_teardown(loose_objects_are_whole_or_damaged, place_open, place_close),
        cmocka_unit_test(one_in_a_pack_is_not_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
