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

static void the_history_comes_back(void **state) {
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_PACKET);
    const struct history sent = {.commits = 7, .missing = 2, .is_shallow = true};
    const struct history_content content = {.path = STR("a/b"), .id = {9}, .is_in_head = true};
    const struct history_fate fate = {.is_known = true, .first = 3, .removed = 5, .is_removed = true};
    const struct history_commit commit = {.id = {4}, .time = -5, .author = STR("Ann")};
    struct history history;
    struct history_content one;
    struct history_fate got;
    struct history_commit named;
    bool has_more;
    uint64_t done;
    git_put_listed(&out, &sent);
    assert_int_equal(git_get_listed(payload_of(&out, GIT_LISTED), &history, NULL), 0);
    assert_true(history.commits == 7 && history.missing == 2 && history.is_shallow && !history.is_cut);
    buf_clear(&out);
    git_put_progress(&out, true, 12);
    git_put_content(&out, &content);
    struct cursor in = cursor_over(buf_view(&out));
    assert_int_equal(git_get_progress(&in, &has_more, &done, NULL), 0);
    assert_true(has_more && done == 12);
    assert_int_equal(git_get_content(&in, &one, NULL), 1);
    assert_str_equal(one.path, STR("a/b"));
    assert_true(one.is_in_head && one.id[0] == 9);
    assert_int_equal(git_get_content(&in, &one, NULL), 0);
    buf_clear(&out);
    git_put_taken_one(&out, 77, true, STR("why"));
    in = cursor_over(buf_view(&out));
    assert_int_equal(git_get_taken_one(&in, &one, NULL), 1);
    assert_true(one.size == 77 && one.is_written);
    buf_clear(&out);
    git_put_fate(&out, &fate);
    in = cursor_over(buf_view(&out));
    assert_int_equal(git_get_fate(&in, &got, NULL), 1);
    assert_true(got.is_known && got.first == 3 && got.removed == 5 && got.is_removed && !got.is_in_head);
    buf_clear(&out);
    git_put_commit(&out, &commit);
    in = cursor_over(buf_view(&out));
    assert_int_equal(git_get_commit(&in, &named, NULL), 1);
    assert_true(named.time == -5 && named.id[0] == 4);
    assert_str_equal(named.author, STR("Ann"));
    in = cursor_over(str_sub(buf_view(&out), 0, 10));
    assert_int_equal(git_get_commit(&in, &named, NULL), ERR_INPUT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_come_back),          cmocka_unit_test(errors_come_back),
        cmocka_unit_test(entries_come_back),          cmocka_unit_test(cut_records_are_refused),
        cmocka_unit_test(another_version_is_refused), cmocka_unit_test(the_history_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
