/* What an in-toto attestation is about (https://github.com/in-toto/attestation, DSSE 1.0, Sigstore bundles):
 * signatures are counted and not looked at. */
#ifndef PLIMSOLL_DOC_ATTESTATION_H
#define PLIMSOLL_DOC_ATTESTATION_H

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"

struct attestation {
    const struct doc *statement; /* NULL: the document is bare */
    const struct doc *predicate; /* what it says; the document itself when it is bare */
    size_t signatures;
};

/* ERR_INPUT: the envelope holds no JSON. */
int attestation_open(struct arena *arena, const struct doc *root, struct attestation *out, struct err *err);
/* Whether the statement names one of these among its subjects: "sha256:…". */
bool attestation_is_of(const struct doc *statement, const struct str *digests, size_t n);

/* *root becomes the predicate when it is a statement, bare or in an envelope; anything else stays. */
int attestation_unwrap(struct arena *arena, const struct doc **root, struct err *err);

#endif
