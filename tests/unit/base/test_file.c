#include "base/file.h"

#include "test.h"

#include <sys/stat.h>

static char folder[64];

static int make_folder(void **state) {
    snprintf(folder, sizeof folder, "/tmp/plimsoll-file-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
    char path[128];
    snprintf(path, sizeof path, "%s/a", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/x/y", folder);
    rmdir(path);
    snprintf(path, sizeof path, "%s/x", folder);
    rmdir(path);
    return rmdir(folder);
}

static void replaced_file_is_read_back(void **state) {
    char path[128];
    struct err err = ERR_NONE;
    snprintf(path, sizeof path, "%s/a", folder);
    assert_int_equal(file_replace(path, STR("old"), &err), 0);
    assert_int_equal(file_replace(path, STR("newer"), &err), 0);
    _cleanup_(buf_free) struct buf buf = buf_new(5);
    assert_int_equal(file_read(path, &buf, &err), 0);
    assert_str_equal(buf_view(&buf), STR("newer"));
    _cleanup_(buf_free) struct buf small = buf_new(4);
    assert_int_equal(file_read(path, &small, &err), ERR_LIMIT);
}

static void missing_file_is_absent(void **state) {
    struct err err = ERR_NONE;
    assert_int_equal(file_open("/nonexistent/plimsoll", &err), ERR_ABSENT);
    assert_non_null(strstr(err.message, "/nonexistent/plimsoll"));
}

static void folders_are_made_above(void **state) {
    char path[128];
    struct err err = ERR_NONE;
    struct stat st;
    snprintf(path, sizeof path, "%s/x/y", folder);
    assert_int_equal(file_make_dirs(path, &err), 0);
    assert_int_equal(file_make_dirs(path, &err), 0);
    assert_int_equal(stat(path, &st), 0);
    assert_true(S_ISDIR(st.st_mode));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replaced_file_is_read_back),
        cmocka_unit_test(missing_file_is_absent),
        cmocka_unit_test(folders_are_made_above),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
