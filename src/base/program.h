/* Our other programs (plimsoll-fetch, plimsoll-git): what needs a library or a right that plimsoll must not
 * have runs in a process of its own, and is spoken to in packets over a socket pair.
 *
 *     struct program program = PROGRAM_NONE;
 *     if (program_start(&program, "plimsoll-git", err) < 0) return err->code;
 *     packet_send(program.socket, record, -1, err); packet_receive(program.socket, &in, &fd, err); ...
 *     program_stop(&program);
 *
 * The program finds its socket at PROGRAM_SOCKET and gets no other descriptor; its standard input and output
 * are /dev/null. It leaves when the socket closes. A SOCK_SEQPACKET pair keeps a descriptor with its record.
 */
#ifndef PLIMSOLL_BASE_PROGRAM_H
#define PLIMSOLL_BASE_PROGRAM_H

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"

#include <sys/types.h>

enum { PROGRAM_SOCKET = 3 };

struct program {
    const char *name;
    pid_t pid; /* 0 once it has been waited for */
    int socket;
};
#define PROGRAM_NONE ((struct program){.socket = -1})

/* The first of the places that has the program. */
int program_find(const char *name, char out[LIMIT_PATH], struct err *err);

/* Runs it: from $PLIMSOLL_LIBEXEC, from where this executable was built or installed, or from the libexec
 * folder of the installation. ERR_ABSENT when it is nowhere. name is kept. To be stopped also when it fails.
 */
int program_start(struct program *program, const char *name, struct err *err) _nodiscard_;
/* Closes the socket, gives it time to leave, and ends it when it doesn't. */
void program_stop(struct program *program);
/* It has closed its side: waits for it and says how it ended. */
int program_gone(struct program *program, struct err *err);

/* Sends record with fd (-1: none). 1 when it went, 0 when the socket is full and does not block; ERR_ABSENT
 * when nobody is at the other end. */
int packet_send(int socket, struct str record, int fd, struct err *err);
/* Receives one packet of at most LIMIT_PACKET into in (emptied before) and a descriptor, or -1. 1 when there
 * was one, 0 at the end, ERR_ABSENT when there is none yet and the socket does not block. */
int packet_receive(int socket, struct buf *in, int *fd, struct err *err);

#endif
