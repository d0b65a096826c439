/* YAML in; a rule that is taken has an id, a title, and something that it looks for. */
#include "base/limits.h"
#include "doc/yaml.h"
#include "fuzz.h"
#include "inspect/secrets/allow.h"
#include "inspect/secrets/read_rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    struct secret_rule_list list = {0};
    struct secret_allow allow;
    struct err err = ERR_NONE;
    const struct doc **docs;
    size_t n;
    if (size > 64 * KIB || yaml_parse(&arena, str_n((const char *)data, size), &docs, &n, &err) < 0) {
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        if (secret_rule_read(&arena, STR("rules.yaml"), docs[i], false, &list, &err) == 0) {
            const struct secret_rule *rule = &list.p[list.n - 1];
            if (!rule->id.n || !rule->title.n || (!rule->pattern.n && !rule->file.n)) {
                abort();
            }
        }
        if (secret_allow_read(&arena, STR("rules.yaml"), docs[i], &allow, &err) == 0) {
            (void)secret_allow_reason(&allow, STR("a/b"), STR("secret-x"), STR("0123456789abcdef"));
        }
    }
    return 0;
}
