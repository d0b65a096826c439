/* Where a value stands in a compose file ("services.web.ports"), and where a file stands below the root. */
#ifndef PLIMSOLL_INFRA_COMPOSE_PATH_H
#define PLIMSOLL_INFRA_COMPOSE_PATH_H

#include "base/arena.h"
#include "base/err.h"

/* One step down from up; the root is NULL. Items of a list have the key "*". */
struct path {
    const struct path *up;
    struct str key;
};

/* Against "services.*.ports.*"; "*" stands for any one step. */
bool path_is(const struct path *path, struct str pattern);

/* path, as somebody in folder writes it, below the root, without "." and "..". ERR_DENIED when it leaves the
 * root. */
int path_join(struct arena *arena, struct str folder, struct str path, struct str *out, struct err *err);

#endif
