#include "cel/times.h"

static struct cel_value duration_result(struct cel_call *call, int status, struct duration d,
                                        const struct err *err) {
    return status < 0 ? cel_error_from(call, err) : cel_duration(d.nanoseconds);
}

static struct cel_value timestamp_result(struct cel_call *call, int status, struct timestamp t,
                                         const struct err *err) {
    return status < 0 ? cel_error_from(call, err) : cel_from_timestamp(t);
}

static bool are(const struct cel_value *a, enum cel_kind ka, const struct cel_value *b, enum cel_kind kb) {
    return a->kind == ka && b->kind == kb;
}

bool cel_calculate_time(struct cel_call *call, enum cel_operator op, const struct cel_value *a,
                        const struct cel_value *b, struct cel_value *out) {
    bool is_sum = op == OP_ADD;
    struct err err = ERR_NONE;
    struct timestamp t = {0};
    struct duration d = {0}, da = {a->i}, db = {b->i};
    int status;
    if (!is_sum && op != OP_SUBTRACT) {
        return false;
    }
    if (are(a, CEL_DURATION, b, CEL_DURATION)) {
        status = is_sum ? duration_add(da, db, &d, &err) : duration_sub(da, db, &d, &err);
        *out = duration_result(call, status, d, &err);
        return true;
    }
    if (are(a, CEL_TIMESTAMP, b, CEL_DURATION)) {
        struct timestamp ta = cel_to_timestamp(a);
        status = is_sum ? timestamp_add(ta, db, &t, &err) : timestamp_sub(ta, db, &t, &err);
        *out = timestamp_result(call, status, t, &err);
        return true;
    }
    if (is_sum && are(a, CEL_DURATION, b, CEL_TIMESTAMP)) {
        status = timestamp_add(cel_to_timestamp(b), da, &t, &err);
        *out = timestamp_result(call, status, t, &err);
        return true;
    }
    if (!is_sum && are(a, CEL_TIMESTAMP, b, CEL_TIMESTAMP)) {
        status = timestamp_diff(cel_to_timestamp(a), cel_to_timestamp(b), &d, &err);
        *out = duration_result(call, status, d, &err);
        return true;
    }
    return false;
}
