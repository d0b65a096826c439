/* The steps of cel_compile() between text and block. */
#ifndef PLIMSOLL_CEL_COMPILE_H
#define PLIMSOLL_CEL_COMPILE_H

#include "cel/env.h"
#include "cel/syntax/ast.h"

struct cel_compilation {
    const struct cel_env *env;
    struct arena *arena;
    struct str text;
    bool is_checked;
    uint32_t slots; /* locals that the expression needs at once */
    struct err *err;
};

/* ERR_INPUT at the node's place. */
int cel_node_error(struct cel_compilation *c, const struct cel_node *node, const char *fmt, ...)
    _printf_(3, 4);

/* Gives names their variables, locals, types and functions, in place. */
int cel_resolve(struct cel_compilation *c, struct cel_node *node);
/* *type is the type of the whole, without parameters. */
int cel_check(struct cel_compilation *c, const struct cel_node *node, const struct cel_type **type);
/* Writes the block. */
int cel_emit(struct cel_compilation *c, const struct cel_node *node, struct str *block);

/* The function that stands for an operator in the tables, and the operator as written. */
struct str cel_operator_function(enum cel_operator op);
const char *cel_operator_text(enum cel_operator op);

#endif
