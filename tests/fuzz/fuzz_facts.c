/* Facts as a broken reader or a damaged cache leaves them: the first byte says where two layers part. */
#include "base/limits.h"
#include "fuzz.h"
#include "inspect/inventory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!size) {
        return 0;
    }
    struct str facts = str_n((const char *)data + 1, size - 1);
    size_t first = facts.n * data[0] / 256;
    const struct inventory_layer layers[] = {
        {.facts = str_sub(facts, 0, first), .is_in_base = true},
        {.facts = str_from(facts, first)},
        {.facts = facts, .problem = STR("wrong digest")},
    };
    _cleanup_(arena_free) struct arena arena = arena_new(256 * MIB);
    struct inventory inventory;
    struct err err = ERR_NONE;
    if (inventory_build(&arena, layers, ARRAY_SIZE(layers), data[0] % 2, &inventory, &err) < 0) {
        assert(err.message[0]);
        return 0;
    }
    for (size_t i = 0; i < inventory.packages_n; i++) {
        assert(inventory.packages[i].layer >= 0 && inventory.packages[i].layer <= (int)ARRAY_SIZE(layers));
        assert(inventory.packages[i].purl.n);
    }
    assert(inventory.problems_n <= LIMIT_PROBLEMS);
    return 0;
}
