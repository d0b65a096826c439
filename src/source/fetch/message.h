/* The records between fetch.c and plimsoll-fetch, one a packet (base/program.h). Strings read from a record
 * point into it. */
#ifndef PLIMSOLL_SOURCE_FETCH_MESSAGE_H
#define PLIMSOLL_SOURCE_FETCH_MESSAGE_H

#include "base/program.h"
#include "base/wire.h"
#include "source/fetch/fetch.h"

enum fetch_message {
    FETCH_HELLO = 1, /* first and once: version and options */
    FETCH_GET,       /* one request, with its descriptor */
    FETCH_EVENT,     /* the way back */
};

/* Each appends one whole record. */
void message_put_options(struct buf *out, const struct fetch_options *options);
void message_put_request(struct buf *out, uint32_t id, const struct fetch_request *request);
void message_put_event(struct buf *out, const struct fetch_event *event);

/* Each reads a record's payload; ERR_INPUT when it isn't one. The lists of options are in the arena. */
int message_get_options(struct cursor *in, struct arena *arena, struct fetch_options *options,
                        struct err *err);
int message_get_request(struct cursor *in, uint32_t *id, struct fetch_request *request, struct err *err);
int message_get_event(struct cursor *in, struct fetch_event *event, struct err *err);

#endif
