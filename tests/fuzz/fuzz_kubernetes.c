/* A file of manifests in; every resource has its key, and every edge begins and ends in the set. */
#include "base/limits.h"
#include "fuzz.h"
#include "infra/kubernetes/object.h"
#include "infra/kubernetes/read.h"
#include "infra/kubernetes/selector.h"

#include <stdlib.h>

/* As in fuzz_yaml.c. */
const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void) {
    return "leak:libfyaml";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    struct resources set = resources_new(&arena);
    struct err err = ERR_NONE;
    kubernetes_read(&set, STR("file.yaml"), str_n((const char *)data, size), &err);
    kubernetes_select(&set, &err);
    resources_link(&set);
    for (size_t i = 0; i < set.all.n; i++) {
        const struct resource *r = set.all.p[i];
        struct kubernetes_container_walk walk = {.spec = kubernetes_pod_spec(r->object)};
        while (kubernetes_container_next(&walk)) {
        }
        if (!resources_by_key(&set, r->key) || !r->object || !r->input) {
            abort();
        }
    }
    return 0;
}
