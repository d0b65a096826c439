/* The words of a shell text: where they end and what they say. Internal to the shell reader. */
#ifndef PLIMSOLL_DOC_SHELL_WORD_H
#define PLIMSOLL_DOC_SHELL_WORD_H

#include "doc/dockerfile/shell.h"

/* What a word holds that is a script of its own: [start, end) of the text it stands in. */
struct shell_script {
    size_t start, end;
    struct str via;
};

struct shell_finds {
    VEC(struct shell_script) scripts;
    VEC(struct str) variables;
};

/* True for what ends a word that is not quoted. */
bool shell_is_meta(char c);

/* The offset behind the quoted or nested part that opens at p (' " ` $' $" ${ $( <( >( or a bare
 * parenthesis); p when none opens there. What is not closed is a problem (not said when r is NULL), and ends
 * at end. */
size_t shell_skip(struct reading *r, const struct joined *j, size_t p, size_t end);
/* The end of the word that begins at p. */
size_t shell_word_end(struct reading *r, const struct joined *j, size_t p, size_t end);
/* The word [start, end) without quotes. finds may be NULL. False when there is no memory. */
bool shell_unquote(struct reading *r, const struct joined *j, size_t start, size_t end,
                   struct shell_finds *finds, struct shell_word *out) _nodiscard_;

#endif
