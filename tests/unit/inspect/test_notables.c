#include "inspect/notables.h"

#include "test.h"

/* What is kept of one entry, as "path mode"; "" for nothing. */
struct kept {
    struct arena arena;
    struct facts facts;
    struct notables notables;
};

static int open_kept(void **state) {
    struct kept *kept = mem_alloc_zero(sizeof *kept);
    kept->arena = arena_new(64 * MIB);
    kept->facts.out = buf_new(LIMIT_FACTS);
    kept->notables = notables_new(&kept->arena);
    *state = kept;
    return 0;
}

static int close_kept(void **state) {
    struct kept *kept = *state;
    buf_free(&kept->facts.out);
    arena_free(&kept->arena);
    mem_free(kept);
    return 0;
}

static bool take(struct kept *kept, const struct entry *entry) {
    struct err err = ERR_NONE;
    bool is_kept;
    assert_int_equal(notables_take(&kept->notables, &kept->facts, entry, &is_kept, &err), 0);
    return is_kept;
}

static bool keeps(struct kept *kept, enum entry_type type, const char *path, uint32_t mode, uint64_t size) {
    return take(kept, &(struct entry){.type = type, .path = str_c(path), .mode = mode, .size = size});
}

static void what_is_kept(void **state) {
    static const struct {
        enum entry_type type;
        const char *path;
        uint32_t mode;
        uint64_t size;
        bool is_kept;
    } cases[] = {{ENTRY_FILE, "opt/a", 04755, 1, true},
                 {ENTRY_FILE, "opt/a", 02755, 1, true},
                 {ENTRY_FILE, "opt/a", 01755, 1, false},
                 {ENTRY_DIRECTORY, "opt/a", 06755, 0, false},
                 {ENTRY_OTHER, "dev/null", 0666, 0, false},
                 {ENTRY_SYMLINK, "opt/a", 0777, 0, false},
                 {ENTRY_FILE, "opt/a", 0646, 1, true},
                 {ENTRY_FILE, "opt/a", 0664, 1, false},
                 {ENTRY_DIRECTORY, "opt/a", 0777, 0, true},
                 {ENTRY_DIRECTORY, "tmp", 01777, 0, false},
                 {ENTRY_FILE, "usr/bin/bash", 0755, 1, true},
                 {ENTRY_FILE, "usr/bin/bash", 0644, 1, false},
                 {ENTRY_SYMLINK, "bin/sh", 0777, 0, true},
                 {ENTRY_HARDLINK, "usr/bin/perl", 0755, 0, true},
                 {ENTRY_FILE, "usr/share/bash", 0755, 1, false},
                 {ENTRY_FILE, "bash", 0755, 1, false},
                 {ENTRY_FILE, "opt/a", 0644, LIMIT_WASTE_FROM - 1, false},
                 {ENTRY_FILE, "opt/a", 0644, LIMIT_WASTE_FROM, true},
                 {ENTRY_DIRECTORY, "", 0755, 0, false}};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        if (keeps(*state, cases[i].type, cases[i].path, cases[i].mode, cases[i].size) != cases[i].is_kept) {
            fail_msg("%s %o", cases[i].path, cases[i].mode);
        }
    }
}

/* link(2) makes another name of the same inode. */
static void hard_links_are_set_id_as_their_target_is(void **state) {
    struct kept *kept = *state;
    struct fact fact;
    struct entry link = {.type = ENTRY_HARDLINK, .path = STR("opt/b"), .link = STR("opt/a"), .mode = 0755};
    assert_false(take(kept, &link));
    assert_true(keeps(kept, ENTRY_FILE, "opt/a", 04755, 1));
    size_t before = kept->facts.out.n;
    assert_true(take(kept, &link));
    struct cursor in = cursor_over(str_from(buf_view(&kept->facts.out), before));
    assert_int_equal(facts_next(&in, &kept->arena, &fact, NULL), 1);
    assert_int_equal(fact.kind, FACT_ENTRY);
    assert_int_equal(fact.entry.mode, 04755);
    assert_str_equal(fact.entry.path, STR("opt/b"));
    link = (struct entry){.type = ENTRY_HARDLINK, .path = STR("opt/c"), .link = STR("opt/b"), .mode = 0755};
    assert_true(take(kept, &link));
}

static void sizes_are_added_up_by_part(void **state) {
    static const struct {
        const char *path;
        uint64_t bytes, files;
    } expected[] = {{"var/lib/apt/lists/a", 5, 1}, {"var/lib/apt/lists/d/*", 11, 2}, {"root/.npm/x", 1, 1}};
    struct kept *kept = *state;
    keeps(kept, ENTRY_FILE, "var/lib/apt/lists/a", 0644, 5);
    keeps(kept, ENTRY_FILE, "var/lib/apt/lists/d/e/f", 0644, 4);
    keeps(kept, ENTRY_FILE, "root/.npm/x", 0644, 1);
    keeps(kept, ENTRY_DIRECTORY, "var/lib/apt/lists/empty", 0755, 0);
    keeps(kept, ENTRY_FILE, "var/lib/apt/listsx/a", 0644, 9);
    keeps(kept, ENTRY_FILE, "var/lib/apt/lists/d/g", 0644, 7);
    assert_int_equal(kept->facts.out.n, 0);
    for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
        struct fact fact;
        buf_clear(&kept->facts.out);
        assert_true(notables_put(&kept->notables, &kept->facts));
        struct cursor in = cursor_over(buf_view(&kept->facts.out));
        assert_int_equal(facts_next(&in, &kept->arena, &fact, NULL), 1);
        assert_int_equal(fact.kind, FACT_TREE);
        assert_str_equal(fact.path, str_c(expected[i].path));
        assert_int_equal(fact.tree_bytes, expected[i].bytes);
        assert_int_equal(fact.tree_files, expected[i].files);
    }
    assert_false(notables_put(&kept->notables, &kept->facts));
}

/* A layer whose files are all writable costs no more than one with some thousand, and says so. */
static void what_is_kept_has_an_end(void **state) {
    struct kept *kept = *state;
    char path[64];
    size_t n = 0;
    for (size_t i = 0; i < 2 * LIMIT_NOTABLES; i++) {
        snprintf(path, sizeof path, "root/.npm/%zu", i);
        n += keeps(kept, ENTRY_FILE, path, 0666, 1);
    }
    assert_int_equal(n, LIMIT_NOTABLES);
    assert_int_equal(kept->notables.sizes.n, LIMIT_TREES + 1);
    assert_str_equal(kept->notables.sizes.p[LIMIT_TREES].path, STR("root/.npm/*"));
    assert_int_equal(kept->notables.sizes.p[LIMIT_TREES].files, LIMIT_TREES);
    buf_clear(&kept->facts.out);
    assert_true(notables_put(&kept->notables, &kept->facts));
    struct cursor in = cursor_over(buf_view(&kept->facts.out));
    struct fact fact;
    assert_int_equal(facts_next(&in, &kept->arena, &fact, NULL), 1);
    assert_int_equal(fact.kind, FACT_FILE);
    assert_int_equal(facts_next(&in, &kept->arena, &fact, NULL), 1);
    assert_int_equal(fact.kind, FACT_PROBLEM);
    assert_false(fact.flag);
    assert_true(str_starts(fact.message, STR("8192 entries that everyone may write to")));
}

static void each_allocation_may_fail(void **state) {
    static const struct entry entries[] = {
        {.type = ENTRY_FILE, .path = {"opt/a", 5}, .mode = 04755},
        {.type = ENTRY_HARDLINK, .path = {"opt/b", 5}, .link = {"opt/a", 5}},
        {.type = ENTRY_FILE, .path = {"root/.npm/x", 11}, .size = 3},
    };
    WITH_EACH_ALLOCATION_FAILED({
        struct arena arena = arena_new(MIB);
        struct facts facts = {buf_new(MIB)};
        struct notables notables = notables_new(&arena);
        struct err err = ERR_NONE;
        bool is_kept;
        for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
            int r = notables_take(&notables, &facts, &entries[i], &is_kept, &err);
            assert_true(r == 0 || r == ERR_MEMORY);
        }
        buf_free(&facts.out);
        arena_free(&arena);
    });
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_kept, close_kept)
    const struct CMUnitTest tests[] = {
        CASE(what_is_kept),
        CASE(hard_links_are_set_id_as_their_target_is),
        CASE(sizes_are_added_up_by_part),
        CASE(what_is_kept_has_an_end),
        CASE(each_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("notables", tests, NULL, NULL);
}
