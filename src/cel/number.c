#include "cel/number.h"

#include <math.h>

static enum cel_order order_of(bool is_less, bool is_greater) {
    return is_less ? CEL_LESS : is_greater ? CEL_GREATER : CEL_SAME;
}

static enum cel_order reverse(enum cel_order order) {
    return order == CEL_LESS ? CEL_GREATER : order == CEL_GREATER ? CEL_LESS : order;
}

/* A double against an int: the whole parts as integers, then what is behind the point. */
static enum cel_order compare_double_int(double d, int64_t i) {
    if (isnan(d)) {
        return CEL_UNORDERED;
    }
    if (d >= 0x1p63) {
        return CEL_GREATER;
    }
    if (d < -0x1p63) {
        return CEL_LESS;
    }
    double whole = floor(d);
    int64_t w = (int64_t)whole;
    return w == i ? order_of(false, d > whole) : order_of(w<i, w> i);
}

static enum cel_order compare_double_uint(double d, uint64_t u) {
    if (isnan(d)) {
        return CEL_UNORDERED;
    }
    if (d >= 0x1p64) {
        return CEL_GREATER;
    }
    if (d < 0) {
        return CEL_LESS;
    }
    double whole = floor(d);
    uint64_t w = (uint64_t)whole;
    return w == u ? order_of(false, d > whole) : order_of(w<u, w> u);
}

static enum cel_order compare_double(double d, const struct cel_value *b) {
    if (b->kind == CEL_INT) {
        return compare_double_int(d, b->i);
    }
    if (b->kind == CEL_UINT) {
        return compare_double_uint(d, b->u);
    }
    return isnan(d) || isnan(b->d) ? CEL_UNORDERED : order_of(d<b->d, d> b->d);
}

enum cel_order cel_compare_numbers(const struct cel_value *a, const struct cel_value *b) {
    if (a->kind == CEL_DOUBLE) {
        return compare_double(a->d, b);
    }
    if (b->kind == CEL_DOUBLE) {
        return reverse(compare_double(b->d, a));
    }
    if (a->kind == b->kind) {
        return a->kind == CEL_INT ? order_of(a->i<b->i, a->i> b->i) : order_of(a->u<b->u, a->u> b->u);
    }
    if (a->kind == CEL_INT) {
        return a->i < 0 ? CEL_LESS : order_of(a->u<b->u, a->u> b->u);
    }
    return b->i < 0 ? CEL_GREATER : order_of(a->u<b->u, a->u> b->u);
}

static struct cel_value overflow(struct cel_call *call, const char *type) {
    return cel_error(call, "the result does not fit %s", type);
}

static struct cel_value by_zero(struct cel_call *call, enum cel_operator op) {
    return cel_error(call, op == OP_DIVIDE ? "division by zero" : "modulus by zero");
}

static struct cel_value calculate_int(struct cel_call *call, enum cel_operator op, int64_t a, int64_t b) {
    int64_t out = 0;
    bool fits = true;
    switch (op) {
    case OP_ADD:
        fits = add_fits(a, b, &out);
        break;
    case OP_SUBTRACT:
        fits = sub_fits(a, b, &out);
        break;
    case OP_MULTIPLY:
        fits = mul_fits(a, b, &out);
        break;
    default:
        if (b == 0) {
            return by_zero(call, op);
        }
        fits = !(a == INT64_MIN && b == -1);
        if (fits) {
            out = op == OP_DIVIDE ? a / b : a % b;
        }
        break;
    }
    return fits ? cel_int(out) : overflow(call, "int");
}

static struct cel_value calculate_uint(struct cel_call *call, enum cel_operator op, uint64_t a, uint64_t b) {
    uint64_t out = 0;
    bool fits = true;
    switch (op) {
    case OP_ADD:
        fits = add_fits(a, b, &out);
        break;
    case OP_SUBTRACT:
        fits = sub_fits(a, b, &out);
        break;
    case OP_MULTIPLY:
        fits = mul_fits(a, b, &out);
        break;
    default:
        if (b == 0) {
            return by_zero(call, op);
        }
        out = op == OP_DIVIDE ? a / b : a % b;
        break;
    }
    return fits ? cel_uint(out) : overflow(call, "uint");
}

static struct cel_value calculate_double(struct cel_call *call, enum cel_operator op, double a, double b) {
    switch (op) {
    case OP_ADD:
        return cel_double(a + b);
    case OP_SUBTRACT:
        return cel_double(a - b);
    case OP_MULTIPLY:
        return cel_double(a * b);
    case OP_DIVIDE:
        return cel_double(a / b);
    default:
        return cel_error(call, "'%%' does not take double");
    }
}

struct cel_value cel_calculate(struct cel_call *call, enum cel_operator op, const struct cel_value *a,
                               const struct cel_value *b) {
    assert(a->kind == b->kind && cel_is_number(a));
    if (a->kind == CEL_INT) {
        return calculate_int(call, op, a->i, b->i);
    }
    return a->kind == CEL_UINT ? calculate_uint(call, op, a->u, b->u)
                               : calculate_double(call, op, a->d, b->d);
}
