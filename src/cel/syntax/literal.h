/* The value of a literal's token: numbers, and strings with their escapes. */
#ifndef PLIMSOLL_CEL_LITERAL_H
#define PLIMSOLL_CEL_LITERAL_H

#include "cel/syntax/lex.h"
#include "cel/value.h"

/* A token of TOKEN_INT, _UINT or _DOUBLE. whole is the expression, for the place in messages. */
int cel_literal_number(struct str whole, const struct cel_token *token, bool is_negative,
                       struct cel_value *out, struct err *err);
/* A token of TOKEN_STRING or _BYTES; without escapes, a slice of the expression. */
int cel_literal_text(struct arena *arena, struct str whole, const struct cel_token *token,
                     struct cel_value *out, struct err *err);

#endif
