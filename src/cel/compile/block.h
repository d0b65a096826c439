/* The compiled form: one run of bytes, all places in it as offsets from its start, so that it can be used
 * wherever it lies. Little more than arrays behind a header; alignment 8.
 *
 *     header | code | places | constants | calls | variables | texts */
#ifndef PLIMSOLL_CEL_BLOCK_H
#define PLIMSOLL_CEL_BLOCK_H

#include "cel/syntax/ast.h"

/* Changes whenever a block of before would be read wrongly. */
enum { BLOCK_VERSION = 2 };
#define BLOCK_MAGIC 0x314c4543u /* "CEL1" */

struct block_range {
    uint32_t at, n; /* bytes from the block's start; number of entries */
};

struct block_header {
    uint32_t magic, version;
    uint32_t size;
    uint32_t slots, stack, loops; /* what an evaluation needs at most */
    struct block_range code;      /* struct instruction */
    struct block_range places;    /* uint32_t: the byte of the expression, one an instruction */
    struct block_range constants; /* struct block_constant */
    struct block_range calls;     /* struct block_call */
    struct block_range variables; /* struct block_range of the name */
    struct block_range text;      /* the expression */
};

struct block_constant {
    uint32_t kind; /* enum cel_kind */
    uint32_t n;    /* bytes of a text */
    uint64_t bits; /* the number, or the offset of the text */
};

struct block_call {
    struct block_range name;
    uint32_t arguments; /* with the receiver */
    uint32_t is_receiver;
};

enum cel_code {
    CODE_RETURN,
    CODE_CONSTANT,     /* c: constant */
    CODE_LOCAL,        /* b: slot; a: how many of the next instructions select a member of it */
    CODE_VARIABLE,     /* c: variable of the block; a: as above */
    CODE_FAIL,         /* c: constant, the message */
    CODE_SELECT,       /* c: constant, the name */
    CODE_SELECT_MAYBE, /* a.?b */
    CODE_HAS,
    CODE_INDEX,
    CODE_INDEX_MAYBE, /* a[?b] */
    CODE_NOT,
    CODE_NEGATE,
    CODE_AND_JUMP, /* a false stays and goes to c */
    CODE_AND,
    CODE_OR_JUMP,
    CODE_OR,
    CODE_BRANCH, /* true goes on, false goes to c; the condition stays; a fault stays and goes to b more */
    CODE_MERGE,  /* the value takes the place of its condition */
    CODE_JUMP,
    CODE_EQUAL,
    CODE_NOT_EQUAL,
    CODE_LESS,
    CODE_LESS_EQUAL,
    CODE_GREATER,
    CODE_GREATER_EQUAL,
    CODE_IN,
    CODE_IN_TEXTS,   /* b: how many constants from c on, strings, in order */
    CODE_ARITHMETIC, /* b: enum cel_operator */
    CODE_LIST,       /* c: items */
    CODE_MAP,        /* c: keys and values */
    CODE_ELEMENT,    /* [?x]: the value of an optional, or a hole */
    CODE_CALL,       /* c: call */
    CODE_LOOP,       /* a: enum cel_loop, +128 with two variables; b: slot; c: behind the loop */
    CODE_FILTER,     /* false goes to c, which is the loop's CODE_NEXT */
    CODE_NEXT,       /* a: 1 when a body's value lies on the stack; c: the body */
    CODE_STORE,      /* b: slot */
    CODE_UNWRAP,     /* optMap: the optional's value to slot b, or none and to c */
    CODE_WRAP,       /* a: 1: is an optional already */
    CODE_COUNT
};

struct instruction {
    uint8_t code, a;
    uint16_t b;
    uint32_t c;
};

/* The order of the strings of CODE_IN_TEXTS: the shorter first, as lengths alone tell most of them apart. */
static inline int block_compare_texts(struct str a, struct str b) {
    if (a.n != b.n) {
        return a.n < b.n ? -1 : 1;
    }
    return a.n ? memcmp(a.p, b.p, a.n) : 0;
}

#endif
