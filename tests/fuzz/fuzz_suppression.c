/* A comment in; what it sets aside names an id, or what is wrong with it. */
#include "base/limits.h"
#include "fuzz.h"
#include "policy/guardrail/suppression.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    struct suppression_list list = {0};
    struct err err = ERR_NONE;
    struct str path = size % 2 ? STR("Dockerfile") : STR("pod.yaml");
    if (suppression_read_comment(&arena, path, 7, str_n((const char *)data, size), true, &list, &err) < 0) {
        return 0;
    }
    for (size_t i = 0; i < list.n; i++) {
        if (!list.p[i].mistake.n && !list.p[i].id.n) {
            abort();
        }
        (void)suppression_covers(&list.p[i], STR("PLM-K8S-001"), path, 7, 0);
    }
    return 0;
}
