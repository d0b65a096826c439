/* secret_table: docs/secret-kinds.md, from the rules of content/secrets. */
#include "inspect/secrets/rule.h"

int main(void) {
    printf("# Kinds of secrets\n\n"
           "Made by `tests/tools/secret_table` from `content/secrets`; docs/secrets.md says how they are "
           "found.\n\n"
           "| id | what | severity | proof | where it is revoked |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < secret_rules_builtin.n; i++) {
        const struct secret_rule *rule = &secret_rules_builtin.p[i];
        const char *proof = rule->proof    ? secret_proof_name(rule->proof)
                            : rule->file.n ? "its file's form"
                                           : "";
        printf("| %.*s | %.*s | %s | %s | %.*s |\n", STR_ARG(rule->id), STR_ARG(rule->title),
               severity_name(rule->severity), proof, STR_ARG(rule->revoke));
    }
    return 0;
}
