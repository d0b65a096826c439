/* A database that another Vectorscan wrote: the patterns are compiled here, by plimsoll-patterns. */
#include "base/file.h"
#include "base/limits.h"
#include "found.h"
#include "inspect/secrets/scan.h"
#include "test.h"

#include <dirent.h>
#include <sys/stat.h>

static const struct secret_rule rules[] = {{.id = STR("acme-key"),
                                            .title = STR("Key of Acme"),
                                            .pattern = STR("ACME-[0-9]{10}-X"),
                                            .width = 17,
                                            .severity = SEVERITY_HIGH}};

static const struct secret_rules foreign = {rules, 1, STR("of another release"), 77};

static void set_programs(bool has_them) {
    const char *build = getenv("PLIMSOLL_BUILD");
    if (!build) {
        skip();
    }
    setenv("PLIMSOLL_LIBEXEC", has_them ? build : "/nonexistent", 1);
}

static size_t find(struct secret_set *set) {
    struct secret_scanner *scanner = NULL;
    struct found *found = found_new();
    struct err err = ERR_NONE;
    assert_int_equal(secret_scanner_new(&scanner, set, found_sink(found), &err), 0);
    assert_int_equal(found_scan(scanner, STR("a.txt"), STR("x ACME-8046137925-X y\n"), 0, &err), 0);
    size_t n = found->n;
    secret_scanner_free(scanner);
    found_free(found);
    return n;
}

static int open_with(const char *cache, struct secret_set *set, struct err *err) {
    *set = (struct secret_set){.cache = cache};
    secret_set_add(set, &foreign);
    return secret_set_open(set, err);
}

/* The one file in <cache>/patterns. */
static void kept_file(const char *cache, char out[LIMIT_PATH]) {
    char folder[256];
    snprintf(folder, sizeof folder, "%s/patterns", cache);
    DIR *stream = opendir(folder);
    assert_non_null(stream);
    size_t n = 0;
    for (const struct dirent *entry; (entry = readdir(stream));) {
        if (entry->d_name[0] != '.') {
            snprintf(out, LIMIT_PATH, "%s/%.255s", folder, entry->d_name);
            n++;
        }
    }
    closedir(stream);
    assert_int_equal(n, 1);
}

static void it_is_compiled_once_and_kept(void **state) {
    char cache[] = "/tmp/plimsoll-patterns-XXXXXX", path[LIMIT_PATH];
    struct secret_set set;
    struct err err = ERR_NONE;
    struct stat st;
    set_programs(true);
    assert_non_null(mkdtemp(cache));
    assert_int_equal(open_with(cache, &set, &err), 0);
    assert_true(set.was_compiled);
    assert_int_equal(find(&set), 1);
    secret_set_close(&set);
    kept_file(cache, path);
    char folder[64];
    snprintf(folder, sizeof folder, "%s/patterns", cache);
    assert_int_equal(stat(folder, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    /* Nobody is there to compile: it comes from the cache. */
    set_programs(false);
    assert_int_equal(open_with(cache, &set, &err), 0);
    assert_int_equal(find(&set), 1);
    secret_set_close(&set);
    /* A damaged one counts as none. */
    assert_int_equal(file_replace(path, STR("damaged"), &err), 0);
    assert_true(open_with(cache, &set, &err) < 0);
    set_programs(true);
    assert_int_equal(open_with(cache, &set, &err), 0);
    secret_set_close(&set);
    kept_file(cache, path);
    unlink(path);
    *strrchr(path, '/') = 0;
    rmdir(path);
    rmdir(cache);
}

static void without_a_compiler_it_fails_the_same_way_each_time(void **state) {
    struct secret_set set;
    struct err first = ERR_NONE, again = ERR_NONE;
    set_programs(false);
    int r = open_with(NULL, &set, &first);
    assert_true(r < 0);
    set_programs(true);
    assert_int_equal(secret_set_open(&set, &again), r);
    assert_string_equal(again.message, first.message);
    assert_non_null(strstr(first.message, "plimsoll-patterns"));
    secret_set_close(&set);
}

static void keys_differ_by_their_bytes(void **state) {
    struct secret_key a = {.raw = "0123456789abcdef", .raw_n = 16}, b = a;
    struct err err = ERR_NONE;
    b.raw[3] = 'x';
    assert_true(secret_key_fingerprint(&a) != secret_key_fingerprint(&b));
    uint64_t before = secret_key_fingerprint(&a);
    assert_int_equal(secret_key_ready(&a, &err), 0);
    assert_true(secret_key_fingerprint(&a) == before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_compiled_once_and_kept),
        cmocka_unit_test(without_a_compiler_it_fails_the_same_way_each_time),
        cmocka_unit_test(keys_differ_by_their_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
