#include "cel/value.h"

#include "base/limits.h"
#include "cel/values/time.h"

/* A timestamp, or its text when it is no full one. */
static struct cel_value from_timestamp(const struct doc *d) {
    struct timestamp t;
    struct cel_value v = cel_string(d->s);
    if (timestamp_parse(d->s, &t, NULL) == 0) {
        v = cel_timestamp(t.seconds, (uint32_t)t.nanos);
    }
    v.from = d;
    return v;
}

struct cel_value cel_from_doc(const struct doc *d) {
    static const uint8_t kinds[] = {
        [DOC_NULL] = CEL_NULL,   [DOC_BOOL] = CEL_BOOL,        [DOC_INT] = CEL_INT,
        [DOC_UINT] = CEL_UINT,   [DOC_DOUBLE] = CEL_DOUBLE,    [DOC_STRING] = CEL_STRING,
        [DOC_BYTES] = CEL_BYTES, [DOC_TIMESTAMP] = CEL_STRING, [DOC_LIST] = CEL_LIST,
        [DOC_MAP] = CEL_MAP,     [DOC_UNKNOWN] = CEL_UNKNOWN,
    };
    struct cel_value v = {.kind = CEL_NULL, .from = d};
    if (!d) {
        return v;
    }
    v.kind = kinds[d->kind];
    switch (v.kind) {
    case CEL_LIST:
    case CEL_MAP:
        v.held = CEL_HELD_DOC;
        v.n = (uint32_t)doc_count(d);
        v.doc = d;
        return v;
    case CEL_STRING:
    case CEL_BYTES:
    case CEL_UNKNOWN:
        v.n = (uint32_t)d->s.n;
        v.p = d->s.p;
        return d->kind == DOC_TIMESTAMP ? from_timestamp(d) : v;
    case CEL_BOOL:
        v.b = d->b;
        return v;
    default:
        v.u = d->u;
        return v;
    }
}

struct cel_value cel_list_at(const struct cel_value *list, size_t i) {
    assert(list->kind == CEL_LIST && i < list->n);
    return list->held == CEL_HELD_DOC ? cel_from_doc(list->doc->list.items[i]) : list->items[i];
}

struct str cel_type_name(const struct cel_value *v) {
    static const char *const names[] = {
        [CEL_NULL] = "null_type",
        [CEL_BOOL] = "bool",
        [CEL_INT] = "int",
        [CEL_UINT] = "uint",
        [CEL_DOUBLE] = "double",
        [CEL_STRING] = "string",
        [CEL_BYTES] = "bytes",
        [CEL_TIMESTAMP] = "google.protobuf.Timestamp",
        [CEL_DURATION] = "google.protobuf.Duration",
        [CEL_LIST] = "list",
        [CEL_MAP] = "map",
        [CEL_TYPE] = "type",
        [CEL_OPTIONAL] = "optional_type",
        [CEL_OPAQUE] = "",
        [CEL_UNKNOWN] = "unknown",
        [CEL_ERROR] = "error",
    };
    static_assert(ARRAY_SIZE(names) == CEL_KIND_COUNT, "each kind has a name");
    return v->kind == CEL_OPAQUE ? v->opaque->kind->name : str_c(names[v->kind]);
}

bool cel_list_add(struct arena *arena, struct cel_list_builder *list, struct cel_value item) {
    if (list->n >= LIMIT_CEL_VALUE / sizeof item) {
        return false;
    }
    struct cel_value *slot = VEC_PUSH(arena, list);
    if (slot) {
        *slot = item;
    }
    return slot != NULL;
}

bool cel_optional_of(struct arena *arena, struct cel_value v, struct cel_value *out) {
    struct cel_value *held = arena_alloc(arena, sizeof *held);
    if (!held) {
        return false;
    }
    *held = v;
    *out = (struct cel_value){.kind = CEL_OPTIONAL, .optional = held};
    return true;
}

bool cel_opaque_new(struct arena *arena, const struct cel_opaque_kind *kind, const void *p,
                    struct cel_value *out) {
    struct cel_opaque *opaque = arena_alloc(arena, sizeof *opaque);
    if (!opaque) {
        return false;
    }
    *opaque = (struct cel_opaque){kind, p};
    *out = (struct cel_value){.kind = CEL_OPAQUE, .opaque = opaque};
    return true;
}
