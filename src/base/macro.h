/* Small things that every file needs: scope clean-up, array length, checked sums.
 *
 *     _cleanup_(closep) int fd = open(...);      released when the scope ends
 *     return TAKE_FD(fd);                         ... unless it was given away
 */
#ifndef PLIMSOLL_BASE_MACRO_H
#define PLIMSOLL_BASE_MACRO_H

#include "base/banned.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#define _cleanup_(release)  __attribute__((cleanup(release)))
#define _printf_(fmt, args) __attribute__((format(printf, fmt, args)))
#define _unused_            __attribute__((unused))
#define _nodiscard_         __attribute__((warn_unused_result))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* Hands the value on and leaves the variable empty, so that its clean-up does nothing. */
#define TAKE(variable, empty)                                                                                \
    ({                                                                                                       \
        __typeof__(variable) *take_p = &(variable);                                                          \
        __typeof__(variable) take_v = *take_p;                                                               \
        *take_p = (empty);                                                                                   \
        take_v;                                                                                              \
    })
#define TAKE_PTR(variable) TAKE(variable, NULL)
#define TAKE_FD(variable)  TAKE(variable, -1)

/* True, and *out set, when the sum, product or difference fits; outside lengths go through these. */
#define add_fits(a, b, out) (!__builtin_add_overflow((a), (b), (out)))
#define mul_fits(a, b, out) (!__builtin_mul_overflow((a), (b), (out)))
#define sub_fits(a, b, out) (!__builtin_sub_overflow((a), (b), (out)))

static inline void closep(int *fd) {
    if (*fd >= 0) {
        close(*fd);
    }
}

#endif
