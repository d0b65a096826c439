/* The program that a pattern becomes: a non-deterministic automaton over code points. */
#ifndef PLIMSOLL_CEL_REGEX_PROGRAM_H
#define PLIMSOLL_CEL_REGEX_PROGRAM_H

#include "cel/regex/regex.h"
#include "cel/regex/syntax.h"

enum opcode {
    OP_FAIL,    /* instruction 0 */
    OP_MATCH,   /* the end */
    OP_RANGE,   /* a code point in [a, b] */
    OP_SET,     /* a code point of set a */
    OP_SPLIT,   /* next, or else a */
    OP_NOP,     /* next */
    OP_CAPTURE, /* the place goes into slot a */
    OP_ASSERT,  /* enum regex_assertion a */
};

struct instruction {
    enum opcode op;
    uint32_t next;
    uint32_t a, b;
};

/* Code points that no instruction tells apart are one class; so a state of the deterministic automaton has
 * few ways out. */
enum { CLASS_MAX = 250, CLASS_ROOM = 252 };

struct alphabet {
    bool is_small;               /* at most CLASS_MAX classes: there can be a deterministic automaton */
    uint8_t ascii[128];          /* class of a code point */
    uint32_t *starts;            /* of the intervals, ascending; the first is 0 */
    uint8_t *classes;            /* of each interval */
    size_t intervals;            /* how many */
    size_t count;                /* of classes of code points; two more follow: */
    uint8_t foreign, end;        /* a byte that is no UTF-8; the end of the text */
    uint32_t member[CLASS_ROOM]; /* one code point of each; RUNE_NONE for the last two */
};
#define RUNE_NONE UINT32_MAX

struct program {
    struct instruction *code;
    size_t n;
    uint32_t start;
    struct rune_set *sets;
    bool has_assertions;
    bool is_anchored;  /* begins with \A on all ways */
    struct str prefix; /* bytes that each match begins with, nothing asserted before them */
    struct alphabet alphabet;
};

struct regex {
    struct program program;
    struct str *names;
    size_t groups;
};

/* Makes the program of a tree in the arena. 0, ERR_LIMIT or ERR_MEMORY. */
int program_build(struct arena *arena, const struct syntax *syntax, struct program *program, struct err *err);
/* Fills program->alphabet; `work` is for what is gone afterwards. */
int alphabet_build(struct arena *arena, struct arena *work, const struct syntax *syntax,
                   struct program *program);

static inline uint8_t alphabet_class(const struct alphabet *alphabet, uint32_t code) {
    if (code < 128) {
        return alphabet->ascii[code];
    }
    size_t from = 0, to = alphabet->intervals;
    while (to - from > 1) {
        size_t middle = from + (to - from) / 2;
        if (alphabet->starts[middle] <= code) {
            from = middle;
        } else {
            to = middle;
        }
    }
    return alphabet->classes[from];
}

static inline bool instruction_takes(const struct program *program, const struct instruction *in,
                                     uint32_t code) {
    if (in->op == OP_RANGE) {
        return in->a <= code && code <= in->b;
    }
    return in->op == OP_SET && rune_set_has(program->sets[in->a], code, code);
}

/* What stands on one side of a place. */
enum { SIDE_EDGE = 1, SIDE_LINE_END = 2, SIDE_WORD = 4 };

static inline unsigned side_of(uint32_t code) {
    if (code == '\n') {
        return SIDE_LINE_END;
    }
    return code < 128 && (ascii_is_alnum((char)code) || code == '_') ? SIDE_WORD : 0;
}
static inline unsigned side_before(struct str text, size_t at) {
    return at == 0 ? SIDE_EDGE : side_of((unsigned char)text.p[at - 1]);
}
static inline unsigned side_after(struct str text, size_t at) {
    return at == text.n ? SIDE_EDGE : side_of((unsigned char)text.p[at]);
}
bool assertion_holds(enum regex_assertion what, unsigned before, unsigned after);

#endif
