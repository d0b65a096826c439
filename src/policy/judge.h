/* Checks on resources: which fail, where, and what could not be decided.
 *
 * A check applies to a resource when one of its `kinds` is the resource's: the exact kind, "Workload" (every
 * Kubernetes kind that has a PodSpec), "Kubernetes" (every Kubernetes object), "dockerfile.Instruction", or
 * "*".
 *
 *     struct judge_options options = {.sink = put, .ctx = &scan, ...};
 *     policy_judge(&set, checks, n, &options, err);
 *
 * An expression that gives unknown, or an error, decides nothing: the outcome is undecided with the reason,
 * never a pass. */
#ifndef PLIMSOLL_POLICY_JUDGE_H
#define PLIMSOLL_POLICY_JUDGE_H

#include "content/check.h"
#include "policy/env.h"

/* What an empty judge_options.kubernetes stands for. */
enum { KUBERNETES_MINOR_NEWEST = 37 };

struct vap;
struct question;

struct outcome {
    const struct check *check;
    const struct resource *resource;
    bool is_undecided;
    struct str reason;        /* when it is */
    struct str message;       /* of the check, or empty */
    struct str item;          /* name of the item of `each`, or its number; empty without one */
    struct str file;          /* of the place */
    struct doc_place at;      /* the value that decided */
    const struct doc *node;   /* the same value; NULL when it has none */
    const struct doc *target; /* what patches are relative to: the item, else the object */
    struct question *question;
};

/* Evaluates a further expression of the check (a patch's) where the outcome arose. Only in the sink, until
 * whose return the value lives. */
int outcome_evaluate(const struct outcome *outcome, const struct check_expression *expression,
                     struct cel_value *out, struct err *err);

struct judge_options {
    const struct cel_env *env; /* of policy_env_new(), for who judges often; NULL: it is made */
    struct str kubernetes; /* "1.31": the version that is meant; empty: the newest known; else ERR_INPUT */
    /* Called for each failure and each undecided one; slices live until it returns. Negative ends it. */
    int (*sink)(void *ctx, const struct outcome *outcome, struct err *err);
    void *ctx;
    /* For policy_scan(): Kubernetes' own policies, those of the user and those among the resources; or NULL.
     */
    const struct vap *admission, *found;
};

/* True when a check that names this kind is about the resource. */
bool policy_kind_covers(struct str kind, const struct resource *resource);

int policy_judge(const struct resources *set, const struct check *const *checks, size_t n,
                 const struct judge_options *options, struct err *err);

#endif
