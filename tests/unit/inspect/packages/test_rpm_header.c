#include "inspect/packages/rpm/rpm_header.h"

#include "header_bytes.h"
#include "test.h"

enum {
    NAME = 1000,
    EPOCH = 1003,
    LICENSE = 1014,
    OLDFILENAMES = 1027,
    DIRINDEXES = 1116,
    BASENAMES = 1117,
    DIRNAMES = 1118
};

static void values_by_their_tags(void **state) {
    _cleanup_(header_bytes_free) struct header_bytes bytes = header_bytes_new();
    struct rpm_header header;
    struct err err = ERR_NONE;
    uint32_t epoch;
    header_string(&bytes, 4242, "unknown");
    header_string(&bytes, NAME, "bash");
    header_strings(&bytes, LICENSE, T_I18N, 2, STR("GPL\0Gemeinfrei"));
    header_u32s(&bytes, EPOCH, 1, (uint32_t[]){3});
    assert_int_equal(rpm_header_open(&header, header_blob(&bytes), &err), 0);
    assert_str_equal(rpm_header_string(&header, RPM_NAME), STR("bash"));
    assert_str_equal(rpm_header_string(&header, RPM_LICENSE), STR("GPL"));
    assert_true(rpm_header_u32(&header, RPM_EPOCH, &epoch));
    assert_int_equal(epoch, 3);
    assert_str_equal(rpm_header_string(&header, RPM_EPOCH), STR(""));
    assert_str_equal(rpm_header_string(&header, RPM_VENDOR), STR(""));
    assert_false(rpm_header_u32(&header, RPM_NAME, &epoch));
}

static void later_entry_counts(void **state) {
    _cleanup_(header_bytes_free) struct header_bytes bytes = header_bytes_new();
    struct rpm_header header;
    header_string(&bytes, NAME, "signed");
    header_string(&bytes, NAME, "appended");
    assert_int_equal(rpm_header_open(&header, header_blob(&bytes), NULL), 0);
    assert_str_equal(rpm_header_string(&header, RPM_NAME), STR("appended"));
}

static void string_without_end_is_none(void **state) {
    _cleanup_(header_bytes_free) struct header_bytes bytes = header_bytes_new();
    struct rpm_header header;
    header_string(&bytes, NAME, "bash");
    bytes.data.n--;
    assert_int_equal(rpm_header_open(&header, header_blob(&bytes), NULL), 0);
    assert_str_equal(rpm_header_string(&header, RPM_NAME), STR(""));
}

static void entries_stay_inside(void **state) {
    _cleanup_(header_bytes_free) struct header_bytes bytes = header_bytes_new();
    struct rpm_header header;
    struct err err = ERR_NONE;
    header_string(&bytes, NAME, "bash");
    struct str blob = header_blob(&bytes);
    for (size_t n = 0; n < blob.n; n++) {
        assert_int_equal(rpm_header_open(&header, str_sub(blob, 0, n), &err), ERR_INPUT);
    }
    header_entry(&bytes, EPOCH, T_INT32, (uint32_t)bytes.data.n, 1);
    assert_int_equal(rpm_header_open(&header, header_blob(&bytes), &err), ERR_INPUT);
    assert_string_equal(err.message, "byte 24: the entry of tag 1003 points at byte 5 of 5");
    assert_int_equal(rpm_header_open(&header, STR("\xff\xff\xff\xff\xff\xff\xff\xff"), &err), ERR_INPUT);
}

/* ---- paths */

static int join(void *user, struct str path) {
    buf_str(user, path);
    buf_byte(user, '\n');
    return 0;
}

static int count(void *user, struct str path) {
    ++*(size_t *)user;
    return 0;
}

static int paths_of(struct header_bytes *bytes, struct buf *out, struct err *err) {
    struct rpm_header header;
    assert_int_equal(rpm_header_open(&header, header_blob(bytes), err), 0);
    return rpm_header_paths(&header, join, out, err);
}

static void paths_from_folders_and_names(void **state) {
    _cleanup_(header_bytes_free) struct header_bytes bytes = header_bytes_new();
    _cleanup_(buf_free) struct buf out = buf_new(KIB);
    struct err err = ERR_NONE;
    header_strings(&bytes, BASENAMES, T_STRINGS, 3, STR("bash\0conf\0sh"));
    header_u32s(&bytes, DIRINDEXES, 3, (uint32_t[]){0, 1, 0});
    header_strings(&bytes, DIRNAMES, T_STRINGS, 2, STR("/usr/bin/\0/etc/"));
    assert_int_equal(paths_of(&bytes, &out, &err), 0);
    assert_str_equal(buf_view(&out), STR("/usr/bin/bash\n/etc/conf\n/usr/bin/sh\n"));
}

static void paths_before_rpm_4(void **state) {
    _cleanup_(header_bytes_free) struct header_bytes bytes = header_bytes_new();
    _cleanup_(buf_free) struct buf out = buf_new(KIB);
    struct err err = ERR_NONE;
    header_strings(&bytes, OLDFILENAMES, T_STRINGS, 2, STR("/bin/a\0/bin/b"));
    assert_int_equal(paths_of(&bytes, &out, &err), 0);
    assert_str_equal(buf_view(&out), STR("/bin/a\n/bin/b\n"));
}

static void lists_that_do_not_fit(void **state) {
    static const struct {
        uint32_t names, indexes, index, folders;
        const char *message;
    } cases[] = {
        {1, 2, 0, 1, "BASENAMES: 1 names, 2 DIRINDEXES"},
        {1, 1, 1, 1, "BASENAMES: name 0 is cut or in no folder"},
        {2, 2, 0, 1, "BASENAMES: name 1 is cut or in no folder"},
        {1, 1, 0, 5, "DIRNAMES: the data ends early"},
        {1, 1, 0, 4000000000, "DIRNAMES: 4000000000 folders of type 8"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(header_bytes_free) struct header_bytes bytes = header_bytes_new();
        _cleanup_(buf_free) struct buf out = buf_new(KIB);
        struct err err = ERR_NONE;
        header_u32s(&bytes, DIRINDEXES, cases[i].indexes, (uint32_t[]){cases[i].index, 0});
        header_strings(&bytes, DIRNAMES, T_STRINGS, cases[i].folders, STR("/a/"));
        header_strings(&bytes, BASENAMES, T_STRINGS, cases[i].names, STR("x"));
        assert_int_equal(paths_of(&bytes, &out, &err), ERR_INPUT);
        assert_string_equal(err.message, cases[i].message);
    }
}

/* One long folder, and as many empty names as fit: work must follow the header's size. */
static void short_names_in_a_long_folder_are_bounded(void **state) {
    enum { NAMES = 200000 };
    _cleanup_(header_bytes_free) struct header_bytes bytes = header_bytes_new();
    _cleanup_(mem_freep) char *zeros = mem_alloc_zero(NAMES * 4);
    char folder[4001];
    struct rpm_header header;
    struct err err = ERR_NONE;
    size_t n = 0;
    memset(folder, 'd', 4000);
    folder[4000] = 0;
    header_string(&bytes, NAME, "a");
    header_strings(&bytes, DIRNAMES, T_STRINGS, 1, str_c(folder));
    header_u32s(&bytes, DIRINDEXES, NAMES, (const uint32_t *)(const void *)zeros);
    header_entry(&bytes, BASENAMES, T_STRINGS, 4004, NAMES); /* the zeros of the indexes */
    assert_int_equal(rpm_header_open(&header, header_blob(&bytes), &err), 0);
    assert_int_equal(rpm_header_paths(&header, count, &n, &err), ERR_INPUT);
    assert_in_range(n * 4000, 1, 64 * bytes.data.n);
}

static void memory_may_fail(void **state) {
    _cleanup_(header_bytes_free) struct header_bytes bytes = header_bytes_new();
    header_strings(&bytes, BASENAMES, T_STRINGS, 1, STR("x"));
    header_u32s(&bytes, DIRINDEXES, 1, (uint32_t[]){0});
    header_strings(&bytes, DIRNAMES, T_STRINGS, 1, STR("/a/"));
    struct rpm_header header;
    struct err err = ERR_NONE;
    size_t n = 0;
    assert_int_equal(rpm_header_open(&header, header_blob(&bytes), &err), 0);
    mem_fail_after(0);
    assert_int_equal(rpm_header_paths(&header, count, &n, &err), ERR_MEMORY);
    mem_fail_after(-1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_by_their_tags),
        cmocka_unit_test(later_entry_counts),
        cmocka_unit_test(string_without_end_is_none),
        cmocka_unit_test(entries_stay_inside),
        cmocka_unit_test(paths_from_folders_and_names),
        cmocka_unit_test(paths_before_rpm_4),
        cmocka_unit_test(lists_that_do_not_fit),
        cmocka_unit_test(short_names_in_a_long_folder_are_bounded),
        cmocka_unit_test(memory_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
