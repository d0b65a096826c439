/* Rules of secrets from YAML: those of content/secrets, and a user's.
 *
 * One mistake refuses the whole file: the message names file, line and column. A pattern is tried here with
 * our own engine; what Vectorscan can't compile is said by database_compile.h. */
#ifndef PLIMSOLL_INSPECT_SECRETS_READ_RULES_H
#define PLIMSOLL_INSPECT_SECRETS_READ_RULES_H

#include "base/arena.h"
#include "base/err.h"
#include "inspect/secrets/rule.h"

struct secret_rule_list {
    struct secret_rule *p;
    size_t n, cap;
};

/* Adds the rule that a map describes. It and its text must live as long as the list. needs_examples: what is
 * built in has to show at least one text in which it is found and one in which it is not. */
int secret_rule_read(struct arena *arena, struct str file, const struct doc *rule, bool needs_examples,
                     struct secret_rule_list *list, struct err *err);

#endif
