/* The lists library of cel-go (ext/README.md). first() and last() are in optionals.c; sortBy() is a macro
 * over
 * @sortByAssociatedKeys(). */
#include "cel/library/libraries.h"

#include "cel/library/support.h"
#include "cel/library/value_set.h"

#include <inttypes.h>

static struct cel_value slice(struct cel_call *call, const struct cel_value *args, size_t n) {
    int64_t start = args[1].i, end = args[2].i;
    struct cel_value fault;
    if (start < 0 || start > end || end > args[0].n) {
        return cel_error(call, "no range from %" PRId64 " to %" PRId64 " in a list of %" PRIu32 " items",
                         start, end, args[0].n);
    }
    struct cel_value *items = cel_room_items(call, (size_t)(end - start), &fault);
    if (!items) {
        return fault;
    }
    for (int64_t i = start; i < end; i++) {
        items[i - start] = cel_list_at(&args[0], (size_t)i);
    }
    return cel_list(items, (size_t)(end - start));
}

/* Recursion is bounded: a value nests no deeper than documents and the expression that made it. */
static bool flatten_into(struct cel_call *call, const struct cel_value *list, int64_t depth,
                         struct cel_list_builder *out) {
    if (!cel_spend(call, 1 + list->n)) {
        cel_over_budget(call);
        return false;
    }
    for (size_t i = 0; i < list->n; i++) {
        struct cel_value item = cel_list_at(list, i);
        if (item.kind == CEL_LIST && depth > 0) {
            if (!flatten_into(call, &item, depth - 1, out)) {
                return false;
            }
        } else if (!cel_list_add(call->arena, out, item)) {
            cel_no_memory(call);
            return false;
        }
    }
    return true;
}

static struct cel_value flatten(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct cel_list_builder out = {0};
    int64_t depth = n > 1 ? args[1].i : 1;
    if (depth < 0) {
        return cel_error(call, "flatten() takes a depth from 0 on");
    }
    return flatten_into(call, &args[0], depth, &out) ? cel_list_done(&out) : cel_stop(call, NULL);
}

static struct cel_value range(struct cel_call *call, const struct cel_value *args, size_t n) {
    size_t count = args[0].i > 0 ? (size_t)args[0].i : 0;
    struct cel_value fault, *items = cel_room_items(call, count, &fault);
    if (!items) {
        return fault;
    }
    for (size_t i = 0; i < count; i++) {
        items[i] = cel_int((int64_t)i);
    }
    return cel_list(items, count);
}

static struct cel_value distinct(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct cel_value_set seen = {0};
    struct cel_list_builder out = {0};
    struct cel_value fault;
    bool is_new;
    if (cel_list_fault(&args[0], &fault)) {
        return fault;
    }
    for (size_t i = 0; i < args[0].n; i++) {
        struct cel_value item = cel_list_at(&args[0], i);
        if (!cel_value_set_add(call, &seen, &item, &is_new)) {
            return cel_stop(call, NULL);
        }
        if (is_new && !cel_list_add(call->arena, &out, item)) {
            return cel_no_memory(call);
        }
    }
    return cel_list_done(&out);
}

static struct cel_value reverse(struct cel_call *call, const struct cel_value *args, size_t n) {
    size_t count = args[0].n;
    struct cel_value fault, *items = cel_room_items(call, count, &fault);
    if (!items) {
        return fault;
    }
    for (size_t i = 0; i < count; i++) {
        items[count - 1 - i] = cel_list_at(&args[0], i);
    }
    return cel_list(items, count);
}

/* ---- Sorting: the order of a list's keys, found by merging, so that equal keys keep their order */

struct sorted {
    struct cel_value key, item;
};

static void merge(const struct sorted *from, struct sorted *to, size_t start, size_t middle, size_t end) {
    size_t a = start, b = middle;
    for (size_t i = start; i < end; i++) {
        bool takes_b = a >= middle || (b < end && cel_compare(&from[a].key, &from[b].key) == CEL_GREATER);
        to[i] = takes_b ? from[b++] : from[a++];
    }
}

static struct sorted *merge_sort(struct sorted *p, struct sorted *spare, size_t n) {
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t start = 0; start < n; start += 2 * width) {
            merge(p, spare, start, MIN(start + width, n), MIN(start + 2 * width, n));
        }
        struct sorted *other = p;
        p = spare;
        spare = other;
    }
    return p;
}

/* The steps of a merge sort: each pass looks at each key once. */
static bool pay_sort(struct cel_call *call, const struct cel_value *keys) {
    uint64_t pass = keys->n, passes = 1;
    for (size_t i = 0; i < keys->n; i++) {
        struct cel_value key = cel_list_at(keys, i);
        pass += key.kind == CEL_STRING || key.kind == CEL_BYTES ? key.n / 16 : 0;
    }
    for (size_t width = 1; width < keys->n; width *= 2) {
        passes++;
    }
    return cel_spend(call, pass * passes);
}

static bool check_keys(struct cel_call *call, const struct cel_value *keys, struct cel_value *fault) {
    if (cel_list_fault(keys, fault)) {
        return false;
    }
    for (size_t i = 0; i < keys->n; i++) {
        struct cel_value key = cel_list_at(keys, i), first = cel_list_at(keys, 0);
        if (!cel_is_comparable(&key)) {
            *fault = cel_error(call, "%.*s has no order to sort by", STR_ARG(cel_type_name(&key)));
            return false;
        }
        if (key.kind != first.kind) {
            *fault = cel_error(call, "only values of one type can be sorted");
            return false;
        }
    }
    return true;
}

static struct cel_value sort_by(struct cel_call *call, const struct cel_value *list,
                                const struct cel_value *keys) {
    struct cel_value fault;
    size_t n = list->n;
    if (keys->n != n) {
        return cel_error(call, "sortBy() takes a key for each item");
    }
    if (!check_keys(call, keys, &fault)) {
        return fault;
    }
    if (!pay_sort(call, keys)) {
        return cel_over_budget(call);
    }
    struct sorted *sorted = arena_array(call->arena, 2 * n + 1, sizeof *sorted);
    struct cel_value *items = sorted ? cel_room_items(call, n, &fault) : NULL;
    if (!items) {
        return sorted ? fault : cel_no_memory(call);
    }
    for (size_t i = 0; i < n; i++) {
        sorted[i] = (struct sorted){cel_list_at(keys, i), cel_list_at(list, i)};
    }
    sorted = merge_sort(sorted, sorted + n, n);
    for (size_t i = 0; i < n; i++) {
        items[i] = sorted[i].item;
    }
    return cel_list(items, n);
}

static struct cel_value sort(struct cel_call *call, const struct cel_value *args, size_t n) {
    return sort_by(call, &args[0], &args[0]);
}

static struct cel_value sort_by_keys(struct cel_call *call, const struct cel_value *args, size_t n) {
    return sort_by(call, &args[0], &args[1]);
}

static const struct cel_function functions[] = {
    {"slice", "list(~A).(int, int) list(~A)", slice},
    {"flatten", "list(list(~A)).() list(~A)", flatten},
    {"flatten", "list(dyn).(int) list(dyn)", flatten},
    {"lists.range", "(int) list(int)", range},
    {"distinct", "list(~A).() list(~A)", distinct},
    {"reverse", "list(~A).() list(~A)", reverse},
    {"sort", "list(~A).() list(~A)", sort},
    {"@sortByAssociatedKeys", "list(~A).(list(~B)) list(~A)", sort_by_keys},
};

const struct cel_library cel_library_lists = {"lists", functions, ARRAY_SIZE(functions), NULL, 0};
