/* The compiler's side of database.h: links all of Vectorscan, so the build and plimsoll-patterns alone do. */
#ifndef PLIMSOLL_INSPECT_SECRETS_DATABASE_COMPILE_H
#define PLIMSOLL_INSPECT_SECRETS_DATABASE_COMPILE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "inspect/secrets/rule.h"

/* Compiles the patterns of n rules for every processor of this kind, sets each rule's width, and adds the
 * bytes to out. ERR_INPUT: a pattern that Vectorscan can't compile; the message names its rule and place. */
int secret_database_compile(struct arena *arena, struct secret_rule *rules, size_t n, struct buf *out,
                            struct err *err);

#endif
