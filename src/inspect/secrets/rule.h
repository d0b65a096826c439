/* A kind of secret: what it looks like, what proves it, where it is revoked, with its own examples.
 *
 * Written as YAML (docs/secrets.md shows every field). What a rule looks for is one of
 *
 *     pattern: 'ghp_[0-9A-Za-z]{36}'                     a token that its own letters give away
 *     near: [datadog, dd_api]  value: '[0-9a-f]{32}'     a value that is assigned to a name with one of these
 *     file: npmrc                                        what a reader of files finds (files.h)
 *
 * Patterns have RE2's syntax (cel/regex/regex.h) and begin with letters of their own: all of them become one
 * Vectorscan database, which looks for those letters first. A group in a pattern is the secret, without one
 * the whole is. Rules are plain data: those built in are constants, a user's live in an arena. */
#ifndef PLIMSOLL_INSPECT_SECRETS_RULE_H
#define PLIMSOLL_INSPECT_SECRETS_RULE_H

#include "base/str.h"
#include "doc/doc.h"
#include "model/model.h"

/* What a value has to show to be one of its kind: see proof.h. */
enum secret_proof {
    PROOF_NONE,
    PROOF_CRC32_BASE62, /* the last six characters are the checksum of those before (GitHub, npm) */
    PROOF_AWS_KEY_ID,   /* holds an account number */
    PROOF_JWT,          /* a header and claims that are JSON */
    PROOF_PRIVATE_KEY,  /* PEM that can be read, or says that it is encrypted */
    PROOF_BASE64_KEY,   /* base64 of such a PEM */
    PROOF_BASE64_LOGIN, /* base64 of name:password */
    PROOF_BASE64_64,    /* base64 of 64 bytes: an Azure storage key */
    PROOF_PYPI,         /* base64 of a macaroon that names its place */
    PROOFS
};

/* Of two rules that find the same text the lower rank is told. From RANK_GENERIC on a value has to look as if
 * drawn by chance; RANK_NAMED is told in code of one's own alone: tests and code of others are full of those.
 */
enum secret_rank { RANK_SPECIAL, RANK_TOKEN, RANK_ASSIGNED, RANK_GENERIC, RANK_NAMED, RANKS };

struct secret_example {
    struct str text; /* with {{kinds}} of values in it: example.h */
    struct doc_place at;
};

struct secret_rule {
    struct str id, title;
    enum severity severity;
    struct str pattern;  /* empty for what a reader of files finds */
    struct str file;     /* the reader's name */
    struct str keywords; /* "a,b": one has to stand near the value; empty: none */
    struct str unless;   /* "a,b": the name that the value is given holds none of them */
    struct str revoke;   /* where, and what else to do */
    double entropy;      /* least bits a character */
    uint32_t width;      /* most bytes of the pattern that are looked at before its end */
    enum secret_proof proof;
    enum secret_rank rank;
    const struct secret_example *found, *not_found;
    size_t found_n, not_found_n;
    struct str source; /* the file, and */
    struct doc_place at;
};

/* What one name for a proof is in YAML: "crc32-base62". */
const char *secret_proof_name(enum secret_proof proof);

struct secret_rules {
    const struct secret_rule *p;
    size_t n;
    struct str database; /* of all their patterns, in their order: database.h */
    uint64_t digest;     /* of all that decides what is found */
};

uint64_t secret_rules_digest(const struct secret_rules *rules);

/* What the program brings, by the build. */
extern const struct secret_rules secret_rules_builtin;

#endif
