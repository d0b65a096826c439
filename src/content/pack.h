/* Packs: checks read from YAML, validated as a whole.
 *
 * A pack with one mistake gives nothing: the message names file, line and column, says what was expected and,
 * for a name that is nearly right, which one was probably meant.
 *
 *     struct pack pack = pack_new(&arena, policy_env());
 *     pack_reserve(&pack, builtin_checks, builtin_checks_n, err);     their ids are taken
 *     pack_add(&pack, STR("mine/user.yaml"), documents, n, err);      for each file; checks in pack.checks
 */
#ifndef PLIMSOLL_CONTENT_PACK_H
#define PLIMSOLL_CONTENT_PACK_H

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "cel/cel.h"
#include "content/check.h"

struct pack {
    struct arena *arena;
    const struct cel_env *env; /* of all expressions: its variables are those of policy/env.h */
    VEC(const struct check *) checks;
    struct map ids; /* → check */
};

struct pack pack_new(struct arena *arena, const struct cel_env *env);

/* Adds the checks of one file. Its documents must live as long as the pack: strings are not copied.
 * ERR_INPUT: a field, a type, an expression or a doubled id is wrong. */
int pack_add(struct pack *pack, struct str file, const struct doc *const *documents, size_t n,
             struct err *err);

/* Ids that the pack's own checks may not have. Call it first. */
int pack_reserve(struct pack *pack, const struct check *const *checks, size_t n, struct err *err);

#endif
