/* Where a value's text lies in its file: what edits and editors need beside the place where it begins.
 *
 * A span is bytes of the file as it was read, a byte order mark included. A node knows its first place and
 * its length (doc.h), so a span needs the text's lines to be found and nothing else:
 *
 *     struct doc_lines lines;
 *     if (doc_lines_over(&arena, text, &lines) < 0) ...
 *     struct doc_span span = doc_span(&lines, node);      text.p + span.from ... text.p + span.to
 *     struct doc_place end = doc_place(&lines, span.to); */
#ifndef PLIMSOLL_DOC_SPAN_H
#define PLIMSOLL_DOC_SPAN_H

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"

struct doc_span {
    size_t from, to; /* to is behind the last byte */
};

struct doc_lines {
    struct str text;
    size_t skipped; /* the byte order mark, which no column counts */
    const uint32_t *starts;
    size_t n;
};

/* Lines end with "\n", as for all readers. text must live as long as lines. ERR_MEMORY, or ERR_LIMIT when
 * text is too long to count in. */
int doc_lines_over(struct arena *arena, struct str text, struct doc_lines *lines, struct err *err);

/* The place of a byte of the text or of its end; and back (the end of the text when place is past it). */
struct doc_place doc_place(const struct doc_lines *lines, size_t offset);
size_t doc_offset(const struct doc_lines *lines, struct doc_place place);

/* Quotes and brackets included; of a block scalar its lines, without the header ("|-"); of a block list or
 * map from its first "-" or key to the end of its last value. Empty for a value without text. */
struct doc_span doc_span(const struct doc_lines *lines, const struct doc *d);

#endif
