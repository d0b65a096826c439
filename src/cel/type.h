/* Types of CEL as the checker knows them, and as text:
 *
 *     int uint double string bytes bool null_type dyn type error
 *     list(T) map(K, V) optional_type(T) wrapper(T) type(T)
 *     google.protobuf.Timestamp google.protobuf.Duration google.protobuf.Any
 *     net.IP tuple(A, B)           an abstract type, with parameters or without
 *     ~A                           a parameter                                                      */
#ifndef PLIMSOLL_CEL_TYPE_H
#define PLIMSOLL_CEL_TYPE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum cel_type_kind {
    CEL_T_DYN,
    CEL_T_NULL,
    CEL_T_BOOL,
    CEL_T_INT,
    CEL_T_UINT,
    CEL_T_DOUBLE,
    CEL_T_STRING,
    CEL_T_BYTES,
    CEL_T_TIMESTAMP,
    CEL_T_DURATION,
    CEL_T_LIST,
    CEL_T_MAP,
    CEL_T_TYPE,
    CEL_T_OPTIONAL,
    CEL_T_WRAPPER,
    CEL_T_ABSTRACT,
    CEL_T_PARAMETER, /* name, or while checking: a number */
};

enum { CEL_TYPE_PARAMETERS = 4 };

struct cel_type {
    enum cel_type_kind kind;
    uint32_t number; /* of a parameter while checking */
    uint32_t n;
    struct str name; /* abstract, parameter */
    const struct cel_type *of[CEL_TYPE_PARAMETERS];
};

/* Takes a type off the front of *text. 0 or ERR_INPUT, ERR_MEMORY. */
int cel_type_parse(struct arena *arena, struct str *text, const struct cel_type **out, struct err *err);
/* The name of a kind that has one: "int", "list". */
const char *cel_type_kind_name(enum cel_type_kind kind);
void cel_type_write(struct buf *out, const struct cel_type *type);

#endif
