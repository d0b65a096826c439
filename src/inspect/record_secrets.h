/* Secrets of an inventory as findings in the store. */
#ifndef PLIMSOLL_INSPECT_RECORD_SECRETS_H
#define PLIMSOLL_INSPECT_RECORD_SECRETS_H

#include "inspect/inventory.h"
#include "inspect/secrets/allow.h"
#include "inspect/secrets/scan.h"
#include "model/store.h"

/* In the transaction of the caller. allow: n lists, each asked. */
int record_secrets(struct store *store, int64_t run, int64_t subject, const struct secret_set *set,
                   const struct secret_allow *allow, size_t n, const struct inventory *inventory,
                   struct err *err);

#endif
