/* The user's own packs: a file, or all .yaml and .yml files below a folder in the order of their names.
 * A document that is a Kubernetes object is an admission policy, or something that one needs
 * (policy/admission/vap.h); all others are checks.
 *
 * The YAML is parsed in the cage, as a pack may come from somebody else. */
#ifndef PLIMSOLL_POLICY_PACKS_PACKS_H
#define PLIMSOLL_POLICY_PACKS_PACKS_H

#include "content/pack.h"
#include "policy/admission/vap.h"

/* Adds the checks of path to the pack, and Kubernetes objects to vap. ERR_ABSENT: no such file, or a folder
 * without any. */
int packs_load(struct pack *pack, struct vap *vap, const char *path, struct err *err);

/* The documents of a YAML text that may be hostile, parsed in the cage. They live in arena and need the text
 * no more. */
int packs_parse(struct arena *arena, struct str text, const struct doc ***documents, size_t *n,
                struct err *err);

#endif
