#include "base/err.h"

#include <errno.h>
#include <stdarg.h>

_printf_(3, 0) static void set_v(struct err *err, enum err_code code, const char *fmt, va_list args) {
    err->code = code;
    vsnprintf(err->message, sizeof err->message, fmt, args);
}

int err_set(struct err *err, enum err_code code, const char *fmt, ...) {
    assert(code < 0);
    if (err) {
        va_list args;
        va_start(args, fmt);
        set_v(err, code, fmt, args);
        va_end(args);
    }
    return code;
}

int err_set_errno(struct err *err, enum err_code code, const char *fmt, ...) {
    assert(code < 0);
    int saved = errno;
    if (err) {
        va_list args;
        va_start(args, fmt);
        set_v(err, code, fmt, args);
        va_end(args);
        size_t n = strlen(err->message);
        char words[128];
        snprintf(err->message + n, sizeof err->message - n, ": %s", strerror_r(saved, words, sizeof words));
    }
    return code;
}

int err_at(struct err *err, const char *fmt, ...) {
    if (!err) {
        return ERR_INPUT;
    }
    assert(err->code < 0);
    char place[sizeof err->message];
    va_list args;
    va_start(args, fmt);
    vsnprintf(place, sizeof place, fmt, args);
    va_end(args);
    /* The place wins over the tail of the message when both do not fit. */
    size_t n = strlen(place), room = sizeof place - 1 - n;
    size_t separator = MIN(room, (size_t)2), tail = MIN(room - separator, strlen(err->message));
    memcpy(place + n, ": ", separator);
    memcpy(place + n + separator, err->message, tail);
    place[n + separator + tail] = 0;
    memcpy(err->message, place, sizeof place);
    return err->code;
}

int err_memory(struct err *err) {
    return err_set(err, ERR_MEMORY, "out of memory");
}
