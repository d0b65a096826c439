/* A stream from an editor in, reviewed in this process; in two pieces, so that no message is whole by luck.
 * What comes out is messages. */
#include "base/limits.h"
#include "fuzz.h"
#include "lsp/frame.h"
#include "lsp/lsp.h"

#include <stdlib.h>

/* As in fuzz_yaml.c. */
const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void) {
    return "leak:libfyaml";
}

static void check_output(struct str bytes) {
    struct frames frames = frames_new();
    struct str message;
    if (frames_put(&frames, bytes, NULL) < 0) {
        abort();
    }
    while (frames_next(&frames, &message, NULL) == 1) {
        if (!str_starts(message, STR("{\"jsonrpc\":\"2.0\","))) {
            abort();
        }
    }
    if (frames.taken != bytes.n) {
        abort();
    }
    frames_free(&frames);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct lsp_options options = {
        .checks = builtin_checks, .checks_n = builtin_checks_n, .review = review_text};
    _cleanup_(buf_free) struct buf out = buf_new(64 * MIB);
    struct str in = str_n((const char *)data, size);
    struct lsp *lsp;
    if (lsp_new(&lsp, &options, NULL) < 0) {
        return 0;
    }
    if (lsp_take(lsp, str_sub(in, 0, size / 2), &out, NULL) == 0) {
        lsp_take(lsp, str_from(in, size / 2), &out, NULL);
    }
    check_output(buf_view(&out));
    lsp_free(lsp);
    return 0;
}
