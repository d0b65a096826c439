#include "cel/value.h"

#include "base/limits.h"
#include "cel/values/time.h"

/* A timestamp, or its text when it is no full one. */
static struct cel_value from_timestamp(const struct doc *d) {
    struct timestamp t;
    bool is_full = timestamp_parse(d->s, &t, NULL) == 0;
    return is_full ? cel_timestamp(t.seconds, (uint32_t)t.nanos) : cel_string(d->s);
}

/* Bytes, a timestamp, or what is not known. */
void cel_set_rare_doc(struct cel_value *v, const struct doc *d) {
    assert(d->kind == DOC_BYTES || d->kind == DOC_UNKNOWN || d->kind == DOC_TIMESTAMP);
    *v = d->kind == DOC_TIMESTAMP ? from_timestamp(d)
                                  : cel_text(d->kind == DOC_BYTES ? CEL_BYTES : CEL_UNKNOWN, d->s);
    v->from = d;
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
