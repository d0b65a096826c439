/* Relative paths in a model that comes from another folder, as they are seen from ours. */
#ifndef PLIMSOLL_INFRA_COMPOSE_REBASE_H
#define PLIMSOLL_INFRA_COMPOSE_REBASE_H

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"

/* Of one canonical service: build.context, env_file, label_file, bind mounts. Absolute paths, "~" and URLs
 * stay. */
int compose_rebase(struct arena *arena, struct str to, struct str from, const struct doc **service,
                   struct err *err);
/* Of all services, and the files of secrets and configs. */
int compose_rebase_model(struct arena *arena, struct str to, struct str from, const struct doc **model,
                         struct err *err);

#endif
