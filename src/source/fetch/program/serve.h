/* The loop of plimsoll-fetch: takes requests from its socket, keeps `parallel` of them on the network, sends
 * events back. */
#ifndef PLIMSOLL_SOURCE_FETCH_PROGRAM_SERVE_H
#define PLIMSOLL_SOURCE_FETCH_PROGRAM_SERVE_H

#include "base/err.h"

/* Until the other end closes the socket (0), or something that isn't one request's (negative). */
int serve(int socket, struct err *err);

#endif
