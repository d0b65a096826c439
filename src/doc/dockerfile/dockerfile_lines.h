/* The lines of a Dockerfile: directives, comments, continuations and heredocs. Internal to the Dockerfile
 * reader. */
#ifndef PLIMSOLL_DOC_DOCKERFILE_LINES_H
#define PLIMSOLL_DOC_DOCKERFILE_LINES_H

#include "doc/dockerfile/dockerfile_words.h"

struct dockerfile_heredoc {
    struct str name;
    size_t start, end; /* of its text, in the file */
    size_t from, to;   /* of its text, in the joined text */
    size_t at, at_end; /* of <<NAME, in the file */
    bool expands, strips_tabs;
};

/* One instruction: its lines joined, and behind a '\n' the heredocs' lines as they are. */
struct dockerfile_line {
    struct joined text;
    size_t n;          /* of text without the heredocs */
    size_t start, end; /* in the file, heredocs and all */
    struct dockerfile_heredoc *heredocs;
    size_t n_heredocs;
};

struct dockerfile_lines {
    const struct doc *syntax, *check; /* NULL without the directive */
    const struct doc *escape;         /* NULL without the directive */
    char escape_char;
    struct items comments;
    VEC(struct dockerfile_line) v;
};

void dockerfile_read_lines(struct reading *r, struct dockerfile_lines *out);

#endif
