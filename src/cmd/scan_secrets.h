/* The secrets of a scan: what is looked for, under which key, and what is let stand. */
#ifndef PLIMSOLL_CMD_SCAN_SECRETS_H
#define PLIMSOLL_CMD_SCAN_SECRETS_H

#include "cmd/command.h"
#include "inspect/secrets/allow.h"
#include "inspect/secrets/scan.h"

struct scan_secrets {
    bool is_on;
    struct secret_set set;
    struct secret_rules builtin; /* as this program has them */
    struct secret_rules own;
    struct secret_allow allow;
    size_t allow_n;
};

/* Reads the options and the key `secrets` of .plimsoll.yaml. To be closed also when it fails. */
int scan_secrets_open(struct scan_secrets *secrets, struct arena *arena, const struct arguments *arguments,
                      struct err *err);
void scan_secrets_close(struct scan_secrets *secrets);

/* Of .plimsoll.yaml. */
#define SECRETS_KEY STR("secrets")

#endif
