/* What several libraries need: room for a text or list that they make, and faults inside of lists. */
#ifndef PLIMSOLL_CEL_LIBRARY_SUPPORT_H
#define PLIMSOLL_CEL_LIBRARY_SUPPORT_H

#include "base/buf.h"
#include "cel/function.h"

/* Room for n bytes (items) in the arena, paid for; or NULL, *fault being what the function has to return. */
char *cel_room_text(struct cel_call *call, size_t n, struct cel_value *fault) _nodiscard_;
struct cel_value *cel_room_items(struct cel_call *call, size_t n, struct cel_value *fault) _nodiscard_;

/* A buffer that holds no more than a value may and the budget can pay; and its text as a string. */
struct buf cel_buf_new(const struct cel_call *call);
struct cel_value cel_buf_result(struct cel_call *call, const struct buf *buf);

/* True when an item is an unknown or an error: the function has to return *fault, an unknown first. */
bool cel_list_fault(const struct cel_value *list, struct cel_value *fault);

/* True for kinds that have an order among themselves. */
static inline bool cel_is_comparable(const struct cel_value *v) {
    return v->kind >= CEL_BOOL && v->kind <= CEL_DURATION;
}

/* The bytes of the character at the front of valid UTF-8 that is not empty. */
static inline size_t cel_char_width(struct str s) {
    unsigned char first = (unsigned char)s.p[0];
    size_t n = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    return MIN(n, s.n);
}

#endif
