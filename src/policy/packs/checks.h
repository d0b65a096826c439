/* All checks of a run: those built in, and the user's, with the user's admission policies. */
#ifndef PLIMSOLL_POLICY_PACKS_CHECKS_H
#define PLIMSOLL_POLICY_PACKS_CHECKS_H

#include "content/pack.h"
#include "policy/admission/vap.h"
#include "source/image/image.h"

struct check_list {
    const struct check *const *p;
    size_t n, builtin;           /* the first `builtin` of them are ours */
    const struct vap *admission; /* NULL: none */
};

/* paths: files, folders and artifacts as packs_load() takes them; registry may be NULL when n is 0.
 * Everything lives in arena. */
int checks_load(struct arena *arena, const char *const *paths, size_t n, const struct image_options *registry,
                struct check_list *out, struct err *err);

#endif
