/* ValidatingAdmissionPolicy: Kubernetes' own policies, judged on manifests as the API server would on CREATE.
 *
 *     struct vap vap = vap_new(&arena);
 *     vap_add(&vap, STR("policies.yaml"), document, err);      policies, bindings, parameters, Namespaces,
 * CRDs vap_add_found(&vap, &set, err);                          those among the manifests, when that is
 * wanted vap_judge(&vap, &set, &options, err);                    outcomes as those of policy_judge()
 *
 * A policy without a binding does nothing, as in a cluster. Each validation that denies, by each binding, is
 * one outcome of the rule "vap:NAME/NUMBER"; what is wrong with parameters or match conditions is one of
 * "vap:NAME". The severity says what the binding does with it: Deny high, Warn medium, Audit low.
 *
 * What a manifest does not say is unknown: who asks (request.userInfo, authorizer), the plural name and scope
 * of a custom kind without its CustomResourceDefinition, the labels of a Namespace that is not at hand. Where
 * a decision rests on that, the outcome is undecided. docs/admission-policies.md tells the rest.
 *
 * https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/ */
#ifndef PLIMSOLL_POLICY_ADMISSION_VAP_H
#define PLIMSOLL_POLICY_ADMISSION_VAP_H

#include "policy/judge.h"

struct vap_policy;
struct vap_binding;

struct vap {
    struct arena *arena;
    struct resources others; /* all documents that were added: parameters, Namespaces, definitions */
    VEC(struct vap_policy *) policies;
    VEC(const struct vap_binding *) bindings;
    struct map names; /* of policies: → struct vap_policy * */
};

/* The set keeps pointers into itself: it must not be moved once something is added. */
struct vap vap_new(struct arena *arena);

/* A document for vap_add(): any Kubernetes object. */
bool vap_is_document(const struct doc *d);

/* Adds a Kubernetes object, or the items of a list. file and document must live as long as the arena.
 * ERR_INPUT with file, line and column: a field, a value or an expression is wrong, or a name is taken. */
int vap_add(struct vap *vap, struct str file, const struct doc *document, struct err *err);

/* Adds the policies and bindings among the resources, which must live as long as vap. */
int vap_add_found(struct vap *vap, const struct resources *set, struct err *err);

/* Judges the Kubernetes objects of the set. Parameters and Namespaces are looked for in it first. */
int vap_judge(const struct vap *vap, const struct resources *set, const struct judge_options *options,
              struct err *err);

#endif
