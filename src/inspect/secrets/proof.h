/* Proofs: what a value has to be, beyond its letters, to be a secret of its kind.
 *
 * A proof reads the value and what follows it in the text, never the network. */
#ifndef PLIMSOLL_INSPECT_SECRETS_PROOF_H
#define PLIMSOLL_INSPECT_SECRETS_PROOF_H

#include "base/arena.h"
#include "inspect/secrets/rule.h"

struct proof_input {
    struct str value;    /* a part of the text */
    struct str rest;     /* the text from the value's first byte on, as far as it is at hand */
    struct arena *arena; /* reset by the caller */
    int64_t now;         /* seconds */
};

struct proof {
    bool holds;
    bool is_weak;     /* it can do less: encrypted, expired; one severity lower */
    struct str value; /* the whole secret: of a key that begins at the value, all of it */
    char words[96];   /* what was seen: "its checksum is right"; says nothing of the value */
};

/* How many bytes behind a value a proof may want to see. */
enum { PROOF_REACH = 24 * 1024 };

/* PROOF_NONE holds, without words. */
void proof_check(enum secret_proof kind, const struct proof_input *in, struct proof *out);

/* The PEM block that begins text ("-----BEGIN ... PRIVATE KEY-----"), also with its line ends written as \n
 * in quotes: false when it isn't one that can be read. */
bool proof_private_key(const struct proof_input *in, struct str text, struct proof *out);

/* The checksum that ends the tokens of GitHub and npm: CRC-32 of the others, six digits in base 62. */
void proof_base62_checksum(struct str random, char out[6]);

#endif
