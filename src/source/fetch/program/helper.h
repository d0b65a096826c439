/* Docker's credential helpers: programs docker-credential-NAME that are asked by "get", with the server's
 * name on standard input and a JSON object on standard output. */
#ifndef PLIMSOLL_SOURCE_FETCH_PROGRAM_HELPER_H
#define PLIMSOLL_SOURCE_FETCH_PROGRAM_HELPER_H

#include "base/buf.h"
#include "base/err.h"

/* 1 and its output, 0 when the helper says that it has none; ERR_INPUT for a name that isn't one, ERR_ABSENT
 * for a program that is not in PATH, ERR_IO for one that fails or takes longer than HELPER_SECONDS. */
enum { HELPER_SECONDS = 30 };
int helper_get(struct str name, struct str server, struct buf *out, struct err *err);

#endif
