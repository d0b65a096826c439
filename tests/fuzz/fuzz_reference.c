/* An image reference in; what is accepted, written in full and read again is the same. */
#include "base/limits.h"
#include "fuzz.h"
#include "source/fetch/reference.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    _cleanup_(arena_free) struct arena arena = arena_new(4 * MIB);
    struct image_reference first, second;
    struct err err = ERR_NONE;
    if (reference_parse(str_n((const char *)data, size), &arena, &first, &err) < 0) {
        assert(err.code < 0 && err.message[0]);
        return 0;
    }
    struct str full = arena_strf(&arena, "%.*s/%.*s%s%.*s%s%.*s", STR_ARG(first.registry),
                                 STR_ARG(first.repository), first.tag.n ? ":" : "", STR_ARG(first.tag),
                                 first.digest.n ? "@" : "", STR_ARG(first.digest));
    assert(reference_parse(full, &arena, &second, &err) == 0);
    assert(str_eq(first.registry, second.registry) && str_eq(first.repository, second.repository) &&
           str_eq(first.tag, second.tag) && str_eq(first.digest, second.digest));
    return 0;
}
