/* A value of CEL: 24 bytes, passed by value, its parts in a document or in the arena of one evaluation.
 *
 * Values of documents are not converted: a list or map of a document is walked where it lies (CEL_HELD_DOC),
 * a string is the document's slice. Lists and maps that an expression makes are arrays in the arena.
 *
 * `from` is the node of a document that the value is, or that decided it; NULL for constants. The machine
 * sets it on what a function gives back, so functions need not care.
 *
 * Errors and unknowns are values too: both hold a text, the message or the reason. A function never gets one
 * as an argument, unless inside of a list, map or optional.
 *
 * Language definition: https://github.com/google/cel-spec/blob/master/doc/langdef.md */
#ifndef PLIMSOLL_CEL_VALUE_H
#define PLIMSOLL_CEL_VALUE_H

#include "base/arena.h"
#include "doc/doc.h"

enum cel_kind {
    CEL_NULL,
    CEL_BOOL,
    CEL_INT,
    CEL_UINT,
    CEL_DOUBLE,
    CEL_STRING, /* valid UTF-8 */
    CEL_BYTES,
    CEL_TIMESTAMP, /* seconds since 1970 in i, nanoseconds 0..999,999,999 in n; years 1 to 9999 */
    CEL_DURATION,  /* nanoseconds in i */
    CEL_LIST,
    CEL_MAP,
    CEL_TYPE, /* its name */
    CEL_OPTIONAL,
    CEL_OPAQUE,
    CEL_UNKNOWN, /* the reason */
    CEL_ERROR,   /* the message */
};
enum { CEL_KIND_COUNT = CEL_ERROR + 1 };

/* How a list or map is held. */
enum cel_held {
    CEL_HELD_ARENA, /* items[n], or map */
    CEL_HELD_DOC,   /* doc, of n parts */
};

struct cel_map;

/* A kind of value that a library brings: an IP address, a quantity. One static row each. */
struct cel_opaque_kind {
    struct str name; /* the type's, "net.IP" */
    bool (*equal)(const void *a, const void *b);
};
struct cel_opaque {
    const struct cel_opaque_kind *kind;
    const void *p;
};

struct cel_value {
    uint8_t kind; /* enum cel_kind */
    uint8_t held; /* enum cel_held */
    uint16_t at;  /* errors: the instruction, for the place in the expression */
    uint32_t n;   /* bytes of a text, parts of a list or map, nanoseconds of a timestamp */
    union {
        bool b;
        int64_t i;
        uint64_t u;
        double d;
        const char *p;                    /* texts: string, bytes, type, unknown, error */
        const struct cel_value *items;    /* list */
        const struct cel_map *map;        /* map; NULL when empty */
        const struct doc *doc;            /* list or map held by a document */
        const struct cel_value *optional; /* NULL: none */
        const struct cel_opaque *opaque;
    };
    const struct doc *from;
};

/* ---- Making */

static inline struct cel_value cel_null(void) {
    return (struct cel_value){.kind = CEL_NULL};
}
static inline struct cel_value cel_bool(bool b) {
    return (struct cel_value){.kind = CEL_BOOL, .b = b};
}
static inline struct cel_value cel_int(int64_t i) {
    return (struct cel_value){.kind = CEL_INT, .i = i};
}
static inline struct cel_value cel_uint(uint64_t u) {
    return (struct cel_value){.kind = CEL_UINT, .u = u};
}
static inline struct cel_value cel_double(double d) {
    return (struct cel_value){.kind = CEL_DOUBLE, .d = d};
}
static inline struct cel_value cel_duration(int64_t nanoseconds) {
    return (struct cel_value){.kind = CEL_DURATION, .i = nanoseconds};
}
static inline struct cel_value cel_timestamp(int64_t seconds, uint32_t nanoseconds) {
    return (struct cel_value){.kind = CEL_TIMESTAMP, .n = nanoseconds, .i = seconds};
}
/* The text is not copied; at most UINT32_MAX bytes. */
static inline struct cel_value cel_text(enum cel_kind kind, struct str s) {
    assert(s.n <= UINT32_MAX);
    return (struct cel_value){.kind = (uint8_t)kind, .n = (uint32_t)s.n, .p = s.p};
}
static inline struct cel_value cel_string(struct str s) {
    return cel_text(CEL_STRING, s);
}
static inline struct cel_value cel_bytes(struct str s) {
    return cel_text(CEL_BYTES, s);
}
static inline struct cel_value cel_type_value(struct str name) {
    return cel_text(CEL_TYPE, name);
}
static inline struct cel_value cel_unknown(struct str reason) {
    return cel_text(CEL_UNKNOWN, reason);
}
/* The array is not copied. */
static inline struct cel_value cel_list(const struct cel_value *items, size_t n) {
    assert(n <= UINT32_MAX);
    return (struct cel_value){.kind = CEL_LIST, .n = (uint32_t)n, .items = items};
}
static inline struct cel_value cel_optional_none(void) {
    return (struct cel_value){.kind = CEL_OPTIONAL};
}
/* Of a document's node; NULL is null. A timestamp that is no full RFC 3339 one is its text. */
struct cel_value cel_from_doc(const struct doc *d);

/* ---- Looking */

/* Of any kind that holds a text. */
static inline struct str cel_str(const struct cel_value *v) {
    return (struct str){v->p, v->n};
}
static inline bool cel_is_fault(const struct cel_value *v) {
    return v->kind >= CEL_UNKNOWN;
}
static inline bool cel_is_true(const struct cel_value *v) {
    return v->kind == CEL_BOOL && v->b;
}
static inline bool cel_is_number(const struct cel_value *v) {
    return v->kind >= CEL_INT && v->kind <= CEL_DOUBLE;
}

/* Parts of a list or map; i < n. Constant time. */
struct cel_value cel_list_at(const struct cel_value *list, size_t i);
void cel_map_at(const struct cel_value *map, size_t i, struct cel_value *key, struct cel_value *value);
/* False when there is no such key. Numbers find keys of the other number types of the same value. */
bool cel_map_get(const struct cel_value *map, const struct cel_value *key, struct cel_value *value);
bool cel_map_get_text(const struct cel_value *map, struct str key, struct cel_value *value);

/* The name of the value's type: "int", "list", "google.protobuf.Timestamp", "net.IP". */
struct str cel_type_name(const struct cel_value *v);

/* ---- Comparing */

/* Values of different types are unequal, numbers are compared by value, NaN equals nothing. Bool,
 * or the unknown inside of a list or map that decides. Adds what was looked at to *steps. */
struct cel_value cel_equal_value(const struct cel_value *a, const struct cel_value *b, uint64_t *steps);
/* As cel_equal_value(), with what is not known unequal. steps may be NULL. */
bool cel_equal(const struct cel_value *a, const struct cel_value *b, uint64_t *steps);

enum cel_order {
    CEL_LESS = -1,
    CEL_SAME = 0,
    CEL_GREATER = 1,
    CEL_UNORDERED = 2 /* NaN, or kinds that have no order */
};
enum cel_order cel_compare(const struct cel_value *a, const struct cel_value *b);

/* ---- Growing, in an arena. All say false when it has no memory. */

struct cel_list_builder {
    struct cel_value *p;
    size_t n, cap;
};
bool cel_list_add(struct arena *arena, struct cel_list_builder *list, struct cel_value item) _nodiscard_;
static inline struct cel_value cel_list_done(const struct cel_list_builder *list) {
    return cel_list(list->p, list->n);
}

enum cel_put {
    CEL_PUT,
    CEL_PUT_REPEATED,
    CEL_PUT_BAD_KEY /* no bool, int, uint or string */,
    CEL_PUT_NO_MEMORY
};
struct cel_map_builder {
    struct cel_map *map; /* NULL while empty */
};
enum cel_put cel_map_put(struct arena *arena, struct cel_map_builder *builder, struct cel_value key,
                         struct cel_value value);
struct cel_value cel_map_done(const struct cel_map_builder *builder);

/* An optional that holds *v. */
bool cel_optional_of(struct arena *arena, struct cel_value v, struct cel_value *out) _nodiscard_;
/* p lives as long as the arena. */
bool cel_opaque_new(struct arena *arena, const struct cel_opaque_kind *kind, const void *p,
                    struct cel_value *out) _nodiscard_;
/* The value behind p when v is of that kind, else NULL. */
static inline const void *cel_opaque_of(const struct cel_value *v, const struct cel_opaque_kind *kind) {
    return v->kind == CEL_OPAQUE && v->opaque->kind == kind ? v->opaque->p : NULL;
}

#endif
