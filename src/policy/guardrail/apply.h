/* Guardrails on the findings of a run: action, status and decision of each, in the store. */
#ifndef PLIMSOLL_POLICY_GUARDRAIL_APPLY_H
#define PLIMSOLL_POLICY_GUARDRAIL_APPLY_H

#include "model/store.h"
#include "policy/guardrail/baseline.h"
#include "policy/guardrail/guardrail.h"
#include "policy/guardrail/suppression.h"

struct guardrail_options {
    const struct cel_env *env;        /* subject_env_new()'s; NULL when no rule has an expression */
    const struct guardrails *callers; /* NULL: none were given */
    const struct guardrails *folders; /* NULL: the folder has none */
    enum guardrail_profile profile;   /* PROFILE_NONE: the folder's */
    bool has_fail_on;
    enum severity fail_on;
    /* What reports leave out is asked of the caller's file only. */
    enum severity least;
    bool ignores_unfixed;
    const struct baseline *baseline; /* NULL: none */
    const struct suppression *suppressions;
    size_t suppressions_n;
    int64_t now; /* seconds; what ends before counts no more */
};

/* Decides each finding that is open or undecided, between store_begin() and store_commit(). Rules, exceptions
 * and comments that have ended or will within 14 days, and comments that can't be understood, become problems
 * of the run. summary gets a JSON object for the run's properties: which rules were asked, in their order. */
int guardrail_apply(struct store *store, const struct run *run, const struct guardrail_options *options,
                    struct buf *summary, struct err *err);

/* True when there is nothing to ask. */
bool guardrail_options_are_empty(const struct guardrail_options *options);

#endif
