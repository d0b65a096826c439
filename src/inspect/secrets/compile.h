/* A user's rules to a database, by plimsoll-patterns: a program of its own, as all of Vectorscan takes
 * longer to load than most scans, which compiles in a cage, as patterns may come with what is scanned. */
#ifndef PLIMSOLL_INSPECT_SECRETS_COMPILE_H
#define PLIMSOLL_INSPECT_SECRETS_COMPILE_H

#include "base/buf.h"
#include "inspect/secrets/database.h"
#include "inspect/secrets/read_rules.h"

/* *out lives in arena, with the list's rules, whose widths are set. ERR_INPUT: a pattern can't be compiled;
 * the message names file, line and column. */
int secret_rules_compile(struct arena *arena, struct secret_rule_list *list, struct secret_rules *out,
                         struct err *err);

/* The database of rules whose own one is of another Vectorscan: from the folder where it was kept, or
 * compiled and kept there (NULL: nowhere). */
int secret_rules_open_anew(const struct secret_rules *rules, const char *folder, struct secret_database **out,
                           struct err *err);

/* ---- what the two say to each other */

/* The rules, on its standard input. */
void secret_compile_put(struct buf *out, const struct secret_rule *rules, size_t n);
int secret_compile_get(struct arena *arena, struct str bytes, struct secret_rule_list *out, struct err *err);
/* Its answer, on its standard output: what was compiled, or why not (why NULL). */
void secret_compile_put_answer(struct buf *out, const struct secret_rule *rules, size_t n,
                               struct str database, const char *why);
/* Sets the widths; *database is a part of bytes. */
int secret_compile_get_answer(struct str bytes, struct secret_rule *rules, size_t n, struct str *database,
                              struct err *err);

#endif
