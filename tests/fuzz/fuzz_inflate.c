/* Compressed bytes in; in one piece or byte after byte they unpack to the same. */
#include "base/hash.h"
#include "base/limits.h"
#include "fuzz.h"
#include "source/stream/inflate.h"

#define OUTPUT_MOST (2 * MIB)

struct memory {
    struct str bytes;
    size_t most;
};

static int read_memory(void *ctx, uint64_t at, void *p, size_t n, size_t *got, struct err *err) {
    struct memory *memory = ctx;
    struct str part = str_sub(memory->bytes, (size_t)at, MIN(n, memory->most));
    if (part.n) {
        memcpy(p, part.p, part.n);
    }
    *got = part.n;
    return 0;
}

static uint64_t inflate_all(struct str bytes, size_t most, int *code) {
    struct memory memory = {bytes, most};
    struct inflate_options o = {
        .size = UINT64_MAX, .read = read_memory, .ctx = &memory, .is_sequential = true};
    _cleanup_(inflate_closep) struct inflate *in = NULL;
    struct err err = ERR_NONE;
    struct str block = STR("");
    uint64_t sum = 0, n = 0;
    *code = inflate_open(&in, &o, &err);
    while (*code == 0 && n < OUTPUT_MOST) {
        *code = inflate_next(in, &block, &err);
        if (*code < 0 || !block.n) {
            break;
        }
        for (size_t i = 0; i < block.n; i++) {
            sum = sum * 31 + (unsigned char)block.p[i];
        }
        n += block.n;
    }
    assert(*code == 0 || err.message[0]);
    return *code == 0 ? sum : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str bytes = str_n((const char *)data, size);
    int code, code_in_pieces;
    uint64_t whole = inflate_all(bytes, SIZE_MAX, &code);
    uint64_t in_pieces = inflate_all(bytes, 1, &code_in_pieces);
    assert((code == 0) == (code_in_pieces == 0) && whole == in_pieces);
    (void)whole;
    (void)in_pieces;
    return 0;
}
