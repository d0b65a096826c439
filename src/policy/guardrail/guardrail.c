#include "policy/guardrail/guardrail.h"

static const char *const profile_names[] = {
    [PROFILE_NONE] = "", [PROFILE_OFF] = "off", [PROFILE_BASELINE] = "baseline", [PROFILE_STRICT] = "strict"};

bool guardrail_profile_of(struct str name, enum guardrail_profile *out) {
    for (size_t i = PROFILE_OFF; i < ARRAY_SIZE(profile_names); i++) {
        if (str_eq(name, str_c(profile_names[i]))) {
            *out = (enum guardrail_profile)i;
            return true;
        }
    }
    return false;
}

const char *guardrail_profile_name(enum guardrail_profile profile) {
    return profile_names[profile];
}

bool guardrail_glob(struct str glob, struct str s, bool ignores_case) {
    return str_glob(glob, s, ignores_case);
}
