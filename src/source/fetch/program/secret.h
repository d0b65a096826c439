/* Bytes that are overwritten before their memory is given back: passwords, tokens, and lines made of them. */
#ifndef PLIMSOLL_SOURCE_FETCH_PROGRAM_SECRET_H
#define PLIMSOLL_SOURCE_FETCH_PROGRAM_SECRET_H

#include "base/buf.h"
#include "base/err.h"

struct secret {
    char *p; /* NUL-terminated; NULL when there is none */
    size_t n;
};

static inline struct str secret_view(const struct secret *secret) {
    return str_n(secret->p, secret->n);
}
void secret_free(struct secret *secret);
/* Replaces what was there with the joined parts. ERR_MEMORY. */
int secret_set(struct secret *secret, struct str first, struct str second, struct err *err);
/* With prefix and the base64 (RFC 4648 section 4) of user:password. */
int secret_set_basic(struct secret *secret, struct str prefix, struct str user, struct str password,
                     struct err *err);
/* The bytes that text is base64 of; ERR_INPUT when it isn't. */
int secret_decode(struct secret *secret, struct str text, struct err *err);

/* Overwrites bytes that somebody else frees. */
void secret_wipe(struct str bytes);
/* buf_free() that overwrites first. Growing leaves copies behind: reserve with buf_room() before. */
void secret_buf_free(struct buf *buf);

#endif
