/* The user's own packs: a file, or all .yaml and .yml files below a folder in the order of their names; or
 * "oci:REFERENCE", an artifact in a registry (artifact.c).
 * A document that is a Kubernetes object is an admission policy, or something that one needs
 * (policy/admission/vap.h); all others are checks.
 *
 * The YAML is parsed in the cage, as a pack may come from somebody else. */
#ifndef PLIMSOLL_POLICY_PACKS_PACKS_H
#define PLIMSOLL_POLICY_PACKS_PACKS_H

#include "content/pack.h"
#include "policy/admission/vap.h"
#include "source/image/image.h"

/* Adds the checks of path to the pack, and Kubernetes objects to vap. registry: how registries are spoken to.
 * ERR_ABSENT: no such file or artifact, or one without any checks. */
int packs_load(struct pack *pack, struct vap *vap, const char *path, const struct image_options *registry,
               struct err *err);

/* The documents of a YAML text that may be hostile, parsed in the cage. They live in arena and need the text
 * no more. */
int packs_parse(struct arena *arena, struct str text, const struct doc ***documents, size_t *n,
                struct err *err);

/* What is left of the work when a file has been parsed in the cage. */
int packs_encode(struct str text, struct buf *out, struct err *err);
int packs_add_encoded(struct pack *pack, struct vap *vap, struct str file, struct cursor *in,
                      struct err *err);

/* The packs in an artifact: each layer is a YAML file by its title, or a tar file, compressed or not, of a
 * folder with such files. */
int packs_load_artifact(struct pack *pack, struct vap *vap, const char *name, struct str reference,
                        const struct image_options *registry, struct err *err);

#endif
