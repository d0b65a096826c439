/* What the expressions of a policy may name: the variables, and the questions to the authorizer, which are
 * never answered: nobody asks, so they flow as unknown. */
#include "cel/library/libraries.h"
#include "policy/admission/parts.h"

static struct cel_value not_known(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_unknown(STR("what the asking user may do is not known from a manifest"));
}

/* https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-authorizer-library */
static const struct cel_function functions[] = {
    {"path", "dyn.(string) dyn", not_known},
    {"group", "dyn.(string) dyn", not_known},
    {"serviceAccount", "dyn.(string, string) dyn", not_known},
    {"resource", "dyn.(string) dyn", not_known},
    {"subresource", "dyn.(string) dyn", not_known},
    {"namespace", "dyn.(string) dyn", not_known},
    {"name", "dyn.(string) dyn", not_known},
    {"fieldSelector", "dyn.(string) dyn", not_known},
    {"labelSelector", "dyn.(string) dyn", not_known},
    {"check", "dyn.(string) dyn", not_known},
    {"allowed", "dyn.() bool", not_known},
    {"reason", "dyn.() string", not_known},
    {"errored", "dyn.() bool", not_known},
    {"error", "dyn.() string", not_known},
};
static const struct cel_library authorizer = {
    .name = "authorizer", .functions = functions, .function_count = ARRAY_SIZE(functions)};

static const char *const names[VAP_FIXED] = {
    [VAP_OBJECT] = "object",         [VAP_OLD_OBJECT] = "oldObject",
    [VAP_REQUEST] = "request",       [VAP_NAMESPACE] = "namespaceObject",
    [VAP_AUTHORIZER] = "authorizer", [VAP_PARAMS] = "params",
};

/* Of our own checks: the API server has no such functions. */
static bool is_foreign(const struct cel_library *library) {
    return library == &cel_library_math || library == &cel_library_encoders || library == &cel_library_regex;
}

int vap_env_new(struct arena *arena, const struct vap_clauses *own, bool has_params,
                const struct cel_env **out, struct err *err) {
    const struct cel_library *libraries[CEL_LIBRARY_MAX + 1];
    size_t fixed = has_params ? VAP_FIXED : VAP_PARAMS, library_n = 0;
    struct cel_variable *variables = arena_array(arena, fixed + own->n, sizeof *variables);
    if (!variables) {
        return err_memory(err);
    }
    for (size_t i = 0; i < fixed; i++) {
        variables[i] = (struct cel_variable){names[i], "dyn"};
    }
    for (size_t i = 0; i < own->n; i++) {
        variables[fixed + i].name = arena_printf(arena, "variables.%.*s", STR_ARG(own->p[i].name));
        variables[fixed + i].type = "dyn";
        if (!variables[fixed + i].name) {
            return err_memory(err);
        }
    }
    for (size_t i = 0; i < CEL_LIBRARY_MAX && cel_libraries[i]; i++) {
        if (!is_foreign(cel_libraries[i])) {
            libraries[library_n++] = cel_libraries[i];
        }
    }
    libraries[library_n++] = &authorizer;
    const struct cel_env_config config = {.libraries = libraries,
                                          .library_count = library_n,
                                          .variables = variables,
                                          .variable_count = fixed + own->n};
    return cel_env_new(arena, &config, out, err);
}
