/* Checks on the resources of a run: findings into the store. */
#ifndef PLIMSOLL_POLICY_SCAN_H
#define PLIMSOLL_POLICY_SCAN_H

#include "model/store.h"
#include "policy/judge.h"

/* Judges the set, whose resources are in the store (record_resources()), and writes a finding for each
 * failure and each undecided result, and each check that has one as a rule. options->sink is not used. */
int policy_scan(struct store *store, int64_t run, const struct resources *set,
                const struct check *const *checks, size_t n, const struct judge_options *options,
                struct err *err);

#endif
