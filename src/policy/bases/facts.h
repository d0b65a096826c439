/* What checks see of an image beside its configuration (docs/image.md): its base, how it was named, and what
 * guardrails ask of both. */
#ifndef PLIMSOLL_POLICY_BASES_FACTS_H
#define PLIMSOLL_POLICY_BASES_FACTS_H

#include "base/buf.h"
#include "infra/resource.h"
#include "policy/guardrail/guardrail.h"
#include "source/image/image.h"

/* A JSON object with the members base, reference and rules, each only with what is known. now: for ages. */
int base_facts_write(struct buf *out, struct arena *arena, const struct image *image,
                     const struct image_rules *rules, int64_t now, struct err *err);

/* The member rules alone, as JSON; empty where guardrails ask nothing of images. */
int base_rules_write(struct buf *out, const struct image_rules *rules, struct err *err);
/* Gives each FROM of the set's Dockerfiles these rules, as its member "rules". */
int base_rules_add(struct resources *set, struct str rules, struct err *err);

#endif
