#include "policy/env.h"

#include "cel/library/libraries.h"

static const struct cel_variable variables[POLICY_VARIABLES] = {
    [POLICY_SELF] = {"self", "dyn"},
    [POLICY_ITEM] = {"item", "dyn"},
    [POLICY_INPUT] = {"input", "dyn"},
    [POLICY_ENV] = {"env", "dyn"},
};

int policy_env_new(struct arena *arena, const struct cel_env **out, struct err *err) {
    const struct cel_library *libraries[CEL_LIBRARY_MAX + 1];
    size_t n = 0;
    for (; n < CEL_LIBRARY_MAX && cel_libraries[n]; n++) {
        libraries[n] = cel_libraries[n];
    }
    libraries[n++] = &policy_library;
    const struct cel_env_config config = {
        .libraries = libraries,
        .library_count = n,
        .variables = variables,
        .variable_count = ARRAY_SIZE(variables),
    };
    return cel_env_new(arena, &config, out, err);
}
