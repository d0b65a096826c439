/* Positions as editors count them (LSP 3.17, Position): line and character from 0, lines ending with "\n",
 * "\r\n" or "\r", characters in units of UTF-16 or bytes. */
#ifndef PLIMSOLL_LSP_POSITION_H
#define PLIMSOLL_LSP_POSITION_H

#include "base/arena.h"
#include "base/err.h"

enum lsp_encoding { LSP_UTF16, LSP_UTF8 };

struct lsp_position {
    uint32_t line, character;
};

struct lsp_lines {
    struct str text;
    enum lsp_encoding encoding;
    const uint32_t *starts;
    size_t n;
};

/* text must live as long as lines. ERR_LIMIT when it has 4 GiB or more. */
int lsp_lines_over(struct arena *arena, struct str text, enum lsp_encoding encoding, struct lsp_lines *out,
                   struct err *err);

/* Inside of a character: its beginning. */
struct lsp_position lsp_position(const struct lsp_lines *lines, size_t offset);
/* Past a line's end: its end, in front of its line break; past the last line: the end of the text. */
size_t lsp_offset(const struct lsp_lines *lines, struct lsp_position position);

/* A line without its break. Empty past the last. */
struct str lsp_line(const struct lsp_lines *lines, size_t line);

#endif
