/* The key under which values are hashed: the same value can be told to be the same, and nobody who has only
 * a report can try values out.
 *
 * It is made once for an installation; who wants the same hashes (and so the same fingerprints) on several
 * machines gives them the same file. */
#ifndef PLIMSOLL_INSPECT_SECRETS_KEY_H
#define PLIMSOLL_INSPECT_SECRETS_KEY_H

#include "base/err.h"
#include "inspect/secrets/value.h"

struct secret_key {
    unsigned char raw[64]; /* the bytes that it is made of */
    size_t raw_n;
    unsigned char digest[SECRET_KEY_BYTES]; /* once it is ready */
    bool is_ready;
};

/* Of the bytes of the file at path, which has to be there. */
int secret_key_of_file(const char *path, struct secret_key *key, struct err *err);
/* Of secrets.key in the folder, made when it is missing. folder NULL, or one that can't be written: a key for
 * this run alone. */
int secret_key_of_installation(const char *folder, struct secret_key *key, struct err *err);
/* Computes the digest, when it is first wanted: the library for it takes longer to start than all else. */
int secret_key_ready(struct secret_key *key, struct err *err);
/* Another for another key. */
uint64_t secret_key_fingerprint(const struct secret_key *key);

#endif
