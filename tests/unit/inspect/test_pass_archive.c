#include "inspect/pass_archive.h"

#include "base/file.h"
#include "base/limits.h"
#include "test.h"

#include <fcntl.h>
#include <sys/mman.h>

struct fixture {
    struct secret_set set;
    struct pass_secrets secrets;
    struct facts facts;
    struct buf file; /* of the corpus: the byte that chooses a name, and the archive */
};

static int open_all(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    struct err err = ERR_NONE;
    f->facts.out = buf_new(LIMIT_FACTS);
    f->file = buf_new(MIB);
    secret_set_add(&f->set, &secret_rules_builtin);
    assert_int_equal(secret_set_open(&f->set, &err), 0);
    assert_int_equal(pass_secrets_open(&f->secrets, &f->set, &f->facts, &err), 0);
    *state = f;
    return 0;
}

static int close_all(void **state) {
    struct fixture *f = *state;
    pass_secrets_close(&f->secrets);
    secret_set_close(&f->set);
    buf_free(&f->facts.out);
    buf_free(&f->file);
    free(f);
    return 0;
}

/* Files of the corpus (behind a byte for the fuzzer), packed by Python's zipfile, tarfile, gzip, bz2 and lzma
 * and by zstd: each has a password in the third line of one text. */
static const struct {
    const char *file, *path, *within;
} archives[] = {
    {"zip", "app/a.zip", "b/c.env"},
    {"stored", "app/a.zip", "b/c.env"},
    {"zip-in-zip", "app/a.zip", "lib/a.zip!/b/c.env"},
    {"gz-in-zip", "app/a.zip", "log/a.log.gz!/a.log"},
    {"tar", "app/a.tar", "b/c.env"},
    {"zip-in-tar", "app/a.tar", "x/a.zip!/b/c.env"},
    {"tar-gz", "app/a.tar.gz", "b/c.env"},
    {"tar-xz-in-tar-gz", "app/a.tar.gz", "a.tar.xz!/b/c.env"},
    {"gz", "app/a.sql.gz", "a.sql"},
    {"bz2", "app/a.sql.gz", "a.sql"},
    {"xz", "app/a.sql.gz", "a.sql"},
    {"zst", "app/a.sql.gz", "a.sql"},
    {"gz-in-gz", "app/a.gz.gz", "a.gz!/a"},
    {"zip-in-gz", "app/a.zip.gz", "a.zip!/b/c.env"},
    {"tar-named-gz", "app/a.sql.gz", "b/c.env"},
};

static struct str load(struct fixture *f, const char *name) {
    char path[512];
    struct err err = ERR_NONE;
    snprintf(path, sizeof path, "%s/tests/fuzz/corpus/archive/%s", getenv("PLIMSOLL_TREE"), name);
    buf_clear(&f->file);
    assert_int_equal(file_read(path, &f->file, &err), 0);
    return str_from(buf_view(&f->file), 1);
}

struct seen {
    size_t secrets, problems;
    char within[256], problem[1024]; /* the last ones */
    uint32_t line;
};

static struct seen facts_of(struct fixture *f) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct cursor in = cursor_over(buf_view(&f->facts.out));
    struct seen seen = {0};
    struct fact fact;
    struct err err = ERR_NONE;
    int r;
    while ((r = facts_next(&in, &arena, &fact, &err)) == 1) {
        if (fact.kind == FACT_SECRET) {
            seen.secrets++;
            seen.line = fact.secret.line;
            snprintf(seen.within, sizeof seen.within, "%.*s", STR_ARG(fact.secret.within));
        } else if (fact.kind == FACT_PROBLEM) {
            seen.problems++;
            snprintf(seen.problem, sizeof seen.problem, "%.*s", STR_ARG(fact.message));
        }
    }
    assert_int_equal(r, 0);
    return seen;
}

static int look(struct fixture *f, struct str path, const struct archive_bytes *archive) {
    struct err err = ERR_NONE;
    buf_clear(&f->facts.out);
    int r = pass_archive(&f->secrets, path, archive, &err);
    assert_true(r == 0 || err.message[0]);
    return r;
}

static struct seen look_well(struct fixture *f, struct str path, struct str bytes) {
    const struct archive_bytes archive = {.bytes = bytes, .fd = -1};
    assert_int_equal(look(f, path, &archive), 0);
    return facts_of(f);
}

static void each_is_found_where_it_is(void **state) {
    struct fixture *f = *state;
    for (size_t i = 0; i < ARRAY_SIZE(archives); i++) {
        struct str bytes = load(f, archives[i].file);
        struct seen seen = look_well(f, str_c(archives[i].path), bytes);
        assert_int_equal(seen.secrets, 1);
        assert_int_equal(seen.line, 3);
        assert_string_equal(seen.within, archives[i].within);
        assert_int_equal(seen.problems, 0);
    }
}

static void a_file_is_read_as_memory_is(void **state) {
    struct fixture *f = *state;
    for (size_t i = 0; i < ARRAY_SIZE(archives); i++) {
        struct str bytes = load(f, archives[i].file);
        _cleanup_(closep) int fd = memfd_create("archive", MFD_CLOEXEC);
        assert_int_equal(write(fd, bytes.p, bytes.n), (ssize_t)bytes.n);
        const struct archive_bytes archive = {.fd = fd, .size = bytes.n};
        assert_int_equal(look(f, str_c(archives[i].path), &archive), 0);
        assert_string_equal(facts_of(f).within, archives[i].within);
    }
}

/* A compressed text that ends early says so, wherever it ends: the trailer of gzip is eight bytes of 30. */
static void a_cut_file_is_told(void **state) {
    struct fixture *f = *state;
    static const char *const files[] = {"gz", "bz2", "xz", "zst"};
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        struct str bytes = load(f, files[i]);
        for (size_t n = 8; n < bytes.n; n++) {
            struct seen seen = look_well(f, STR("a.sql.gz"), str_sub(bytes, 0, n));
            assert_int_equal(seen.problems, 1);
            assert_true(str_starts(str_c(seen.problem), STR("secrets: a.sql: ")));
        }
    }
}

static void what_is_none_in_spite_of_its_name_gives_nothing(void **state) {
    struct fixture *f = *state;
    struct str text = STR("password = \"4kT9xQ2mZ8wL1pVb\"\n");
    static const char *const paths[] = {"a.zip", "a.tar.gz", "a.sql.gz", "a.zip.gz"};
    for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
        struct seen seen = look_well(f, str_c(paths[i]), text);
        assert_int_equal(seen.secrets + seen.problems, 0);
    }
}

/* Pictures are not unpacked, nor are a distribution's manuals. */
static void what_holds_no_text_of_ones_own_is_passed_over(void **state) {
    struct fixture *f = *state;
    struct str bytes = load(f, "gz");
    assert_int_equal(look_well(f, STR("logo.png.gz"), bytes).secrets, 0);
    assert_false(secret_wants(STR("usr/share/doc/bash/changelog.gz"), 1000));
    assert_false(secret_wants(STR("rootfs/usr/share/man/man1/bash.1.gz"), 1000));
    assert_true(secret_wants(STR("usr/share/shop/dump.sql.gz"), 1000));
    assert_true(secret_wants(STR("usr/share/doc/bash/examples.tar.gz"), 1000));
}

/* Each is 20 bytes of header and trailer around the next one. */
static void archives_in_each_other_have_an_end(void **state) {
    struct fixture *f = *state;
    struct buf name = buf_new(KIB);
    struct str bytes = load(f, "deep");
    buf_c(&name, "a");
    for (int i = 0; i < 12; i++) {
        buf_c(&name, ".gz");
    }
    struct seen seen = look_well(f, buf_view(&name), bytes);
    assert_int_equal(seen.secrets, 0);
    assert_int_equal(seen.problems, 1);
    assert_non_null(strstr(seen.problem, "archives inside of each other, more than are opened"));
    buf_free(&name);
}

/* A secret is found, or what kept it from that is told. */
static void allocation_failures_are_told(void **state) {
    struct fixture *f = *state;
    for (size_t i = 0; i < ARRAY_SIZE(archives); i++) {
        const struct archive_bytes archive = {.bytes = load(f, archives[i].file), .fd = -1};
        WITH_EACH_ALLOCATION_FAILED({
            struct err err = ERR_NONE;
            buf_free(&f->facts.out);
            int r = pass_archive(&f->secrets, str_c(archives[i].path), &archive, &err);
            bool has_facts = !f->facts.out.failed;
            struct seen seen = has_facts ? facts_of(f) : (struct seen){0};
            assert_true(r == 0 || r == ERR_MEMORY);
            assert_true(r == ERR_MEMORY || !has_facts || seen.secrets == 1 || seen.problems > 0);
        });
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_is_found_where_it_is, open_all, close_all),
        cmocka_unit_test_setup_teardown(a_file_is_read_as_memory_is, open_all, close_all),
        cmocka_unit_test_setup_teardown(a_cut_file_is_told, open_all, close_all),
        cmocka_unit_test_setup_teardown(what_is_none_in_spite_of_its_name_gives_nothing, open_all, close_all),
        cmocka_unit_test_setup_teardown(what_holds_no_text_of_ones_own_is_passed_over, open_all, close_all),
        cmocka_unit_test_setup_teardown(archives_in_each_other_have_an_end, open_all, close_all),
        cmocka_unit_test_setup_teardown(allocation_failures_are_told, open_all, close_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
