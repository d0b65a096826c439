/* CEL's tokens (langdef, "Syntax"). */
#ifndef PLIMSOLL_CEL_LEX_H
#define PLIMSOLL_CEL_LEX_H

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"

enum cel_token_kind {
    TOKEN_END,
    TOKEN_NAME,
    TOKEN_QUOTED_NAME, /* `a-b`, only behind a dot */
    TOKEN_INT,
    TOKEN_UINT,
    TOKEN_DOUBLE,
    TOKEN_STRING, /* text: as written, with prefix and quotes; see literal.h */
    TOKEN_BYTES,
    TOKEN_DOT,
    TOKEN_COMMA,
    TOKEN_COLON,
    TOKEN_QUESTION,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_OPEN_LIST,
    TOKEN_CLOSE_LIST,
    TOKEN_OPEN_MAP,
    TOKEN_CLOSE_MAP,
    TOKEN_NOT,
    TOKEN_MINUS,
    TOKEN_PLUS,
    TOKEN_STAR,
    TOKEN_SLASH,
    TOKEN_PERCENT,
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_EQUAL,
    TOKEN_NOT_EQUAL,
    TOKEN_LESS,
    TOKEN_LESS_EQUAL,
    TOKEN_GREATER,
    TOKEN_GREATER_EQUAL,
    TOKEN_IN,
};

struct cel_token {
    enum cel_token_kind kind;
    uint32_t at; /* byte of the text */
    struct str text;
};

struct cel_lexer {
    struct str text;
    size_t at;
};

/* The next token; TOKEN_END again and again at the end. ERR_INPUT with line and column. */
int cel_lex(struct cel_lexer *lexer, struct cel_token *token, struct err *err);

/* Line and column, both from 1, the column in bytes. */
struct doc_place cel_place(struct str text, size_t at);
/* "line 1 column 4: ..." */
int cel_text_error(struct str text, size_t at, enum err_code code, struct err *err, const char *fmt, ...)
    _printf_(5, 6);

#endif
