/* Lines for a terminal: outside text made safe, cut to columns, padded, folded and coloured.
 *
 * Columns are counted as a terminal shows them: wide characters are two, combining ones none. Without colour
 * not one escape is written. What does not fit is cut with "…"; even without a width no text is longer than
 * TEXT_LONGEST columns, so that a hostile name cannot drown a report.
 *
 *     _cleanup_(text_free) struct text t = text_new(out, 80, false);
 *     text_put(&t, TEXT_BOLD, name, 30);
 *     text_pad(&t, 40);
 *     text_line(&t);                                                                                */
#ifndef PLIMSOLL_REPORT_TEXT_H
#define PLIMSOLL_REPORT_TEXT_H

#include "base/buf.h"
#include "model/model.h"

enum { TEXT_LONGEST = 256 };

enum text_style {
    TEXT_PLAIN,
    TEXT_BOLD,
    TEXT_DIM,
    TEXT_CRITICAL,
    TEXT_HIGH,
    TEXT_MEDIUM,
    TEXT_LOW,
    TEXT_EXPLOITED,
    TEXT_STYLES
};

struct text {
    struct buf *out;
    unsigned width; /* 0: lines are not folded */
    bool has_colour;
    unsigned column; /* of the line under way */
    unsigned blanks; /* of those, the last ones: written when something follows them */
    struct buf scratch;
};

struct text text_new(struct buf *out, unsigned width, bool has_colour);
void text_free(struct text *t);

/* Columns that s takes after being made safe, at most TEXT_LONGEST. */
unsigned text_columns(struct text *t, struct str s);

/* At most max columns of s (0: as many as the line has left). */
void text_put(struct text *t, enum text_style style, struct str s, unsigned max);
/* As text_put(), but cuts at the front: of a path the end says more. */
void text_put_tail(struct text *t, enum text_style style, struct str s, unsigned max);
void text_c(struct text *t, enum text_style style, const char *c);
void text_printf(struct text *t, enum text_style style, const char *fmt, ...) _printf_(3, 4);

/* Spaces up to column; none when the line is there already, and none at its end. */
void text_pad(struct text *t, unsigned column);
void text_line(struct text *t);
/* Columns left in the line; TEXT_LONGEST when lines are not folded. */
unsigned text_left(const struct text *t);

/* One more part of a line of parts: three spaces before it, or a new line of that indent when it doesn't fit.
 */
void text_part(struct text *t, enum text_style style, struct str s, unsigned indent);
/* As text_part(), but cuts at the front. */
void text_part_tail(struct text *t, enum text_style style, struct str s, unsigned indent);
/* The words of s, folded into lines of the given indent. Ends with a line feed. */
void text_fold(struct text *t, enum text_style style, struct str s, unsigned indent);

enum text_style text_style_of(enum severity severity);

#endif
