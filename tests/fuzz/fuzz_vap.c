/* Policies, bindings, parameters and the manifests that they are asked of, all in one text. */
#include "base/limits.h"
#include "doc/yaml.h"
#include "fuzz.h"
#include "infra/kubernetes/read.h"
#include "policy/admission/vap.h"

#include <stdlib.h>

/* As in fuzz_yaml.c. */
const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void) {
    return "leak:libfyaml";
}

/* An outcome is decided with a message, or undecided with a reason. */
static int look(void *ctx, const struct outcome *outcome, struct err *err) {
    if (!outcome->check->id.n || (outcome->is_undecided ? !outcome->reason.n : !outcome->message.n)) {
        abort();
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    struct vap vap = vap_new(&arena);
    struct resources set = resources_new(&arena);
    struct err err = ERR_NONE;
    const struct judge_options options = {.sink = look};
    struct str text = str_n((const char *)data, size);
    if (kubernetes_read(&set, STR("file.yaml"), text, &err) == 0) {
        for (size_t i = 0; i < set.all.n; i++) {
            vap_add(&vap, STR("file.yaml"), set.all.p[i]->object, &err);
        }
        vap_judge(&vap, &set, &options, &err);
    }
    return 0;
}
