/* What admission policies say of manifests, as text: one line an outcome, in the order in which they come.
 *
 *     high vap:replicas/0 default/Deployment.apps/web:7 at most 5 replicas
 *     high vap:who/0 default/Pod/a:1 undecided: who asks is not known from a manifest */
#ifndef PLIMSOLL_TESTS_UNIT_POLICY_VAP_TEXT_H
#define PLIMSOLL_TESTS_UNIT_POLICY_VAP_TEXT_H

#include "base/buf.h"
#include "policy/admission/vap.h"

/* policies: policies, bindings, parameters; objects: the manifests. Texts live as long as arena. */
int vap_to_text(struct arena *arena, struct str policies, struct str objects, struct buf *out,
                struct err *err);

#endif
