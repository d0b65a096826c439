/* The environment of all policy expressions: which variables and functions they have.
 *
 * Checks:
 *     self   the resource, in its provider's own shape (docs/dockerfile.md, docs/compose.md; a Kubernetes
 *            object is itself)
 *     item   one item of `each`
 *     input  the document that the resource stands in
 *     env    settings: env.kubernetes is the version of the cluster that is meant ("1.31", "" for the newest
 *            known), env.kubernetesMinor its minor number (31)
 *
 * Functions beside CEL's and Kubernetes' own are in policy/functions.c: docs/cel.md lists them. */
#ifndef PLIMSOLL_POLICY_ENV_H
#define PLIMSOLL_POLICY_ENV_H

#include "cel/cel.h"
#include "infra/resource.h"

enum policy_variable { POLICY_SELF, POLICY_ITEM, POLICY_INPUT, POLICY_ENV, POLICY_VARIABLES };

/* What functions see of the evaluation: cel_evaluation.user. */
struct policy_call {
    const struct resources *resources;
    const struct resource *self;
    const struct doc *pod_spec; /* of self, which most checks of workloads ask for; or NULL */
};

/* Made once, in an arena that lives as long as what is compiled with it. */
int policy_env_new(struct arena *arena, const struct cel_env **out, struct err *err);

extern const struct cel_library policy_library;

#endif
