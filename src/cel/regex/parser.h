/* What the reader of patterns and its reader of classes share. */
#ifndef PLIMSOLL_CEL_REGEX_PARSER_H
#define PLIMSOLL_CEL_REGEX_PARSER_H

#include "cel/regex/syntax.h"

enum { FLAG_FOLD = 1, FLAG_LINES = 2, FLAG_DOT_ALL = 4, FLAG_LAZY = 8 }; /* i m s U */

struct parser {
    struct str pattern;
    size_t at;
    unsigned flags;
    unsigned depth;         /* of open groups */
    size_t nodes;           /* made so far */
    bool has_no_more_posix; /* ":]" was looked for and isn't ahead: looked for once, not at each "[:" */
    struct syntax *syntax;
    struct runes set;   /* the class that is being read */
    struct runes group; /* one named group of it */
    struct err *err;
};

static inline bool parser_is_at_end(const struct parser *p) {
    return p->at == p->pattern.n;
}
/* The byte `ahead` of the place; NUL past the end, where none is looked for. */
static inline char parser_peek(const struct parser *p, size_t ahead) {
    return ahead < p->pattern.n - p->at ? p->pattern.p[p->at + ahead] : '\0';
}
static inline bool parser_sees(const struct parser *p, struct str word) {
    return str_starts(str_from(p->pattern, p->at), word);
}

/* ERR_INPUT, for something at byte `at`. */
int parser_refuse(struct parser *p, size_t at, const char *what);
/* The sentence for ERR_MEMORY and ERR_LIMIT; other codes have theirs. */
int parser_fail(struct parser *p, int code);

/* The code point at the place, stepping over it. */
int parser_rune(struct parser *p, uint32_t *code);
/* What a backslash and the rest of an escape at the place stand for, when it is one code point. */
int parser_escape(struct parser *p, uint32_t *code);

/* \d \s \w \p and their opposites at the place: adds them to p->set. 1 when it was one, 0 when not. */
int class_add_escape(struct parser *p);
/* "[...]" at the place, into p->set, which is sorted, folded and negated as wanted. */
int class_parse(struct parser *p);

#endif
