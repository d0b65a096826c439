/* What a broken plimsoll-git may say: the payloads of all its records. */
#include "fuzz.h"
#include "source/git/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct cursor in = cursor_over(str_n((const char *)data, size));
    struct str text, other;
    struct commit_file file;
    unsigned char id[GIT_ID];
    bool has_folder;
    struct err err = ERR_NONE;
    int r = git_get_done(in, &err);
    assert((r == 0) == (err.code == 0) && r >= ERR_DENIED);
    (void)git_get_open(in, &text, &other, &err);
    (void)git_get_opened(in, &text, &has_folder, &err);
    (void)git_get_blob(in, id, &err);
    size_t before = cursor_left(&in);
    while ((r = git_get_entry(&in, &file, &err)) == 1) {
        assert(cursor_left(&in) < before);
        before = cursor_left(&in);
    }
    struct history history;
    struct history_content content;
    struct history_fate fate;
    struct history_commit commit;
    uint32_t number;
    uint64_t done;
    const struct cursor whole = cursor_over(str_n((const char *)data, size));
    (void)git_get_history(whole, &text, &err);
    (void)git_get_listed(whole, &history, &err);
    in = whole;
    for (r = git_get_progress(&in, &has_folder, &done, &err); r >= 0;) {
        r = git_get_content(&in, &content, &err) == 1 ? 0 : -1;
    }
    for (in = whole; git_get_taken_one(&in, &content, &err) == 1;) {
    }
    for (in = whole; git_get_fate(&in, &fate, &err) == 1;) {
    }
    for (in = whole; git_get_commit(&in, &commit, &err) == 1;) {
    }
    for (in = whole; git_get_id(&in, id, &err) == 1;) {
    }
    for (in = whole; git_get_number(&in, &number, &err) == 1;) {
    }
    return 0;
}
