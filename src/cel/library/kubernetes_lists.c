/* The list functions of Kubernetes (k8s.io/apiserver, pkg/cel/library, Lists). */
#include "cel/library/libraries.h"

#include "cel/library/support.h"
#include "cel/number.h"
#include "cel/times.h"

/* False when the list can't be walked: *fault is then what the function has to return. */
static bool begin(struct cel_call *call, const struct cel_value *list, struct cel_value *fault) {
    if (!cel_spend(call, list->n)) {
        *fault = cel_over_budget(call);
        return false;
    }
    return !cel_list_fault(list, fault);
}

static struct cel_value no_order(struct cel_call *call, const struct cel_value *a,
                                 const struct cel_value *b) {
    return cel_error(call, "%.*s and %.*s have no order", STR_ARG(cel_type_name(a)),
                     STR_ARG(cel_type_name(b)));
}

static bool have_order(const struct cel_value *a, const struct cel_value *b) {
    return cel_is_comparable(a) && (a->kind == b->kind || (cel_is_number(a) && cel_is_number(b)));
}

static struct cel_value is_sorted(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct cel_value fault;
    if (!begin(call, &args[0], &fault)) {
        return fault;
    }
    for (size_t i = 1; i < args[0].n; i++) {
        struct cel_value a = cel_list_at(&args[0], i - 1), b = cel_list_at(&args[0], i);
        if (!have_order(&a, &b)) {
            return no_order(call, &a, &b);
        }
        if (!cel_spend(call, a.kind == CEL_STRING ? a.n / 16 : 0)) {
            return cel_over_budget(call);
        }
        if (cel_compare(&a, &b) == CEL_GREATER) {
            return cel_bool(false);
        }
    }
    return cel_bool(true);
}

static struct cel_value extreme(struct cel_call *call, const struct cel_value *list, enum cel_order wanted) {
    struct cel_value best;
    if (!begin(call, list, &best)) {
        return best;
    }
    if (!list->n) {
        return cel_error(call, "the list is empty");
    }
    best = cel_list_at(list, 0);
    for (size_t i = 0; i < list->n; i++) {
        struct cel_value item = cel_list_at(list, i);
        if (!have_order(&best, &item)) {
            return no_order(call, &best, &item);
        }
        if (!cel_spend(call, item.kind == CEL_STRING ? item.n / 16 : 0)) {
            return cel_over_budget(call);
        }
        if (cel_compare(&item, &best) == wanted) {
            best = item;
        }
    }
    return best;
}

static struct cel_value min_of(struct cel_call *call, const struct cel_value *args, size_t n) {
    return extreme(call, &args[0], CEL_LESS);
}

static struct cel_value max_of(struct cel_call *call, const struct cel_value *args, size_t n) {
    return extreme(call, &args[0], CEL_GREATER);
}

static struct cel_value add(struct cel_call *call, const struct cel_value *a, const struct cel_value *b) {
    struct cel_value out;
    if (a->kind == b->kind && cel_is_number(a)) {
        return cel_calculate(call, OP_ADD, a, b);
    }
    if (a->kind == CEL_DURATION && b->kind == CEL_DURATION && cel_calculate_time(call, OP_ADD, a, b, &out)) {
        return out;
    }
    return cel_error(call, "%.*s and %.*s have no sum", STR_ARG(cel_type_name(a)), STR_ARG(cel_type_name(b)));
}

/* The sum of nothing is 0. */
static struct cel_value sum(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct cel_value all = cel_int(0), fault;
    if (!begin(call, &args[0], &fault)) {
        return fault;
    }
    for (size_t i = 0; i < args[0].n && !cel_is_fault(&all); i++) {
        struct cel_value item = cel_list_at(&args[0], i);
        struct cel_value zero = {.kind = item.kind, .i = 0};
        all = add(call, i ? &all : &zero, &item);
    }
    return all;
}

/* The place of the first item that equals args[1], seen from the front or the back; -1, or an item that is
 * not known and that could be it. */
static struct cel_value find(struct cel_call *call, const struct cel_value *args, bool is_last,
                             bool wants_place) {
    struct cel_value open = cel_int(-1);
    size_t count = args[0].n;
    for (size_t i = 0; i < count; i++) {
        size_t at = is_last ? count - 1 - i : i;
        struct cel_value item = cel_list_at(&args[0], at);
        uint64_t steps = 1;
        struct cel_value same = item.kind == CEL_ERROR ? item : cel_equal_value(&item, &args[1], &steps);
        if (!cel_spend(call, steps)) {
            return cel_over_budget(call);
        }
        if (cel_is_true(&same) || (cel_is_fault(&same) && wants_place)) {
            return cel_is_fault(&same) ? same : cel_int((int64_t)at);
        }
        open = cel_is_fault(&same) ? same : open;
    }
    return open;
}

static struct cel_value index_of(struct cel_call *call, const struct cel_value *args, size_t n) {
    return find(call, args, false, true);
}

static struct cel_value last_index_of(struct cel_call *call, const struct cel_value *args, size_t n) {
    return find(call, args, true, true);
}

static struct cel_value includes(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct cel_value one = args[0].kind == CEL_LIST ? args[0] : cel_list(args, 1);
    struct cel_value at = find(call, (struct cel_value[]){one, args[1]}, false, false);
    return at.kind == CEL_INT ? cel_bool(at.i >= 0) : at;
}

#define TIMESTAMP "google.protobuf.Timestamp"
#define DURATION  "google.protobuf.Duration"

static const struct cel_function functions[] = {
    {"isSorted", "list(int).() bool", is_sorted},
    {"isSorted", "list(uint).() bool", is_sorted},
    {"isSorted", "list(double).() bool", is_sorted},
    {"isSorted", "list(bool).() bool", is_sorted},
    {"isSorted", "list(" DURATION ").() bool", is_sorted},
    {"isSorted", "list(" TIMESTAMP ").() bool", is_sorted},
    {"isSorted", "list(string).() bool", is_sorted},
    {"isSorted", "list(bytes).() bool", is_sorted},
    {"sum", "list(int).() int", sum},
    {"sum", "list(uint).() uint", sum},
    {"sum", "list(double).() double", sum},
    {"sum", "list(" DURATION ").() " DURATION, sum},
    {"min", "list(int).() int", min_of},
    {"min", "list(uint).() uint", min_of},
    {"min", "list(double).() double", min_of},
    {"min", "list(bool).() bool", min_of},
    {"min", "list(" DURATION ").() " DURATION, min_of},
    {"min", "list(" TIMESTAMP ").() " TIMESTAMP, min_of},
    {"min", "list(string).() string", min_of},
    {"min", "list(bytes).() bytes", min_of},
    {"max", "list(int).() int", max_of},
    {"max", "list(uint).() uint", max_of},
    {"max", "list(double).() double", max_of},
    {"max", "list(bool).() bool", max_of},
    {"max", "list(" DURATION ").() " DURATION, max_of},
    {"max", "list(" TIMESTAMP ").() " TIMESTAMP, max_of},
    {"max", "list(string).() string", max_of},
    {"max", "list(bytes).() bytes", max_of},
    {"indexOf", "list(~A).(~A) int", index_of},
    {"lastIndexOf", "list(~A).(~A) int", last_index_of},
    {"includes", "dyn.(dyn) bool", includes},
};

const struct cel_library cel_library_kubernetes_lists = {"kubernetes lists", functions, ARRAY_SIZE(functions),
                                                         NULL, 0};
