#include "cel/number.h"

/* Recursion is bounded: a value nests no deeper than documents and the expression that made it. */

struct comparison {
    uint64_t steps;
    struct cel_value
        unknown; /* CEL_NULL, or the first met: values that are equal otherwise are then unknown */
};

static bool equal(const struct cel_value *a, const struct cel_value *b, struct comparison *c);

static bool lists_equal(const struct cel_value *a, const struct cel_value *b, struct comparison *c) {
    if (a->n != b->n) {
        return false;
    }
    for (size_t i = 0; i < a->n; i++) {
        struct cel_value x = cel_list_at(a, i), y = cel_list_at(b, i);
        if (!equal(&x, &y, c)) {
            return false;
        }
    }
    return true;
}

static bool maps_equal(const struct cel_value *a, const struct cel_value *b, struct comparison *c) {
    if (a->n != b->n) {
        return false;
    }
    for (size_t i = 0; i < a->n; i++) {
        struct cel_value key, x, y;
        cel_map_at(a, i, &key, &x);
        if (!cel_map_get(b, &key, &y) || !equal(&x, &y, c)) {
            return false;
        }
    }
    return true;
}

static bool optionals_equal(const struct cel_value *a, const struct cel_value *b, struct comparison *c) {
    if (!a->optional || !b->optional) {
        return a->optional == b->optional;
    }
    return equal(a->optional, b->optional, c);
}

static bool opaques_equal(const struct cel_opaque *a, const struct cel_opaque *b) {
    return a->kind == b->kind && a->kind->equal(a->p, b->p);
}

static bool same_kind_equal(const struct cel_value *a, const struct cel_value *b, struct comparison *c) {
    switch ((enum cel_kind)a->kind) {
    case CEL_NULL:
        return true;
    case CEL_BYTES:
    case CEL_TYPE:
        c->steps += a->n == b->n ? a->n / 64 : 0;
        return str_eq(cel_str(a), cel_str(b));
    case CEL_TIMESTAMP:
        return a->i == b->i && a->n == b->n;
    case CEL_LIST:
        return lists_equal(a, b, c);
    case CEL_MAP:
        return maps_equal(a, b, c);
    case CEL_OPTIONAL:
        return optionals_equal(a, b, c);
    case CEL_OPAQUE:
        return opaques_equal(a->opaque, b->opaque);
    default:
        return false;
    }
}

static bool equal(const struct cel_value *a, const struct cel_value *b, struct comparison *c) {
    c->steps++;
    if (cel_are_plain(a, b)) {
        c->steps += a->kind == CEL_STRING && a->n == b->n ? a->n / 64 : 0;
        return cel_plain_equal(a, b);
    }
    if (cel_is_number(a) && cel_is_number(b)) {
        return cel_compare_numbers(a, b) == CEL_SAME;
    }
    if (a->kind == CEL_UNKNOWN || b->kind == CEL_UNKNOWN) {
        if (c->unknown.kind == CEL_NULL) {
            c->unknown = a->kind == CEL_UNKNOWN ? *a : *b;
        }
        return true;
    }
    return a->kind == b->kind && same_kind_equal(a, b, c);
}

struct cel_value cel_equal_value(const struct cel_value *a, const struct cel_value *b, uint64_t *steps) {
    struct comparison c = {.unknown = cel_null()};
    bool is_equal = equal(a, b, &c);
    *steps += c.steps;
    return is_equal && c.unknown.kind == CEL_UNKNOWN ? c.unknown : cel_bool(is_equal);
}

bool cel_equal(const struct cel_value *a, const struct cel_value *b, uint64_t *steps) {
    uint64_t own = 0;
    struct cel_value v = cel_equal_value(a, b, steps ? steps : &own);
    return cel_is_true(&v);
}

static enum cel_order order_of(int64_t difference) {
    return difference < 0 ? CEL_LESS : difference > 0 ? CEL_GREATER : CEL_SAME;
}

static enum cel_order order_int(int64_t a, int64_t b) {
    return order_of((a > b) - (a < b));
}

enum cel_order cel_compare(const struct cel_value *a, const struct cel_value *b) {
    if (cel_is_number(a) && cel_is_number(b)) {
        return cel_compare_numbers(a, b);
    }
    if (a->kind != b->kind) {
        return CEL_UNORDERED;
    }
    switch ((enum cel_kind)a->kind) {
    case CEL_BOOL:
        return order_of((int)a->b - (int)b->b);
    case CEL_STRING:
    case CEL_BYTES:
        return order_of(str_cmp(cel_str(a), cel_str(b)));
    case CEL_DURATION:
        return order_int(a->i, b->i);
    case CEL_TIMESTAMP:
        return a->i == b->i ? order_of((int64_t)a->n - b->n) : order_int(a->i, b->i);
    default:
        return CEL_UNORDERED;
    }
}
