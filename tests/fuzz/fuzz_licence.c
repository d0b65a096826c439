/* What a package states: an expression that comes out is one, and stays as it is. */
#include "base/limits.h"
#include "fuzz.h"
#include "model/licence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena = arena_new(4 * MIB);
    struct str expression, again;
    struct err err = ERR_NONE;
    if (licence_expression(&arena, str_n((const char *)data, size), &expression, &err) == 0 && expression.n &&
        expression.n <= LIMIT_FIELD &&
        (licence_expression(&arena, expression, &again, &err) < 0 || !str_eq(again, expression))) {
        __builtin_trap();
    }
    arena_free(&arena);
    return 0;
}
