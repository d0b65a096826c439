/* The format 1 of compose, without "version" and "services": its services stand at the top. */
#ifndef PLIMSOLL_INFRA_COMPOSE_LEGACY_H
#define PLIMSOLL_INFRA_COMPOSE_LEGACY_H

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"

/* Puts the services of format 1 under "services", with "net", "dockerfile", "log_driver" and "log_opt" where
 * they are today; does nothing with other models. */
int compose_from_format_1(struct arena *arena, const struct doc **model, struct err *err);

#endif
