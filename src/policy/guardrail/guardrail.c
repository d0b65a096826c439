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

/* Goes back to the last star only, so time is the product of both lengths. */
bool guardrail_glob(struct str glob, struct str s, bool ignores_case) {
    size_t g = 0, i = 0, star = SIZE_MAX, from = 0;
    while (i < s.n) {
        bool is_same = g < glob.n && (glob.p[g] == s.p[i] ||
                                      (ignores_case && ascii_lower(glob.p[g]) == ascii_lower(s.p[i])));
        if (g < glob.n && glob.p[g] == '*') {
            star = g++;
            from = i;
        } else if (is_same || (g < glob.n && glob.p[g] == '?')) {
            g++;
            i++;
        } else if (star != SIZE_MAX) {
            g = star + 1;
            i = ++from;
        } else {
            return false;
        }
    }
    while (g < glob.n && glob.p[g] == '*') {
        g++;
    }
    return g == glob.n;
}
