/* Beside guardrail.c, as the program that makes the profiles has none yet. */
#include "policy/guardrail/guardrail.h"

const struct guardrails *guardrail_profile_rules(enum guardrail_profile profile) {
    for (size_t i = 0; i < builtin_guardrails_n; i++) {
        if (str_eq(builtin_guardrails[i].file, str_c(guardrail_profile_name(profile)))) {
            return &builtin_guardrails[i];
        }
    }
    return NULL;
}
