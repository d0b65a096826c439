/* What an in-toto attestation is about (https://github.com/in-toto/attestation, DSSE 1.0): signatures are not
 * looked at. */
#ifndef PLIMSOLL_DOC_ATTESTATION_H
#define PLIMSOLL_DOC_ATTESTATION_H

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"

/* *root becomes the predicate when it is a statement, bare or in an envelope; anything else stays. ERR_INPUT:
 * the envelope holds no JSON. */
int attestation_unwrap(struct arena *arena, const struct doc **root, struct err *err);

#endif
