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
    return 0;
}
