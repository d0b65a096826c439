#include "case_value.h"

#include "cel/function.h"
#include "doc/number.h"

#include <inttypes.h>
#include <math.h>

static bool to_int(struct str s, int64_t *out) {
    bool is_negative = s.n && s.p[0] == '-';
    uint64_t u;
    if (!str_to_u64(str_from(s, is_negative), 10, &u)) {
        return false;
    }
    *out = (int64_t)(is_negative ? 0 - u : u);
    return true;
}

static double to_double(const struct doc *d) {
    struct str s = doc_str(d);
    if (d->kind == DOC_STRING) {
        return str_eq(s, STR("NaN")) ? (double)NAN : s.p[0] == '-' ? -(double)INFINITY : (double)INFINITY;
    }
    return d->kind == DOC_INT ? (double)d->i : d->kind == DOC_UINT ? (double)d->u : d->d;
}

static int base64_digit(char c) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *hit = c ? strchr(digits, c) : NULL;
    return hit ? (int)(hit - digits) : -1;
}

static struct str decode_base64(struct arena *arena, struct str s) {
    char *out = arena_alloc(arena, s.n + 1);
    size_t n = 0;
    uint32_t bits = 0, have = 0;
    for (size_t i = 0; i < s.n; i++) {
        int digit = base64_digit(s.p[i]);
        if (digit < 0) {
            continue;
        }
        bits = bits << 6 | (uint32_t)digit;
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[n++] = (char)(bits >> have);
        }
    }
    return str_n(out, n);
}

static bool list_value(struct arena *arena, const struct doc *d, struct cel_value *out) {
    struct cel_list_builder list = {0};
    for (size_t i = 0; i < doc_count(d); i++) {
        struct cel_value item;
        if (!case_value(arena, doc_at(d, i), &item) || !cel_list_add(arena, &list, item)) {
            return false;
        }
    }
    *out = cel_list_done(&list);
    return true;
}

static bool map_value(struct arena *arena, const struct doc *d, struct cel_value *out) {
    struct cel_map_builder map = {0};
    for (size_t i = 0; i < doc_count(d); i++) {
        struct cel_value key, value;
        const struct doc *entry = doc_at(d, i);
        if (!case_value(arena, doc_at(entry, 0), &key) || !case_value(arena, doc_at(entry, 1), &value) ||
            cel_map_put(arena, &map, key, value) != CEL_PUT) {
            return false;
        }
    }
    *out = cel_map_done(&map);
    return true;
}

static bool time_value(struct str tag, const struct doc *d, struct cel_value *out) {
    int64_t seconds = 0, nanos = 0;
    to_int(doc_str(doc_get(d, STR("seconds"))), &seconds);
    doc_int(doc_get(d, STR("nanos")), &nanos);
    *out = str_eq(tag, STR("timestamp")) ? cel_timestamp(seconds, (uint32_t)nanos)
                                         : cel_duration(seconds * 1000000000 + nanos);
    return true;
}

bool case_value(struct arena *arena, const struct doc *d, struct cel_value *out) {
    if (!doc_is(d, DOC_MAP) || d->map.n != 1) {
        return false;
    }
    struct str tag = d->map.members[0].key;
    const struct doc *v = d->map.members[0].value;
    int64_t i = 0;
    uint64_t u = 0;
    *out = cel_null();
    if (str_eq(tag, STR("int64"))) {
        *out = to_int(doc_str(v), &i) ? cel_int(i) : cel_null();
    } else if (str_eq(tag, STR("uint64"))) {
        *out = str_to_u64(doc_str(v), 10, &u) ? cel_uint(u) : cel_null();
    } else if (str_eq(tag, STR("double"))) {
        *out = cel_double(to_double(v));
    } else if (str_eq(tag, STR("string"))) {
        *out = cel_string(doc_str(v));
    } else if (str_eq(tag, STR("bytes"))) {
        *out = cel_bytes(decode_base64(arena, doc_str(v)));
    } else if (str_eq(tag, STR("bool"))) {
        *out = cel_bool(doc_bool(v, false));
    } else if (str_eq(tag, STR("type"))) {
        *out = cel_type_value(doc_str(v));
    } else if (str_eq(tag, STR("list"))) {
        return list_value(arena, v, out);
    } else if (str_eq(tag, STR("map"))) {
        return map_value(arena, v, out);
    } else if (str_eq(tag, STR("timestamp")) || str_eq(tag, STR("duration"))) {
        return time_value(tag, v, out);
    }
    return str_eq(tag, STR("null")) || out->kind != CEL_NULL;
}

static bool lists_same(const struct cel_value *a, const struct cel_value *b) {
    for (size_t i = 0; i < a->n; i++) {
        struct cel_value x = cel_list_at(a, i), y = cel_list_at(b, i);
        if (!case_same(&x, &y)) {
            return false;
        }
    }
    return true;
}

static bool maps_same(const struct cel_value *a, const struct cel_value *b) {
    for (size_t i = 0; i < a->n; i++) {
        struct cel_value key, x, y;
        cel_map_at(a, i, &key, &x);
        if (!cel_map_get(b, &key, &y) || !case_same(&x, &y)) {
            return false;
        }
    }
    return true;
}

bool case_same(const struct cel_value *a, const struct cel_value *b) {
    if (a->kind != b->kind) {
        return false;
    }
    if (a->kind == CEL_LIST || a->kind == CEL_MAP) {
        return a->n == b->n && (a->kind == CEL_LIST ? lists_same(a, b) : maps_same(a, b));
    }
    if (a->kind == CEL_DOUBLE) {
        return (isnan(a->d) && isnan(b->d)) || (a->d == b->d && !signbit(a->d) == !signbit(b->d));
    }
    return cel_equal(a, b, NULL);
}

static void write_parts(struct buf *out, const struct cel_value *v) {
    for (size_t i = 0; i < v->n; i++) {
        struct cel_value key, value;
        buf_c(out, i ? ", " : "");
        if (v->kind == CEL_MAP) {
            cel_map_at(v, i, &key, &value);
            case_write(out, &key);
            buf_c(out, ": ");
        } else {
            value = cel_list_at(v, i);
        }
        case_write(out, &value);
    }
}

void case_write(struct buf *out, const struct cel_value *v) {
    char text[NUMBER_TEXT];
    switch ((enum cel_kind)v->kind) {
    case CEL_NULL:
        buf_c(out, "null");
        break;
    case CEL_BOOL:
        buf_c(out, v->b ? "true" : "false");
        break;
    case CEL_INT:
    case CEL_DURATION:
        buf_printf(out, "%" PRId64, v->i);
        break;
    case CEL_UINT:
        buf_printf(out, "%" PRIu64 "u", v->u);
        break;
    case CEL_DOUBLE:
        buf_bytes(out, text, isfinite(v->d) ? number_from_double(v->d, text) : 0);
        break;
    case CEL_TIMESTAMP:
        buf_printf(out, "timestamp(%" PRId64 ".%09u)", v->i, v->n);
        break;
    case CEL_LIST:
    case CEL_MAP:
        buf_byte(out, v->kind == CEL_LIST ? '[' : '{');
        write_parts(out, v);
        buf_byte(out, v->kind == CEL_LIST ? ']' : '}');
        break;
    case CEL_OPTIONAL:
        buf_c(out, v->optional ? "optional(" : "none");
        if (v->optional) {
            case_write(out, v->optional);
            buf_byte(out, ')');
        }
        break;
    case CEL_OPAQUE:
        buf_str(out, v->opaque->kind->name);
        break;
    default:
        buf_printf(out, "%.*s '%.*s'", STR_ARG(cel_type_name(v)), STR_ARG(cel_str(v)));
        break;
    }
}
