/* For fuzz targets of inspectors: one run over bytes, after which its facts must be readable. */
#ifndef PLIMSOLL_TESTS_FUZZ_INSPECT_BYTES_H
#define PLIMSOLL_TESTS_FUZZ_INSPECT_BYTES_H

#include "base/limits.h"
#include "inspect/inspector.h"

typedef int inspect_function(struct inspection *in, struct err *err);

static inline void inspect_bytes(inspect_function *inspect, const char *path, const void *data, size_t size) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_INSPECTION);
    struct facts facts = {buf_new(LIMIT_FACTS)};
    struct entry entry = {.path = str_c(path), .type = ENTRY_FILE, .size = size};
    struct inspection in = {
        .entry = &entry,
        .body = str_n(data, size),
        .spool = -1,
        .arena = &arena,
        .facts = &facts,
    };
    struct err err = ERR_NONE;
    if (inspect(&in, &err) < 0 && !err.message[0]) {
        abort();
    }
    struct cursor rest = cursor_over(buf_view(&facts.out));
    struct fact fact;
    int next = 1;
    while (!facts.out.failed && next > 0) {
        next = facts_next(&rest, &arena, &fact, &err);
    }
    if (next < 0) {
        abort();
    }
    buf_free(&facts.out);
}

#endif
