/* The scanner of secrets as a part of the pass: what it finds becomes facts of the file. */
#ifndef PLIMSOLL_INSPECT_PASS_SECRETS_H
#define PLIMSOLL_INSPECT_PASS_SECRETS_H

#include "inspect/facts.h"
#include "inspect/secrets/scan.h"

struct pass_secrets {
    struct secret_scanner *scanner; /* NULL: they are not looked for */
    struct facts *facts;
    struct str path, within; /* the file, and where inside of it when it is an archive */
    bool has_facts;          /* the file at hand */
};

/* In place: the scanner keeps its address. set NULL: nothing is made. */
int pass_secrets_open(struct pass_secrets *secrets, const struct secret_set *set, struct facts *facts,
                      struct err *err);
void pass_secrets_close(struct pass_secrets *secrets);

/* False when nobody looks for secrets in such a file. path must live until the end. */
bool pass_secrets_begin(struct pass_secrets *secrets, struct str path, uint64_t size);
/* The same for a member of an archive, at `within`. */
bool pass_secrets_begin_within(struct pass_secrets *secrets, struct str path, struct str within,
                               uint64_t size);
/* A part of the archive at path was not looked at. */
void pass_secrets_note(struct pass_secrets *secrets, struct str path, struct str within, const char *message);
/* 1 when more is of no interest, 0 when it is, or a negative code. */
int pass_secrets_feed(struct pass_secrets *secrets, struct str bytes, struct err *err);
int pass_secrets_end(struct pass_secrets *secrets, struct err *err);

/* The inspector that facts of secrets are by. */
#define PASS_SECRETS_NAME STR("secrets")

#endif
