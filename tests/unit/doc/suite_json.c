/* The JSON parsing suite of nst/JSONTestSuite: y_ must be accepted, n_ refused, i_ may be either. */
#include "base/file.h"
#include "base/limits.h"
#include "doc/json.h"

#include "test.h"

#include <dirent.h>

struct counts {
    unsigned passed, failed, accepted_either, refused_either;
};

static void judge(const char *name, bool is_accepted, const char *message, struct counts *counts) {
    if (name[0] == 'i') {
        *(is_accepted ? &counts->accepted_either : &counts->refused_either) += 1;
        return;
    }
    if (is_accepted == (name[0] == 'y')) {
        counts->passed++;
        return;
    }
    counts->failed++;
    print_message("# failed: %s %s\n", name, is_accepted ? "was accepted" : message);
}

static void run_case(const char *folder, const char *name, struct counts *counts) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    _cleanup_(buf_free) struct buf text = buf_new(16 * MIB);
    const char *path = arena_printf(&arena, "%s/%s", folder, name);
    struct err err = ERR_NONE;
    assert_non_null(path);
    assert_int_equal(file_read(path, &text, &err), 0);
    const struct doc *d;
    int rc = json_parse(&arena, buf_view(&text), &d, &err);
    judge(name, rc == 0, err.message, counts);
}

static struct counts run_folder(DIR *dir, const char *folder) {
    struct counts counts = {0};
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (str_ends(str_c(entry->d_name), STR(".json"))) {
            run_case(folder, entry->d_name, &counts);
        }
    }
    return counts;
}

static void the_suite_passes(void **state) {
    const char *folder = *state;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    struct counts counts = run_folder(dir, folder);
    closedir(dir);
    print_message("# JSON: %u passed, %u failed; of the free cases %u accepted, %u refused\n", counts.passed,
                  counts.failed, counts.accepted_either, counts.refused_either);
    assert_int_equal(counts.failed, 0);
    assert_true(counts.passed > 0);
}

int main(void) {
    const char *shared = getenv("PLIMSOLL_SHARED");
    char folder[LIMIT_PATH];
    snprintf(folder, sizeof folder, "%s/conformance/json/test_parsing", shared ? shared : "");
    if (access(folder, R_OK) < 0) {
        printf("1..0 # SKIP no suite under PLIMSOLL_SHARED\n");
        return 0;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(the_suite_passes, folder)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
