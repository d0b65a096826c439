/* TOML's strings, numbers, dates and words. Internal to the TOML reader. */
#ifndef PLIMSOLL_DOC_TOML_SCALAR_H
#define PLIMSOLL_DOC_TOML_SCALAR_H

#include "base/arena.h"
#include "doc/text.h"

/* A string of any of the four forms, the text standing at its first quote; "long" ones (three quotes) only
 * when may_be_long. */
int toml_read_string(struct text *t, struct arena *arena, bool may_be_long, struct str *out, struct err *err);

/* A value that is neither a list nor a table; fills kind and value of d. */
int toml_read_scalar(struct text *t, struct arena *arena, struct doc *d, struct err *err);

#endif
