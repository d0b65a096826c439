#include "base/buf.h"

#include "base/mem.h"

#include <stdarg.h>

void buf_free(struct buf *buf) {
    mem_free(buf->p);
    *buf = buf_new(buf->cap);
}

void buf_clear(struct buf *buf) {
    buf->n = 0;
    buf->failed = false;
}

unsigned char *buf_room(struct buf *buf, size_t n) {
    size_t need;
    if (buf->failed || !add_fits(buf->n, n, &need) || need > buf->cap) {
        buf->failed = true;
        return NULL;
    }
    if (need > buf->size) {
        size_t size = MIN(MAX(MAX(need, buf->size * 2), (size_t)256), buf->cap);
        unsigned char *grown = mem_realloc(buf->p, size);
        if (!grown) {
            buf->failed = true;
            return NULL;
        }
        buf->p = grown;
        buf->size = size;
    }
    assert(buf->size - buf->n >= n);
    return buf->p + buf->n;
}

void buf_bytes(struct buf *buf, const void *p, size_t n) {
    unsigned char *room = buf_room(buf, n);
    if (room && n) {
        memcpy(room, p, n);
        buf->n += n;
    }
}

void buf_byte(struct buf *buf, unsigned char byte) {
    unsigned char *room = buf_room(buf, 1);
    if (room) {
        *room = byte;
        buf->n++;
    }
}

void buf_str(struct buf *buf, struct str s) {
    buf_bytes(buf, s.p, s.n);
}

void buf_c(struct buf *buf, const char *c) {
    buf_bytes(buf, c, strlen(c));
}

void buf_printf(struct buf *buf, const char *fmt, ...) {
    char brief[128]; /* most texts are short: formatted once */
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(brief, sizeof brief, fmt, args);
    va_end(args);
    unsigned char *room = n < 0 ? NULL : buf_room(buf, (size_t)n + 1);
    if (!room) {
        buf->failed = true;
        return;
    }
    if ((size_t)n < sizeof brief) {
        memcpy(room, brief, (size_t)n);
        buf->n += (size_t)n;
        return;
    }
    va_start(args, fmt);
    vsnprintf((char *)room, (size_t)n + 1, fmt, args);
    va_end(args);
    buf->n += (size_t)n;
}
