/* What went wrong, for whom to say it.
 *
 * A function that can fail returns 0 or a negative enum err_code and fills the caller's struct err.
 * The message says what was wrong, where, and what to do; each level above may put its place in front:
 *
 *     if (tar_next(tar, &entry, err) < 0)
 *         return err_at(err, "layer %zu", n);        "layer 3: tar header at byte 512: bad checksum"
 *
 * A bug is assert(), never an error. Library code never prints. */
#ifndef PLIMSOLL_BASE_ERR_H
#define PLIMSOLL_BASE_ERR_H

#include "base/macro.h"

/* Few codes: a caller branches on them, or they would be one. */
enum err_code {
    ERR_INPUT = -1,       /* the bytes are not what they should be */
    ERR_LIMIT = -2,       /* a cap of base/limits.h was reached */
    ERR_MEMORY = -3,      /* the system has no memory left */
    ERR_IO = -4,          /* reading or writing failed */
    ERR_ABSENT = -5,      /* there is no such thing */
    ERR_UNSUPPORTED = -6, /* known, but not handled */
    ERR_USAGE = -7,       /* the user asked for something that can't be */
    ERR_DENIED = -8,      /* credentials or permissions are missing */
};

struct err {
    int code;           /* 0 until something failed */
    char message[1024]; /* cut, never overrun */
};

#define ERR_NONE ((struct err){0})

/* Sets code and message and returns the code. A NULL err is allowed: the code alone counts. */
int err_set(struct err *err, enum err_code code, const char *fmt, ...) _printf_(3, 4);

/* As err_set(), with ": " and the system's words for errno at the end. */
int err_set_errno(struct err *err, enum err_code code, const char *fmt, ...) _printf_(3, 4);

/* Puts "<place>: " in front of the message and returns the code that the error has. */
int err_at(struct err *err, const char *fmt, ...) _printf_(2, 3);

/* The one sentence for an allocation that failed, by memory or by its arena's cap. */
int err_memory(struct err *err);

#endif
