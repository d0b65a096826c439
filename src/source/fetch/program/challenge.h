/* WWW-Authenticate: what a server wants to see before it answers (RFC 9110 section 11.6.1, RFC 6750
 * section 3, Docker registry token specification). */
#ifndef PLIMSOLL_SOURCE_FETCH_PROGRAM_CHALLENGE_H
#define PLIMSOLL_SOURCE_FETCH_PROGRAM_CHALLENGE_H

#include "base/arena.h"
#include "base/err.h"

/* Servers offer one or two; more are refused. */
enum { CHALLENGES_MAX = 8 };

struct challenge {
    struct str scheme; /* as written; schemes compare without case */
    struct str realm, service, scope, error;
};

struct challenges {
    struct challenge items[CHALLENGES_MAX];
    size_t n;
};

/* Adds the challenges of one header line. Values point into text or the arena. ERR_INPUT names the byte. */
int challenge_parse(struct str text, struct arena *arena, struct challenges *out, struct err *err);
/* The first of that scheme, or NULL. */
const struct challenge *challenge_of(const struct challenges *challenges, struct str scheme);

#endif
