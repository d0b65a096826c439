/* Fixes: what the patches of a check do to the text that a finding is in.
 *
 * A fix is a few edits of one file (doc/edit.h) that leave comments and layout as they are, and it is proven:
 * the edited text is read and judged again, and the check must fail there less often than before, and be
 * undecided no more often. Where a patch meets a text that it can't change so (quotes around a word, an
 * alias, a value of another file), there is no fix.
 *
 *     in the sink of policy_judge():
 *         r = fix_make(&arena, &file, set, outcome, &fix, err);       ERR_UNSUPPORTED: none
 *     then
 *         n = fix_choose(fixes, n, is_chosen);                        those that do not touch each other
 *
 * fix_file() does all of it, in rounds, until nothing is left to mend. */
#ifndef PLIMSOLL_POLICY_FIX_H
#define PLIMSOLL_POLICY_FIX_H

#include "doc/edit.h"
#include "policy/judge.h"

/* A file as policy_read() takes it. */
struct fix_text {
    struct str source, file, text;
    struct str kubernetes;     /* as judge_options.kubernetes */
    const struct cel_env *env; /* as judge_options.env */
};

struct fix {
    const struct edit *edits; /* by place; spans are bytes of the text that was judged */
    size_t n;
};

/* The fix of a failure that the sink of policy_judge() was given. set is what was judged. Everything lives in
 * arena. ERR_UNSUPPORTED when there is none, ERR_INPUT when the check does not pass on the edited text. */
int fix_make(struct arena *arena, const struct fix_text *in, const struct resources *set,
             const struct outcome *outcome, struct fix *out, struct err *err);

/* Chooses fixes in their order, leaving out each that overlaps or touches one before it. Returns the number
 * chosen. */
size_t fix_choose(const struct fix *fixes, size_t n, bool *is_chosen);

/* Which failures are to be mended; now is the text of the round, and set what it declares. */
typedef bool fix_wanted(void *ctx, const struct fix_text *now, const struct resources *set,
                        const struct outcome *outcome);
struct fix_mended {
    const struct check *check;
    struct str item;
    struct doc_place at; /* where it was, in the text of its round */
    uint32_t round;
};
struct fix_result {
    struct str text; /* in the caller's arena; the same as before when nothing was mended */
    VEC(struct fix_mended) mended;
};

/* Mends what can be mended: fixes that touch each other are made in rounds, at most LIMIT_FIX_ROUNDS. */
int fix_file(struct arena *arena, const struct fix_text *in, const struct check *const *checks, size_t n,
             fix_wanted *is_wanted, void *ctx, struct fix_result *out, struct err *err);

#endif
