/* The tree of a pattern, between its reading and the program. */
#ifndef PLIMSOLL_CEL_REGEX_SYNTAX_H
#define PLIMSOLL_CEL_REGEX_SYNTAX_H

#include "cel/regex/runes.h"

enum regex_assertion {
    ASSERT_TEXT_START, /* \A, and ^ without (?m) */
    ASSERT_TEXT_END,   /* \z, and $ without (?m) */
    ASSERT_LINE_START,
    ASSERT_LINE_END,
    ASSERT_WORD_EDGE, /* \b */
    ASSERT_NO_WORD_EDGE,
};

enum node_kind { NODE_RUNES, NODE_CONCAT, NODE_ALTERNATE, NODE_REPEAT, NODE_GROUP, NODE_ASSERT };

#define REPEAT_ENDLESS UINT32_MAX

struct node {
    enum node_kind kind;
    bool is_lazy;         /* NODE_REPEAT */
    uint32_t min, max;    /* NODE_REPEAT */
    uint32_t value;       /* NODE_RUNES: place in the pool; NODE_GROUP: its number; NODE_ASSERT: which */
    uint32_t depth;       /* of repeats and groups below and with this one, at most LIMIT_REGEX_DEPTH */
    uint32_t repeats;     /* the product of the counts below, at most LIMIT_REGEX_REPEAT */
    struct node *first;   /* child */
    struct node *sibling; /* the next child of the same parent */
};

struct syntax {
    struct arena *arena; /* of the tree; gone after compiling */
    struct rune_pool pool;
    VEC(struct str) names; /* of groups 1...; p NULL without one; parts of the pattern */
    struct map named;      /* to the group's number */
    struct node *root;
};

/* 0, ERR_INPUT, ERR_LIMIT or ERR_MEMORY. */
int syntax_parse(struct arena *arena, struct str pattern, struct syntax *syntax, struct err *err);

#endif
