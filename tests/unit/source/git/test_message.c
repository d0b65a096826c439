#include "source/git/message.h"

#include "base/limits.h"
#include "test.h"

/* The payload of the only record. */
static struct cursor payload_of(const struct buf *record, uint32_t kind) {
    struct cursor in = cursor_over(buf_view(record)), payload;
    uint32_t is;
    assert_int_equal(wire_next(&in, &is, &payload), 1);
    assert_int_equal(is, kind);
    assert_int_equal(cursor_left(&in), 0);
    return payload;
}

static void records_come_back(void **state) {
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_PACKET);
    unsigned char id[GIT_ID] = {1, 2, 3}, got[GIT_ID];
    struct str a, b;
    bool has_folder;
    git_put_open(&out, STR("/src"), STR("v1"));
    assert_int_equal(git_get_open(payload_of(&out, GIT_OPEN), &a, &b, NULL), 0);
    assert_str_equal(a, STR("/src"));
    assert_str_equal(b, STR("v1"));
    buf_clear(&out);
    git_put_opened(&out, STR("abc"), true);
    assert_int_equal(git_get_opened(payload_of(&out, GIT_OPENED), &a, &has_folder, NULL), 0);
    assert_str_equal(a, STR("abc"));
    assert_true(has_folder);
    buf_clear(&out);
    git_put_blob(&out, id);
    assert_int_equal(git_get_blob(payload_of(&out, GIT_BLOB), got, NULL), 0);
    assert_memory_equal(got, id, GIT_ID);
}

static void errors_come_back(void **state) {
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_PACKET);
    struct err sent = ERR_NONE, got = ERR_NONE;
    git_put_done(&out, &sent);
    assert_int_equal(git_get_done(payload_of(&out, GIT_DONE), &got), 0);
    buf_clear(&out);
    err_set(&sent, ERR_ABSENT, "there is none");
    git_put_done(&out, &sent);
    assert_int_equal(git_get_done(payload_of(&out, GIT_DONE), &got), ERR_ABSENT);
    assert_string_equal(got.message, "there is none");
    buf_clear(&out);
    sent.code = -1000;
    git_put_done(&out, &sent);
    assert_int_equal(git_get_done(payload_of(&out, GIT_DONE), &got), ERR_INPUT);
}

static void entries_come_back(void **state) {
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_PACKET);
    const struct commit_file files[] = {
        {.path = STR("a/b"), .mode = 0755, .size = 1 << 20, .id = {9}, .head = STR("0123456789abcdef")},
        {.path = STR("c"), .problem = STR("damaged")}};
    struct commit_file got;
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        git_put_entry(&out, &files[i]);
    }
    struct cursor in = cursor_over(buf_view(&out));
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        assert_int_equal(git_get_entry(&in, &got, NULL), 1);
        assert_str_equal(got.path, files[i].path);
        assert_int_equal(got.mode, files[i].mode);
        assert_int_equal(got.size, files[i].size);
        assert_memory_equal(got.id, files[i].id, GIT_ID);
        assert_str_equal(got.head, files[i].head);
        assert_str_equal(got.problem, files[i].problem);
    }
    assert_int_equal(git_get_entry(&in, &got, NULL), 0);
}

/* Cut anywhere, a record is damaged, not another one. */
static void cut_records_are_refused(void **state) {
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_PACKET);
    const struct commit_file file = {.path = STR("a"), .head = STR("0123456789abcdef")};
    struct commit_file got;
    struct str a, b;
    git_put_entry(&out, &file);
    for (size_t n = 1; n < out.n; n++) {
        struct cursor in = cursor_over(str_sub(buf_view(&out), 0, n));
        assert_int_equal(git_get_entry(&in, &got, NULL), ERR_INPUT);
    }
    buf_clear(&out);
    git_put_open(&out, STR("/src"), STR("v1"));
    struct cursor whole = payload_of(&out, GIT_OPEN);
    for (size_t n = 0; n < whole.n; n++) {
        struct cursor in = cursor_over(str_n((const char *)whole.p, n));
        assert_int_equal(git_get_open(in, &a, &b, NULL), ERR_INPUT);
    }
}

static void another_version_is_refused(void **state) {
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_PACKET);
    struct str a, b;
    struct err err = ERR_NONE;
    wire_str(&out, STR("0.0.0"));
    wire_str(&out, STR("/src"));
    wire_str(&out, STR("v1"));
    assert_int_equal(git_get_open(cursor_over(buf_view(&out)), &a, &b, &err), ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "plimsoll of 0.0.0"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_come_back),          cmocka_unit_test(errors_come_back),
        cmocka_unit_test(entries_come_back),          cmocka_unit_test(cut_records_are_refused),
        cmocka_unit_test(another_version_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
