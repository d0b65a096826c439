#include "base/map.h"
#include "inspect/inventory.h"
#include "inspect/read.h"
#include "source/image/place.h"
#include "source/stream/programs.h"

#include <stdlib.h>

/* As git fast-import reads it (git-fast-import(1), "Input format"): the first commit has a password in
 * a.conf, the second none; b.conf comes with the second and stays. */
static const char repository[] =
    "commit refs/heads/main\nmark :1\nauthor Ann Other <a@example.org> 1700000000 +0000\n"
    "committer A <a@example.org> 1700000000 +0000\ndata 1\nx\n"
    "M 100644 inline a.conf\ndata 37\n\npassword = \"4kT9xQ2mZ8wL1pVb7Yr3Hc\"\n\n"
    "commit refs/heads/main\nmark :2\nauthor Bob <b@example.org> 1700003600 +0000\n"
    "committer A <a@example.org> 1700003600 +0000\ndata 1\ny\n"
    "M 100644 inline a.conf\ndata 5\nnone\n\n"
    "M 100644 inline b.conf\ndata 36\npassword = \"9cR2vN6tK1xG8mQd4Zs7Wb\"\n\n";

struct fixture {
    struct place *place;
    struct secret_set set;
    char first[41], second[41]; /* ids of commits, by git */
};

static void git_id(struct fixture *f, const char *revision, char out[41]) {
    _cleanup_(buf_free) struct buf text = buf_new(KIB);
    assert_int_equal(RUN(STR(""), &text, "git", "-C", f->place->folder, "rev-parse", revision), 0);
    assert_int_equal(text.n, 41);
    snprintf(out, 41, "%.*s", 40, (const char *)text.p);
}

static int open_all(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    _cleanup_(buf_free) struct buf text = buf_new(KIB);
    struct err err = ERR_NONE;
    void *place;
    assert_int_equal(place_open(&place), 0);
    f->place = place;
    setenv("PLIMSOLL_LIBEXEC", getenv("PLIMSOLL_BUILD"), 1);
    assert_int_equal(RUN(STR(""), &text, "git", "init", "-q", "-b", "main", f->place->folder), 0);
    assert_int_equal(RUN(str_c(repository), &text, "git", "-C", f->place->folder, "fast-import", "--quiet"),
                     0);
    git_id(f, "main~1", f->first);
    git_id(f, "main", f->second);
    secret_set_add(&f->set, &secret_rules_builtin);
    assert_int_equal(secret_set_open(&f->set, &err), 0);
    *state = f;
    return 0;
}

static int close_all(void **state) {
    struct fixture *f = *state;
    void *place = f->place;
    secret_set_close(&f->set);
    place_close(&place);
    free(f);
    return 0;
}

static int read_commit(struct fixture *f, struct arena *arena, struct inventory *inventory, struct err *err) {
    _cleanup_(commit_closep) struct commit *commit = NULL;
    const struct read_options options = {.is_open = true, .secrets = &f->set};
    struct map searched = map_new(arena);
    int r = commit_open(&commit, f->place->folder, STR("HEAD"), err);
    return r < 0 ? r : read_git_history(commit, STR_NONE, &options, arena, &searched, inventory, err);
}

static const struct inventory_secret *secret_in(const struct inventory *inventory, struct str path) {
    for (size_t i = 0; i < inventory->secrets_n; i++) {
        if (str_eq(inventory->secrets[i].path, path)) {
            return &inventory->secrets[i];
        }
    }
    return NULL;
}

static bool is_commit(const struct inventory_commit *commit, const char *id, struct str author,
                      int64_t time) {
    return str_eq(commit->id, str_c(id)) && str_eq(commit->author, author) && commit->time == time;
}

/* All that git says of the two secrets. */
static bool is_whole(const struct fixture *f, const struct inventory *inventory) {
    const struct inventory_secret *a = secret_in(inventory, STR("a.conf")),
                                  *b = secret_in(inventory, STR("b.conf"));
    if (inventory->secrets_n != 2 || !a || !b) {
        return false;
    }
    const struct inventory_secret *both[] = {a, b};
    for (size_t i = 0; i < ARRAY_SIZE(both); i++) {
        const struct secret_fact *fact = &both[i]->fact;
        if (!both[i]->has_history || !str_eq(fact->rule, STR("secret-password")) || !fact->preview.n ||
            fact->hash.n != SECRET_HASH_HEX) {
            return false;
        }
    }
    return a->fact.line == 2 && b->fact.line == 1 && !a->is_in_head && b->is_in_head && !b->removed.id.n &&
           is_commit(&a->since, f->first, STR("Ann Other"), 1700000000) &&
           is_commit(&a->removed, f->second, STR("Bob"), 1700003600) &&
           is_commit(&b->since, f->second, STR("Bob"), 1700003600);
}

static void commits_of_secrets_are_those_that_git_says(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    struct inventory inventory = {0};
    struct err err = ERR_NONE;
    assert_int_equal(read_commit(*state, &arena, &inventory, &err), 0);
    assert_int_equal(inventory.problems_n, 0);
    assert_true(is_whole(*state, &inventory));
}

/* What is told is whole, or it is told that it isn't. A child is forked with what is left of the count, so
 * its allocations are failed in turn as well. */
static void allocation_failures_are_told(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        struct arena arena = arena_new(64 * MIB);
        struct inventory inventory = {0};
        struct err err = ERR_NONE;
        int r = read_commit(*state, &arena, &inventory, &err);
        assert_true(r == 0 || err.message[0]);
        assert_true(r < 0 || inventory.problems_n || is_whole(*state, &inventory));
        arena_free(&arena);
    });
}

/* The same for each piece of an arena. */
static void an_arena_that_is_too_small_is_told(void **state) {
    bool is_enough = false;
    for (size_t most = 256; !is_enough && most < MIB; most += 256) {
        _cleanup_(arena_free) struct arena arena = arena_new(most);
        struct inventory inventory = {0};
        struct err err = ERR_NONE;
        int r = read_commit(*state, &arena, &inventory, &err);
        assert_true(r == 0 || err.message[0]);
        is_enough = r == 0 && !inventory.problems_n;
        assert_true(r < 0 || inventory.problems_n || is_whole(*state, &inventory));
    }
    assert_true(is_enough);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(commits_of_secrets_are_those_that_git_says, open_all, close_all),
        cmocka_unit_test_setup_teardown(allocation_failures_are_told, open_all, close_all),
        cmocka_unit_test_setup_teardown(an_arena_that_is_too_small_is_told, open_all, close_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
