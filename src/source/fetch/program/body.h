/* Where a body goes: a file that was handed over, its digest while it grows, and its cap. */
#ifndef PLIMSOLL_SOURCE_FETCH_PROGRAM_BODY_H
#define PLIMSOLL_SOURCE_FETCH_PROGRAM_BODY_H

#include "base/arena.h"
#include "base/err.h"

struct evp_md_ctx_st;

struct body {
    int fd; /* owned */
    uint64_t n, cap;
    uint64_t total;    /* as the server announced it; 0 when it did not */
    bool is_continued; /* n began above 0: bytes of an earlier attempt or of the caller's */
    const char *algorithm;
    struct evp_md_ctx_st *digest;
};

/* Takes fd, closed by body_close() also after an error. The digest is of the algorithm that expected names,
 * or sha256, and takes in what is in the file already; a file past cap is emptied. */
int body_open(struct body *body, int fd, uint64_t cap, struct str expected, struct err *err);
void body_close(struct body *body);

int body_write(struct body *body, struct str bytes, struct err *err);
/* Empties the file and begins again. */
int body_restart(struct body *body, struct err *err);
/* "sha256:…" of all bytes so far, which can still grow. p is NULL when there is no memory. */
struct str body_digest(const struct body *body, struct arena *arena);

#endif
