/* Text to tree, macros expanded (langdef, "Syntax" and "Macros"). */
#ifndef PLIMSOLL_CEL_PARSE_H
#define PLIMSOLL_CEL_PARSE_H

#include "base/err.h"
#include "cel/syntax/ast.h"
#include "cel/syntax/lex.h"

struct cel_parser {
    struct arena *arena;
    struct str text;
    struct cel_lexer lexer;
    struct cel_token token; /* the next, not yet taken */
    uint32_t depth;
    bool without_macros;
    struct err *err;
};

/* 0, ERR_INPUT or ERR_LIMIT with line and column, ERR_MEMORY. Names and strings are slices of text. */
int cel_parse(struct arena *arena, struct str text, bool without_macros, struct cel_node **out,
              struct err *err);

/* ---- Between parse.c and macro.c */

/* A new node at a place, or NULL, with the error set. */
struct cel_node *cel_node_new(struct cel_parser *parser, enum cel_node_kind kind, uint32_t at);
/* Sets the height from those of the parts; false, with the error set, past LIMIT_CEL_DEPTH. */
bool cel_node_done(struct cel_parser *parser, struct cel_node *node);
/* Sets the error and returns NULL. */
struct cel_node *cel_parse_error(struct cel_parser *parser, size_t at, const char *fmt, ...) _printf_(3, 4);

/* The expansion of a call, the call itself when it is no macro, or NULL with the error set. */
struct cel_node *cel_macro_expand(struct cel_parser *parser, struct cel_node *call);

#endif
