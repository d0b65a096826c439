/* A file that the editor has open: its text as it stands there, and what was last found in it. */
#ifndef PLIMSOLL_LSP_DOCUMENT_H
#define PLIMSOLL_LSP_DOCUMENT_H

#include "lsp/lsp.h"
#include "lsp/position.h"

struct document {
    struct document *next;
    struct arena names; /* uri, language, file */
    struct str uri, language;
    struct str file; /* the last part of the uri's path, decoded */
    int64_t version;
    struct buf text;
    /* Of the text as it was reviewed; is_stale when it has changed since. */
    bool is_stale;
    struct arena arena;
    struct lsp_lines lines;
    struct str source; /* as review_request.in.source; empty: nothing that we know */
    struct review review;
};

/* NULL without memory. The text is empty. */
struct document *document_new(struct str uri, struct str language);
void document_free(struct document *document);

/* Puts text in the place of bytes from..to. False without memory. */
bool document_replace(struct document *document, size_t from, size_t to, struct str text) _nodiscard_;

/* What the text is, by the language that the editor says, the name, then the text itself. */
struct str document_source(const struct document *document);

/* Lines of the text as it is now; the review is forgotten. */
int document_refresh_lines(struct document *document, enum lsp_encoding encoding, struct err *err);

#endif
