/* The tree of an expression, as parse.c makes it, resolve.c names it and emit.c writes it.
 *
 * One kind of struct for all nodes; which fields count stands beside each kind. Lives in the arena of the
 * compilation. Its height is bounded by LIMIT_CEL_DEPTH, so walks may recurse. */
#ifndef PLIMSOLL_CEL_AST_H
#define PLIMSOLL_CEL_AST_H

#include "cel/value.h"

enum cel_node_kind {
    NODE_CONSTANT,    /* constant */
    NODE_NAME,        /* name, is_absolute; once resolved: where, number */
    NODE_SELECT,      /* a.name; is_optional: a.?name; is_test: has(a.name) */
    NODE_INDEX,       /* a[b]; is_optional: a[?b] */
    NODE_CALL,        /* a.name(parts), or name(parts) without a; once resolved, name is the whole one */
    NODE_UNARY,       /* op a */
    NODE_BINARY,      /* a op b; also && and || */
    NODE_CONDITIONAL, /* a ? b : c */
    NODE_LIST,        /* parts */
    NODE_MAP,         /* parts: key, value, key, value, ... */
    NODE_LOOP,        /* loop; over a, with variables; b the filter or NULL; c the body */
    NODE_BIND,        /* variables[0] is a in c */
    NODE_OPTIONAL_MAP /* as NODE_BIND, when the optional a has a value; is_flat: c is an optional itself */
};

enum cel_operator {
    OP_NOT,
    OP_NEGATE,
    OP_AND,
    OP_OR,
    OP_EQUAL,
    OP_NOT_EQUAL,
    OP_LESS,
    OP_LESS_EQUAL,
    OP_GREATER,
    OP_GREATER_EQUAL,
    OP_IN,
    OP_ADD,
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_MODULO,
};

enum cel_loop {
    LOOP_ALL,
    LOOP_EXISTS,
    LOOP_EXISTS_ONE,
    LOOP_LIST,        /* map, transformList: the bodies' values */
    LOOP_FILTER,      /* the items for which the body is true */
    LOOP_MAP,         /* transformMap: the keys with the bodies' values */
    LOOP_MAP_ENTRIES, /* transformMapEntry: the entries of the bodies' maps */
};

/* Where the value of a resolved name is. */
enum cel_where {
    WHERE_NOWHERE,
    WHERE_LOCAL,    /* number: the slot */
    WHERE_VARIABLE, /* number: in the order of the env's */
};

struct cel_node {
    enum cel_node_kind kind;
    uint32_t at; /* byte of the expression */
    uint32_t height;
    bool is_absolute, is_optional, is_test, is_flat;
    enum cel_operator op;
    enum cel_loop loop;
    enum cel_where where;
    uint32_t number; /* slot or variable of a name; first slot of what binds */
    struct str name;
    struct cel_node *a, *b, *c;
    struct cel_node **parts;
    bool *part_is_optional; /* list: each; map: each key; NULL: none is */
    size_t part_count;
    struct str variables[2]; /* the second is empty when there is one */
    struct cel_value constant;
};

#endif
