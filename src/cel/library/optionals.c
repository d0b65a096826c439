/* Optional values: the functions. The syntax (a.?b, a[?b], [?x], {?k: v}) and optMap are the language's own.
 * https://github.com/google/cel-spec/wiki/proposal-246 */
#include "cel/library/libraries.h"

static struct cel_value none(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_optional_none();
}

static struct cel_value of(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_optional_result(call, args[0]);
}

/* null, false, 0, and what is empty. */
static bool is_zero(const struct cel_value *v) {
    switch ((enum cel_kind)v->kind) {
    case CEL_NULL:
        return true;
    case CEL_BOOL:
        return !v->b;
    case CEL_INT:
    case CEL_UINT:
    case CEL_DURATION:
        return v->u == 0;
    case CEL_DOUBLE:
        return v->d == 0;
    case CEL_TIMESTAMP:
        return v->i == 0 && v->n == 0;
    case CEL_STRING:
    case CEL_BYTES:
    case CEL_LIST:
    case CEL_MAP:
        return v->n == 0;
    case CEL_OPTIONAL:
        return !v->optional;
    default:
        return false;
    }
}

static struct cel_value of_non_zero(struct cel_call *call, const struct cel_value *args, size_t n) {
    return is_zero(&args[0]) ? cel_optional_none() : cel_optional_result(call, args[0]);
}

static struct cel_value has_value(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_bool(args[0].optional != NULL);
}

static struct cel_value value(struct cel_call *call, const struct cel_value *args, size_t n) {
    return args[0].optional ? *args[0].optional : cel_error(call, "the optional has no value");
}

static struct cel_value either(struct cel_call *call, const struct cel_value *args, size_t n) {
    return args[0].optional ? args[0] : args[1];
}

static struct cel_value or_value(struct cel_call *call, const struct cel_value *args, size_t n) {
    return args[0].optional ? *args[0].optional : args[1];
}

/* Drops the items without value from a list of optionals, and unwraps the others. */
static struct cel_value unwrap(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct cel_list_builder list = {0};
    if (!cel_spend(call, args[0].n)) {
        return cel_over_budget(call);
    }
    for (size_t i = 0; i < args[0].n; i++) {
        struct cel_value item = cel_list_at(&args[0], i);
        if (item.kind != CEL_OPTIONAL) {
            return cel_error(call, "the list holds something else than optionals");
        }
        if (item.optional && !cel_list_add(call->arena, &list, *item.optional)) {
            return cel_no_memory(call);
        }
    }
    return cel_list_done(&list);
}

static struct cel_value first(struct cel_call *call, const struct cel_value *args, size_t n) {
    return args[0].n ? cel_optional_result(call, cel_list_at(&args[0], 0)) : cel_optional_none();
}

static struct cel_value last(struct cel_call *call, const struct cel_value *args, size_t n) {
    return args[0].n ? cel_optional_result(call, cel_list_at(&args[0], args[0].n - 1)) : cel_optional_none();
}

static const struct cel_function functions[] = {
    {"optional.none", "() optional_type(~A)", none},
    {"optional.of", "(~A) optional_type(~A)", of},
    {"optional.ofNonZeroValue", "(~A) optional_type(~A)", of_non_zero},
    {"optional.unwrap", "(list(optional_type(~A))) list(~A)", unwrap},
    {"unwrapOpt", "list(optional_type(~A)).() list(~A)", unwrap},
    {"hasValue", "optional_type(~A).() bool", has_value},
    {"value", "optional_type(~A).() ~A", value},
    {"or", "optional_type(~A).(optional_type(~A)) optional_type(~A)", either},
    {"orValue", "optional_type(~A).(~A) ~A", or_value},
    {"first", "list(~A).() optional_type(~A)", first},
    {"last", "list(~A).() optional_type(~A)", last},
};

const struct cel_library cel_library_optionals = {"optionals", functions, ARRAY_SIZE(functions), NULL, 0};
