/* Values for the examples of rules, made from their form, so that no file of ours holds a secret's literal.
 *
 *     ghp_{{github}}            {{hex:32}}            {{alnum:20}}
 *
 * The same text gives the same values: they come from a hash of it. What {{...}} knows is in example.c. */
#ifndef PLIMSOLL_INSPECT_SECRETS_EXAMPLE_H
#define PLIMSOLL_INSPECT_SECRETS_EXAMPLE_H

#include "base/buf.h"
#include "base/err.h"

/* Adds the text with its values to out. ERR_INPUT: there is no such form of values. */
int secret_example_expand(struct str text, struct buf *out, struct err *err);

#endif
