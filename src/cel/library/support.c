#include "cel/library/support.h"

#include "base/limits.h"

static void *room(struct cel_call *call, size_t n, size_t size, struct cel_value *fault) {
    if (n > LIMIT_CEL_VALUE / size) {
        *fault = cel_no_memory(call);
        return NULL;
    }
    if (!cel_spend(call, n)) {
        *fault = cel_over_budget(call);
        return NULL;
    }
    void *p = arena_array(call->arena, n ? n : 1, size);
    if (!p) {
        *fault = cel_no_memory(call);
    }
    return p;
}

char *cel_room_text(struct cel_call *call, size_t n, struct cel_value *fault) {
    return room(call, n, 1, fault);
}

struct cel_value *cel_room_items(struct cel_call *call, size_t n, struct cel_value *fault) {
    return room(call, n, sizeof(struct cel_value), fault);
}

struct buf cel_buf_new(const struct cel_call *call) {
    return buf_new((size_t)MIN((uint64_t)LIMIT_CEL_VALUE, call->budget));
}

struct cel_value cel_buf_result(struct cel_call *call, const struct buf *buf) {
    if (buf->failed) {
        return buf->cap < LIMIT_CEL_VALUE ? cel_over_budget(call) : cel_no_memory(call);
    }
    return cel_copy_string(call, buf_view(buf));
}

bool cel_list_fault(const struct cel_value *list, struct cel_value *fault) {
    bool is_found = false;
    for (size_t i = 0; i < list->n; i++) {
        struct cel_value item = cel_list_at(list, i);
        if (cel_is_fault(&item) && (!is_found || item.kind == CEL_UNKNOWN)) {
            *fault = item;
            is_found = true;
            if (item.kind == CEL_UNKNOWN) {
                return true;
            }
        }
    }
    return is_found;
}
