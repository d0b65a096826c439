/* The math library of cel-go (ext/README.md). */
#include "cel/library/libraries.h"

#include "cel/library/support.h"
#include "cel/number.h"

#include <math.h>

/* ---- Greatest and least, of the arguments or of one list */

static struct cel_value extreme(struct cel_call *call, const struct cel_value *args, size_t n,
                                enum cel_order wanted) {
    struct cel_value list = n == 1 && args[0].kind == CEL_LIST ? args[0] : cel_list(args, n);
    struct cel_value best = {.kind = CEL_NULL}, fault;
    if (!cel_spend(call, list.n)) {
        return cel_over_budget(call);
    }
    if (cel_list_fault(&list, &fault)) {
        return fault;
    }
    for (size_t i = 0; i < list.n; i++) {
        struct cel_value item = cel_list_at(&list, i);
        if (!cel_is_number(&item)) {
            return cel_error(call, "item %zu is no number", i);
        }
        if (i == 0 || cel_compare_numbers(&item, &best) == wanted) {
            best = item;
        }
    }
    return list.n ? best : cel_error(call, "the list is empty");
}

static struct cel_value greatest(struct cel_call *call, const struct cel_value *args, size_t n) {
    return extreme(call, args, n, CEL_GREATER);
}

static struct cel_value least(struct cel_call *call, const struct cel_value *args, size_t n) {
    return extreme(call, args, n, CEL_LESS);
}

/* ---- Of doubles */

#define OF_DOUBLE(name, value)                                                                               \
    static struct cel_value name(struct cel_call *call, const struct cel_value *args, size_t n) {            \
        double d = args[0].d;                                                                                \
        return value;                                                                                        \
    }
OF_DOUBLE(ceil_of, cel_double(ceil(d)))
OF_DOUBLE(floor_of, cel_double(floor(d)))
OF_DOUBLE(round_of, cel_double(round(d)))
OF_DOUBLE(trunc_of, cel_double(trunc(d)))
OF_DOUBLE(abs_double, cel_double(fabs(d)))
OF_DOUBLE(sign_double, cel_double(isnan(d) ? d : (d > 0) - (d < 0)))
OF_DOUBLE(sqrt_double, cel_double(sqrt(d)))
OF_DOUBLE(is_nan, cel_bool(isnan(d)))
OF_DOUBLE(is_inf, cel_bool(isinf(d)))
OF_DOUBLE(is_finite, cel_bool(isfinite(d)))

static struct cel_value sqrt_int(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_double(sqrt((double)args[0].i));
}

static struct cel_value sqrt_uint(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_double(sqrt((double)args[0].u));
}

/* ---- Of whole numbers */

static struct cel_value same(struct cel_call *call, const struct cel_value *args, size_t n) {
    return args[0];
}

static struct cel_value abs_int(struct cel_call *call, const struct cel_value *args, size_t n) {
    int64_t i = args[0].i;
    return i == INT64_MIN ? cel_error(call, "the result does not fit int") : cel_int(i < 0 ? -i : i);
}

static struct cel_value sign_int(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_int((args[0].i > 0) - (args[0].i < 0));
}

static struct cel_value sign_uint(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_uint(args[0].u > 0);
}

/* An int or uint of the kind of v, with these bits. */
static struct cel_value with_bits(const struct cel_value *v, uint64_t bits) {
    return v->kind == CEL_INT ? cel_int((int64_t)bits) : cel_uint(bits);
}

static struct cel_value bit_and(struct cel_call *call, const struct cel_value *args, size_t n) {
    return with_bits(&args[0], args[0].u & args[1].u);
}

static struct cel_value bit_or(struct cel_call *call, const struct cel_value *args, size_t n) {
    return with_bits(&args[0], args[0].u | args[1].u);
}

static struct cel_value bit_xor(struct cel_call *call, const struct cel_value *args, size_t n) {
    return with_bits(&args[0], args[0].u ^ args[1].u);
}

static struct cel_value bit_not(struct cel_call *call, const struct cel_value *args, size_t n) {
    return with_bits(&args[0], ~args[0].u);
}

static struct cel_value negative_shift(struct cel_call *call) {
    return cel_error(call, "negative offset of a shift");
}

static struct cel_value shift_left(struct cel_call *call, const struct cel_value *args, size_t n) {
    int64_t by = args[1].i;
    return by < 0 ? negative_shift(call) : with_bits(&args[0], by < 64 ? args[0].u << by : 0);
}

/* The sign is not kept: zeros come in from the left, of an int too. */
static struct cel_value shift_right(struct cel_call *call, const struct cel_value *args, size_t n) {
    int64_t by = args[1].i;
    return by < 0 ? negative_shift(call) : with_bits(&args[0], by < 64 ? args[0].u >> by : 0);
}

static const struct cel_function functions[] = {
    {"math.greatest", "(int, int...) int", greatest},
    {"math.greatest", "(uint, uint...) uint", greatest},
    {"math.greatest", "(double, double...) double", greatest},
    {"math.greatest", "(list(int)) int", greatest},
    {"math.greatest", "(list(uint)) uint", greatest},
    {"math.greatest", "(list(double)) double", greatest},
    {"math.greatest", "(dyn, dyn...) dyn", greatest},
    {"math.least", "(int, int...) int", least},
    {"math.least", "(uint, uint...) uint", least},
    {"math.least", "(double, double...) double", least},
    {"math.least", "(list(int)) int", least},
    {"math.least", "(list(uint)) uint", least},
    {"math.least", "(list(double)) double", least},
    {"math.least", "(dyn, dyn...) dyn", least},
    {"math.ceil", "(double) double", ceil_of},
    {"math.floor", "(double) double", floor_of},
    {"math.round", "(double) double", round_of},
    {"math.trunc", "(double) double", trunc_of},
    {"math.isNaN", "(double) bool", is_nan},
    {"math.isInf", "(double) bool", is_inf},
    {"math.isFinite", "(double) bool", is_finite},
    {"math.abs", "(int) int", abs_int},
    {"math.abs", "(uint) uint", same},
    {"math.abs", "(double) double", abs_double},
    {"math.sign", "(int) int", sign_int},
    {"math.sign", "(uint) uint", sign_uint},
    {"math.sign", "(double) double", sign_double},
    {"math.sqrt", "(int) double", sqrt_int},
    {"math.sqrt", "(uint) double", sqrt_uint},
    {"math.sqrt", "(double) double", sqrt_double},
    {"math.bitAnd", "(int, int) int", bit_and},
    {"math.bitAnd", "(uint, uint) uint", bit_and},
    {"math.bitOr", "(int, int) int", bit_or},
    {"math.bitOr", "(uint, uint) uint", bit_or},
    {"math.bitXor", "(int, int) int", bit_xor},
    {"math.bitXor", "(uint, uint) uint", bit_xor},
    {"math.bitNot", "(int) int", bit_not},
    {"math.bitNot", "(uint) uint", bit_not},
    {"math.bitShiftLeft", "(int, int) int", shift_left},
    {"math.bitShiftLeft", "(uint, int) uint", shift_left},
    {"math.bitShiftRight", "(int, int) int", shift_right},
    {"math.bitShiftRight", "(uint, int) uint", shift_right},
};

const struct cel_library cel_library_math = {"math", functions, ARRAY_SIZE(functions), NULL, 0};
