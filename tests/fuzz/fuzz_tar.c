/* A tar archive in; in blocks of any size it says the same. */
#include "base/limits.h"
#include "fuzz.h"
#include "source/stream/tar.h"

enum { CONTENT_MOST = 64 * 1024 }; /* of each entry: holes are as large as the archive says */

struct blocks {
    struct str bytes;
    size_t most;
};

static int next_block(void *ctx, struct str *block, struct err *err) {
    struct blocks *blocks = ctx;
    *block = str_sub(blocks->bytes, 0, blocks->most);
    blocks->bytes = str_from(blocks->bytes, block->n);
    return 0;
}

static void check_path(struct str path) {
    assert(path.n < LIMIT_PATH && str_find_byte(path, 0) < 0);
    for (struct str part; path.n && str_split(&path, '/', &part);) {
        assert(part.n && !str_eq(part, STR(".")) && !str_eq(part, STR("..")));
    }
}

static uint64_t mix(uint64_t sum, struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        sum = sum * 31 + (unsigned char)s.p[i];
    }
    return sum * 31 + s.n;
}

static uint64_t read_content(struct tar *tar, const struct entry *entry, uint64_t sum) {
    uint64_t n = 0;
    struct str piece;
    while (tar_read(tar, &piece, NULL) == 0 && piece.n && n < CONTENT_MOST) {
        piece = str_sub(piece, 0, (size_t)(CONTENT_MOST - n));
        n += piece.n;
        for (size_t i = 0; i < piece.n; i++) {
            sum = sum * 31 + (unsigned char)piece.p[i];
        }
    }
    assert(n <= entry->size);
    return sum;
}

static uint64_t read_archive(struct str bytes, size_t most) {
    struct blocks blocks = {bytes, most};
    struct entry entry;
    struct err err = ERR_NONE;
    uint64_t sum = 0;
    int r;
    _cleanup_(tar_closep) struct tar *tar = NULL;
    if (tar_open(&tar, (struct tar_source){.next = next_block, .ctx = &blocks}, &err) < 0) {
        return 0;
    }
    while ((r = tar_next(tar, &entry, &err)) > 0) {
        check_path(entry.path);
        assert(entry.type == ENTRY_FILE || entry.size == 0);
        assert(!tar_refusal(tar) || (!entry.path.n && !entry.link.n));
        sum = mix(mix(mix(sum, entry.path), entry.link), tar_written_path(tar));
        sum += entry.size + entry.uid + entry.mode + tar_entry_offset(tar);
        sum = read_content(tar, &entry, sum);
    }
    assert(r == 0 || err.message[0]);
    return mix(sum, str_c(r < 0 ? err.message : tar_notice(tar)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str bytes = str_n((const char *)data, size);
    uint64_t whole = read_archive(bytes, SIZE_MAX);
    uint64_t in_pieces = read_archive(bytes, 509);
    assert(whole == in_pieces);
    (void)whole;
    (void)in_pieces;
    return 0;
}
