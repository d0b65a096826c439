/* A Debian copyright file in; facts whose licence is an expression, or one name as it stands. */
#include "base/limits.h"
#include "fuzz.h"
#include "inspect/packages/packages.h"
#include "model/licence.h"

#define PATH "usr/share/doc/a/copyright"

static void check(struct arena *arena, struct str licence) {
    struct str expression;
    struct err err = ERR_NONE;

    if (!licence.n || licence.n > LIMIT_FIELD || licence_expression(arena, licence, &expression, &err) < 0) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_INSPECTION);
    struct facts facts = {buf_new(LIMIT_FACTS)};
    const struct entry entry = {.path = STR(PATH), .type = ENTRY_FILE, .size = size};
    struct inspection in = {.entry = &entry,
                            .body = str_n((const char *)data, size),
                            .spool = -1,
                            .arena = &arena,
                            .facts = &facts};
    struct err err = ERR_NONE;
    struct fact fact;
    (void)inspect_debian_copyright.inspect(&in, &err);
    struct cursor rest = cursor_over(buf_view(&facts.out));
    while (facts_next(&rest, &arena, &fact, &err) == 1) {
        if (fact.kind == FACT_LICENCE) {
            check(&arena, fact.message);
        }
    }
    buf_free(&facts.out);
    return 0;
}
