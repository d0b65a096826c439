/* Kubernetes' quantity library (k8s.io/apiserver, pkg/cel/library, Quantity). */
#include "cel/library/libraries.h"

#include "cel/library/support.h"
#include "cel/values/quantity.h"

/* A sum looks at no more digits than a quantity may have. */
enum { SUM_STEPS = QUANTITY_DIGITS / 16 };

static bool equal(const void *a, const void *b) {
    return quantity_compare(a, b) == 0;
}

static const struct cel_opaque_kind kind = {{"kubernetes.Quantity", 19}, equal};

static const struct quantity *of(const struct cel_value *v) {
    return cel_opaque_of(v, &kind);
}

static struct cel_value result(struct cel_call *call, const struct quantity *q) {
    struct quantity *held = arena_alloc(call->arena, sizeof *held);
    if (!held) {
        return cel_no_memory(call);
    }
    *held = *q;
    return cel_opaque_result(call, &kind, held);
}

static struct cel_value to_quantity(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct quantity q;
    struct err err = ERR_NONE;
    if (!cel_spend(call, args[0].n)) {
        return cel_over_budget(call);
    }
    return quantity_parse(cel_str(&args[0]), &q, &err) < 0 ? cel_error_from(call, &err) : result(call, &q);
}

static struct cel_value is_quantity(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct quantity q;
    if (!cel_spend(call, args[0].n)) {
        return cel_over_budget(call);
    }
    return cel_bool(quantity_parse(cel_str(&args[0]), &q, NULL) == 0);
}

static struct cel_value sign(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_int(of(&args[0])->sign);
}

static struct cel_value is_integer(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_bool(quantity_to_int(of(&args[0]), NULL));
}

static struct cel_value as_integer(struct cel_call *call, const struct cel_value *args, size_t n) {
    int64_t i;
    return quantity_to_int(of(&args[0]), &i) ? cel_int(i) : cel_error(call, "the quantity is no integer");
}

static struct cel_value as_float(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_double(quantity_to_double(of(&args[0])));
}

static struct cel_value to_string(struct cel_call *call, const struct cel_value *args, size_t n) {
    char text[QUANTITY_TEXT];
    return cel_copy_string(call, str_n(text, quantity_format(of(&args[0]), text)));
}

typedef int calculate_fn(const struct quantity *a, const struct quantity *b, struct quantity *out,
                         struct err *err);

/* args[1] is a quantity or an int. */
static struct cel_value calculate(struct cel_call *call, const struct cel_value *args, calculate_fn *fn) {
    const struct quantity *b = of(&args[1]);
    struct quantity out, from_int;
    struct err err = ERR_NONE;
    if (!b) {
        from_int = quantity_from_int(args[1].i);
        b = &from_int;
    }
    if (!cel_spend(call, SUM_STEPS)) {
        return cel_over_budget(call);
    }
    return fn(of(&args[0]), b, &out, &err) < 0 ? cel_error_from(call, &err) : result(call, &out);
}

static struct cel_value add(struct cel_call *call, const struct cel_value *args, size_t n) {
    return calculate(call, args, quantity_add);
}

static struct cel_value sub(struct cel_call *call, const struct cel_value *args, size_t n) {
    return calculate(call, args, quantity_sub);
}

static struct cel_value is_less(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_bool(quantity_compare(of(&args[0]), of(&args[1])) < 0);
}

static struct cel_value is_greater(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_bool(quantity_compare(of(&args[0]), of(&args[1])) > 0);
}

static struct cel_value compare_to(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_int(quantity_compare(of(&args[0]), of(&args[1])));
}

#define QUANTITY "kubernetes.Quantity"

static const struct cel_function functions[] = {
    {"quantity", "(string) " QUANTITY, to_quantity},
    {"isQuantity", "(string) bool", is_quantity},
    {"string", "(" QUANTITY ") string", to_string},
    {"sign", "(" QUANTITY ") int", sign},
    {"isInteger", QUANTITY ".() bool", is_integer},
    {"asInteger", QUANTITY ".() int", as_integer},
    {"asApproximateFloat", QUANTITY ".() double", as_float},
    {"add", QUANTITY ".(" QUANTITY ") " QUANTITY, add},
    {"add", QUANTITY ".(int) " QUANTITY, add},
    {"sub", QUANTITY ".(" QUANTITY ") " QUANTITY, sub},
    {"sub", QUANTITY ".(int) " QUANTITY, sub},
    {"isLessThan", QUANTITY ".(" QUANTITY ") bool", is_less},
    {"isGreaterThan", QUANTITY ".(" QUANTITY ") bool", is_greater},
    {"compareTo", QUANTITY ".(" QUANTITY ") int", compare_to},
};

static const struct cel_opaque_kind *const kinds[] = {&kind};
const struct cel_library cel_library_quantity = {"quantity", functions, ARRAY_SIZE(functions), kinds,
                                                 ARRAY_SIZE(kinds)};
