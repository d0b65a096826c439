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
    union {
        struct {
            uint8_t kind; /* enum cel_kind */
            uint8_t held; /* enum cel_held */
            uint16_t at;  /* errors: the instruction, for the place in the expression */
            uint32_t n;   /* bytes of a text, parts of a list or map, nanoseconds of a timestamp */
        };
        uint64_t head; /* the four as one word, see cel_head() */
    };
    union {
        uint64_t b; /* bool: 0 or 1 */
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

/* A processor reads back at once what it wrote a moment ago only when it reads no more than was written by
 * one write, else it waits for the cache. So values are written and copied by whole words. */
static inline uint64_t cel_head(enum cel_kind kind, enum cel_held held, uint32_t n) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return (uint64_t)kind | (uint64_t)held << 8 | (uint64_t)n << 32;
#else
    return (uint64_t)kind << 56 | (uint64_t)held << 48 | n;
#endif
}
static inline void cel_copy(struct cel_value *to, const struct cel_value *v) {
    to->head = v->head;
    to->u = v->u;
    to->from = v->from;
}

static inline struct cel_value cel_null(void) {
    return (struct cel_value){.head = cel_head(CEL_NULL, 0, 0)};
}
static inline struct cel_value cel_int(int64_t i) {
    return (struct cel_value){.head = cel_head(CEL_INT, 0, 0), .i = i};
}
static inline struct cel_value cel_uint(uint64_t u) {
    return (struct cel_value){.head = cel_head(CEL_UINT, 0, 0), .u = u};
}
static inline struct cel_value cel_bool(bool b) {
    return (struct cel_value){.head = cel_head(CEL_BOOL, 0, 0), .b = b};
}
static inline struct cel_value cel_double(double d) {
    return (struct cel_value){.head = cel_head(CEL_DOUBLE, 0, 0), .d = d};
}
static inline struct cel_value cel_duration(int64_t nanoseconds) {
    return (struct cel_value){.head = cel_head(CEL_DURATION, 0, 0), .i = nanoseconds};
}
static inline struct cel_value cel_timestamp(int64_t seconds, uint32_t nanoseconds) {
    return (struct cel_value){.head = cel_head(CEL_TIMESTAMP, 0, nanoseconds), .i = seconds};
}
/* The text is not copied; at most UINT32_MAX bytes. */
static inline struct cel_value cel_text(enum cel_kind kind, struct str s) {
    assert(s.n <= UINT32_MAX);
    return (struct cel_value){.head = cel_head(kind, 0, (uint32_t)s.n), .p = s.p};
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
    return (struct cel_value){.head = cel_head(CEL_LIST, CEL_HELD_ARENA, (uint32_t)n), .items = items};
}
static inline struct cel_value cel_optional_none(void) {
    return (struct cel_value){.head = cel_head(CEL_OPTIONAL, 0, 0)};
}

static_assert((int)DOC_NULL == (int)CEL_NULL && (int)DOC_BOOL == (int)CEL_BOOL &&
                  (int)DOC_INT == (int)CEL_INT && (int)DOC_UINT == (int)CEL_UINT &&
                  (int)DOC_DOUBLE == (int)CEL_DOUBLE,
              "what one word holds is the same in a document");
/* Of a document's node; NULL is null. A timestamp that is no full RFC 3339 one is its text. */
void cel_set_rare_doc(struct cel_value *v, const struct doc *d);
static inline void cel_set_doc(struct cel_value *v, const struct doc *d) {
    v->from = d;
    if (!d) {
        v->head = cel_head(CEL_NULL, 0, 0);
        v->u = 0;
    } else if (d->kind == DOC_STRING) {
        v->head = cel_head(CEL_STRING, 0, (uint32_t)d->s.n);
        v->p = d->s.p;
    } else if (d->kind == DOC_MAP) {
        v->head = cel_head(CEL_MAP, CEL_HELD_DOC, (uint32_t)d->map.n);
        v->doc = d;
    } else if (d->kind == DOC_LIST) {
        v->head = cel_head(CEL_LIST, CEL_HELD_DOC, (uint32_t)d->list.n);
        v->doc = d;
    } else if (d->kind <= DOC_DOUBLE) {
        v->head = cel_head((enum cel_kind)d->kind, 0, 0);
        v->u = d->kind == DOC_BOOL ? d->b : d->u;
    } else {
        cel_set_rare_doc(v, d);
    }
}
static inline struct cel_value cel_from_doc(const struct doc *d) {
    struct cel_value v;
    cel_set_doc(&v, d);
    return v;
}

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
static inline void cel_set_item(struct cel_value *v, const struct cel_value *list, size_t i) {
    assert(list->kind == CEL_LIST && i < list->n);
    if (list->held == CEL_HELD_DOC) {
        cel_set_doc(v, list->doc->list.items[i]);
    } else {
        cel_copy(v, &list->items[i]);
    }
}
static inline struct cel_value cel_list_at(const struct cel_value *list, size_t i) {
    struct cel_value v;
    cel_set_item(&v, list, i);
    return v;
}
void cel_map_at(const struct cel_value *map, size_t i, struct cel_value *key, struct cel_value *value);
/* False when there is no such key. Numbers find keys of the other number types of the same value. */
bool cel_map_get(const struct cel_value *map, const struct cel_value *key, struct cel_value *value);
bool cel_map_get_text(const struct cel_value *map, struct str key, struct cel_value *value);

/* The name of the value's type: "int", "list", "google.protobuf.Timestamp", "net.IP". */
struct str cel_type_name(const struct cel_value *v);

/* ---- Comparing */

/* Two of one kind that are compared at a glance: held in one word, or strings. */
static inline bool cel_are_plain(const struct cel_value *a, const struct cel_value *b) {
    static const uint32_t plain =
        1u << CEL_BOOL | 1u << CEL_INT | 1u << CEL_UINT | 1u << CEL_STRING | 1u << CEL_DURATION;
    return a->kind == b->kind && (plain >> a->kind & 1);
}
static inline bool cel_plain_equal(const struct cel_value *a, const struct cel_value *b) {
    return a->kind == CEL_STRING ? str_eq(cel_str(a), cel_str(b)) : a->u == b->u;
}

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
