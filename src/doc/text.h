/* The one way a reader of a text format walks over its text: a place that knows its line and column.
 *
 * p never passes end. A reader that steps over a line end calls text_line() or text_advance(). */
#ifndef PLIMSOLL_DOC_TEXT_H
#define PLIMSOLL_DOC_TEXT_H

#include "base/err.h"
#include "doc/doc.h"

struct text {
    const char *p, *end;
    const char *line_start;
    uint32_t line;
};

/* Over all of s but a byte order mark in front. ERR_LIMIT when s is too long for its places to be counted. */
int text_over(struct str s, struct text *out, struct err *err);

/* ERR_INPUT at the first byte that is not UTF-8. */
int text_check_utf8(const struct text *t, struct err *err);

static inline struct str text_rest(const struct text *t) {
    return (struct str){t->p, (size_t)(t->end - t->p)};
}
/* Of p, which is in the present line. */
static inline struct doc_place text_place(const struct text *t, const char *p) {
    return (struct doc_place){t->line, (uint32_t)(p - t->line_start) + 1};
}
/* The present byte, 0 at the end. */
static inline char text_peek(const struct text *t) {
    return (char)(t->p < t->end ? *t->p : 0);
}
static inline bool text_take(struct text *t, char c) {
    if (t->p < t->end && *t->p == c) {
        t->p++;
        return true;
    }
    return false;
}
/* p has just passed a line end. */
static inline void text_line(struct text *t) {
    t->line++;
    t->line_start = t->p;
}
/* Moves p forward to to, counting the line ends on the way. */
void text_advance(struct text *t, const char *to);

/* "line 1 column 4: expected a value, found ']'"; the place is p. */
int text_unexpected(const struct text *t, const char *p, const char *wanted, struct err *err);

#endif
