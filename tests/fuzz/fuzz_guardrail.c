/* .plimsoll.yaml in; a mistake has a message with a place in the text. */
#include "base/limits.h"
#include "doc/yaml.h"
#include "fuzz.h"
#include "policy/guardrail/guardrail.h"

/* libfyaml 0.7.12 leaks a little on quoted scalars of many lines and quotes; what we leak ourselves is still
 * seen. */
const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void) {
    return "leak:libfyaml";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    struct str text = str_n((const char *)data, size);
    struct err err = ERR_NONE;
    const struct doc **documents;
    const struct cel_env *env;
    struct guardrails g;
    size_t n;
    if (subject_env_new(&arena, &env, &err) < 0 || yaml_parse(&arena, text, &documents, &n, &err) < 0 || !n) {
        return 0;
    }
    const struct guardrail_file file = {STR("f"), text, documents[0]};
    int r = guardrails_read(&arena, env, &file, true, &g, &err);
    unsigned line = 0, column = 0;
    if (r == ERR_INPUT && sscanf(err.message, "f:%u:%u: ", &line, &column) != 2) {
        abort();
    }
    return 0;
}
