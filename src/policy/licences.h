/* Packages whose licence the guardrails do not allow: findings PLM-LICENCE-001 (denied) and PLM-LICENCE-002
 * (unknown) on the packages of a run, read from the store. docs/licences.md says how licences are read. */
#ifndef PLIMSOLL_POLICY_LICENCES_H
#define PLIMSOLL_POLICY_LICENCES_H

#include "model/store.h"
#include "policy/guardrail/guardrail.h"

/* By the caller's rules where they say anything, else by the folder's: what the caller says is final. */
int licences_judge(struct store *store, int64_t run, const struct guardrails *callers,
                   const struct guardrails *folders, struct err *err);

#endif
