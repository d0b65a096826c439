#include "cel/env.h"

#include "cel/library/standard.h"

static const uint32_t every_kind = (1u << CEL_UNKNOWN) - 1;

static uint32_t kinds_of(const struct cel_type *type) {
    static const uint32_t kinds[] = {
        [CEL_T_NULL] = 1u << CEL_NULL,         [CEL_T_BOOL] = 1u << CEL_BOOL,
        [CEL_T_INT] = 1u << CEL_INT,           [CEL_T_UINT] = 1u << CEL_UINT,
        [CEL_T_DOUBLE] = 1u << CEL_DOUBLE,     [CEL_T_STRING] = 1u << CEL_STRING,
        [CEL_T_BYTES] = 1u << CEL_BYTES,       [CEL_T_TIMESTAMP] = 1u << CEL_TIMESTAMP,
        [CEL_T_DURATION] = 1u << CEL_DURATION, [CEL_T_LIST] = 1u << CEL_LIST,
        [CEL_T_MAP] = 1u << CEL_MAP,           [CEL_T_TYPE] = 1u << CEL_TYPE,
        [CEL_T_OPTIONAL] = 1u << CEL_OPTIONAL, [CEL_T_ABSTRACT] = 1u << CEL_OPAQUE,
    };
    if (type->kind == CEL_T_DYN || type->kind == CEL_T_PARAMETER) {
        return every_kind;
    }
    if (type->kind == CEL_T_WRAPPER) {
        return kinds_of(type->of[0]) | 1u << CEL_NULL;
    }
    return kinds[type->kind];
}

static const struct cel_opaque_kind *opaque_of(const struct cel_env *env, const struct cel_type *type) {
    uint64_t *slot = type->kind == CEL_T_ABSTRACT ? map_get(&env->types, type->name) : NULL;
    return slot ? (const struct cel_opaque_kind *)(uintptr_t)*slot : NULL;
}

typedef VEC(struct cel_parameter) parameter_vec;

static int add_parameter(struct cel_env *env, parameter_vec *parameters, struct str *text, struct err *err) {
    struct cel_parameter *p = VEC_PUSH(env->arena, parameters);
    if (!p) {
        return err_memory(err);
    }
    int status = cel_type_parse(env->arena, text, &p->type, err);
    if (status == 0) {
        p->kinds = kinds_of(p->type);
        p->opaque = opaque_of(env, p->type);
    }
    return status;
}

static bool take(struct str *text, const char *mark) {
    *text = str_trim(*text);
    if (!str_starts(*text, str_c(mark))) {
        return false;
    }
    *text = str_from(*text, strlen(mark));
    return true;
}

/* "receiver.(a, b...) result" */
static int parse_signature(struct cel_env *env, struct cel_overload *overload, struct str text,
                           struct err *err) {
    parameter_vec parameters = {0};
    int status = 0;
    if (!take(&text, "(")) {
        overload->is_receiver = true;
        status = add_parameter(env, &parameters, &text, err);
        if (status < 0 || !take(&text, ".(")) {
            return status < 0 ? status : err_set(err, ERR_INPUT, "expected '.('");
        }
    }
    while (!take(&text, ")")) {
        if ((status = add_parameter(env, &parameters, &text, err)) < 0) {
            return status;
        }
        overload->is_variadic = take(&text, "...");
        if (!take(&text, ",") && !str_starts(text, STR(")"))) {
            return err_set(err, ERR_INPUT, "expected ',' or ')' at '%.*s'", STR_ARG(text));
        }
    }
    overload->parameters = parameters.p;
    overload->parameter_count = (uint32_t)parameters.n;
    return cel_type_parse(env->arena, &text, &overload->result, err);
}

static int append(struct cel_env *env, struct cel_overload *overload, struct err *err) {
    uint64_t *slot = map_put(&env->functions, overload->name, NULL);
    if (!slot) {
        return err_memory(err);
    }
    struct cel_overload *last = (struct cel_overload *)(uintptr_t)*slot;
    if (!last) {
        *slot = (uintptr_t)overload;
        return 0;
    }
    while (last->next) {
        last = (struct cel_overload *)last->next;
    }
    last->next = overload;
    return 0;
}

static int add_library(struct cel_env *env, const struct cel_library *library, struct err *err) {
    for (size_t i = 0; i < library->kind_count; i++) {
        uint64_t *slot = map_put(&env->types, library->kinds[i]->name, NULL);
        if (!slot) {
            return err_memory(err);
        }
        *slot = (uintptr_t)library->kinds[i];
    }
    for (size_t i = 0; i < library->function_count; i++) {
        const struct cel_function *row = &library->functions[i];
        struct cel_overload *overload = arena_alloc(env->arena, sizeof *overload);
        if (!overload) {
            return err_memory(err);
        }
        overload->name = str_c(row->name);
        overload->row = row;
        if (parse_signature(env, overload, str_c(row->signature), err) < 0) {
            return err_at(err, "library %s: function %s: %s", library->name, row->name, row->signature);
        }
        if (append(env, overload, err) < 0) {
            return ERR_MEMORY;
        }
    }
    return 0;
}

static int add_variables(struct cel_env *env, const struct cel_variable *variables, size_t n,
                         struct err *err) {
    struct cel_declared *declared = arena_array(env->arena, n ? n : 1, sizeof *declared);
    if (!declared) {
        return err_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        struct str type = str_c(variables[i].type);
        declared[i].name = str_c(variables[i].name);
        uint64_t *slot = map_put(&env->variables, declared[i].name, NULL);
        if (!slot) {
            return err_memory(err);
        }
        *slot = i + 1;
        if (cel_type_parse(env->arena, &type, &declared[i].type, err) < 0) {
            return err_at(err, "variable %s", variables[i].name);
        }
    }
    env->declared = declared;
    env->declared_count = n;
    return 0;
}

int cel_env_new(struct arena *arena, const struct cel_env_config *config, const struct cel_env **out,
                struct err *err) {
    struct cel_env *env = arena_alloc(arena, sizeof *env);
    if (!env) {
        return err_memory(err);
    }
    *env = (struct cel_env){.arena = arena,
                            .functions = map_new(arena),
                            .variables = map_new(arena),
                            .types = map_new(arena),
                            .container = config->container};
    static const struct cel_library *const always[] = {&cel_library_operators, &cel_library_standard,
                                                       &cel_library_conversions};
    int status = 0;
    for (size_t i = 0; status == 0 && i < ARRAY_SIZE(always); i++) {
        status = add_library(env, always[i], err);
    }
    for (size_t i = 0; status == 0 && i < config->library_count; i++) {
        status = add_library(env, config->libraries[i], err);
    }
    if (status == 0) {
        status = add_variables(env, config->variables, config->variable_count, err);
    }
    *out = env;
    return status;
}

const struct cel_overload *cel_env_function(const struct cel_env *env, struct str name) {
    uint64_t *slot = map_get(&env->functions, name);
    return slot ? (const struct cel_overload *)(uintptr_t)*slot : NULL;
}

ptrdiff_t cel_env_variable(const struct cel_env *env, struct str name) {
    uint64_t *slot = map_get(&env->variables, name);
    return slot ? (ptrdiff_t)*slot - 1 : -1;
}

bool cel_overload_takes(const struct cel_overload *overload, size_t n, bool is_receiver) {
    if (overload->is_receiver != is_receiver) {
        return false;
    }
    return n == overload->parameter_count || (overload->is_variadic && n + 1 >= overload->parameter_count);
}

bool cel_env_type(const struct cel_env *env, struct str name, struct cel_type *type) {
    static const struct cel_type any = {.kind = CEL_T_DYN};
    static const struct {
        enum cel_type_kind kind;
        uint32_t n;
    } values[] = {
        {CEL_T_NULL, 0},      {CEL_T_BOOL, 0},     {CEL_T_INT, 0},      {CEL_T_UINT, 0}, {CEL_T_DOUBLE, 0},
        {CEL_T_STRING, 0},    {CEL_T_BYTES, 0},    {CEL_T_LIST, 1},     {CEL_T_MAP, 2},  {CEL_T_TYPE, 0},
        {CEL_T_TIMESTAMP, 0}, {CEL_T_DURATION, 0}, {CEL_T_OPTIONAL, 1},
    };
    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        if (str_eq(name, str_c(cel_type_kind_name(values[i].kind)))) {
            *type = (struct cel_type){.kind = values[i].kind, .n = values[i].n, .of = {&any, &any}};
            return true;
        }
    }
    *type = (struct cel_type){.kind = CEL_T_ABSTRACT, .name = name};
    return map_get(&env->types, name) != NULL;
}

bool cel_env_candidate(const struct cel_env *env, struct arena *arena, struct str name, bool is_absolute,
                       size_t *step, struct str *out) {
    struct str container = is_absolute ? STR_NONE : env->container;
    for (size_t i = 0; i < *step && container.n; i++) {
        ptrdiff_t dot = str_rfind_byte(container, '.');
        container = dot < 0 ? STR_NONE : str_n(container.p, (size_t)dot);
    }
    bool is_last = *step > 0 && (*step == SIZE_MAX);
    if (is_last) {
        return false;
    }
    *step = container.n ? *step + 1 : SIZE_MAX;
    *out = container.n ? arena_strf(arena, "%.*s.%.*s", STR_ARG(container), STR_ARG(name)) : name;
    return true;
}
