/* Kept documents in; what is accepted, kept and read again gives the same bytes. */
#include "base/limits.h"
#include "doc/pack.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    _cleanup_(buf_free) struct buf first = buf_new(64 * MIB), second = buf_new(64 * MIB);
    struct cursor in = cursor_over(str_n((const char *)data, size));
    const struct doc *root;
    if (doc_unpack(&arena, &in, &root, NULL) < 0 || doc_pack(&first, root, NULL) < 0) {
        return 0;
    }
    in = cursor_over(buf_view(&first));
    if (doc_unpack(&arena, &in, &root, NULL) < 0 || doc_pack(&second, root, NULL) < 0 ||
        !str_eq(buf_view(&first), buf_view(&second))) {
        abort();
    }
    return 0;
}
