/* The records between fetch.c and plimsoll-fetch, and the packets that carry them.
 *
 * A SOCK_SEQPACKET pair keeps a handed-over descriptor with its record. Strings read from a record point
 * into it. */
#ifndef PLIMSOLL_SOURCE_FETCH_MESSAGE_H
#define PLIMSOLL_SOURCE_FETCH_MESSAGE_H

#include "base/wire.h"
#include "source/fetch/fetch.h"

/* The descriptor number at which plimsoll-fetch finds its socket. */
enum { FETCH_SOCKET = 3 };

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

/* Sends record with fd (-1: none). 1 when it went, 0 when the socket is full and does not block; ERR_ABSENT
 * when nobody is at the other end. */
int packet_send(int socket, struct str record, int fd, struct err *err);
/* Receives one packet into in (emptied before) and a descriptor, or -1. 1 when there was one, 0 at the end,
 * ERR_ABSENT when there is none yet and the socket does not block. */
int packet_receive(int socket, struct buf *in, int *fd, struct err *err);

#endif
