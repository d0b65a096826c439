/* Places of a window that may be secrets, as Vectorscan tells them, and what is made of them. */
#ifndef PLIMSOLL_INSPECT_SECRETS_CANDIDATE_H
#define PLIMSOLL_INSPECT_SECRETS_CANDIDATE_H

#include "base/arena.h"
#include "cel/regex/regex.h"
#include "inspect/secrets/proof.h"

/* A rule's pattern in our own engine, made when it is first wanted. */
struct secret_matcher {
    bool is_made;
    struct regex_matcher regex;
};

/* What a candidate turned out to be. */
struct confirmed {
    struct str match; /* of the pattern, a part of the window */
    struct str value; /* the secret itself */
    struct proof proof;
    bool is_refuted; /* it is none: of its kind's form, without its kind's proof */
};

/* Reads what of the window ends at or just behind `end`. 1 with *out when it is a secret of that rule, 0 when
 * it is none (*out then has is_refuted, and match and value if that is true). arena: for the matcher's
 * pattern; scratch: reset by the caller. */
int candidate_confirm(struct secret_matcher *matcher, struct arena *arena, struct arena *scratch,
                      const struct secret_rule *rule, struct str window, size_t end, int64_t now,
                      struct confirmed *out, struct err *err);

#endif
