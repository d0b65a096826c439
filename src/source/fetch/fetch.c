#include "source/fetch/fetch.h"

#include "base/limits.h"
#include "base/mem.h"
#include "source/fetch/message.h"

struct pending {
    uint32_t id;
    void *tag;
};

struct fetch {
    struct program program;
    uint32_t last_id;
    struct buf record;
    size_t pending_count;
    struct pending pending[LIMIT_FETCH_REQUESTS];
};

static int send_record(struct fetch *fetch, int fd, struct err *err) {
    int r = packet_send(fetch->program.socket, buf_view(&fetch->record), fd, err);
    return r == ERR_ABSENT ? program_gone(&fetch->program, err) : r < 0 ? r : 0;
}

static int send_options(struct fetch *fetch, const struct fetch_options *options, struct err *err) {
    message_put_options(&fetch->record, options);
    if (fetch->record.failed) {
        return err_set(err, ERR_LIMIT, "the mirrors and insecure registries are more than %zu bytes",
                       LIMIT_FETCH_RECORD);
    }
    return send_record(fetch, -1, err);
}

int fetch_start(struct fetch **out, const struct fetch_options *options, struct err *err) {
    _cleanup_(fetch_stopp) struct fetch *fetch = mem_alloc_zero(sizeof *fetch);
    if (!fetch) {
        return err_memory(err);
    }
    fetch->record = buf_new(LIMIT_FETCH_RECORD);
    int r = program_start(&fetch->program, "plimsoll-fetch", err);
    r = r < 0 ? r : send_options(fetch, options, err);
    if (r < 0) {
        return r;
    }
    *out = TAKE_PTR(fetch);
    return 0;
}

void fetch_stop(struct fetch *fetch) {
    if (!fetch) {
        return;
    }
    program_stop(&fetch->program);
    buf_free(&fetch->record);
    mem_free(fetch);
}

void fetch_stopp(struct fetch **fetch) {
    fetch_stop(*fetch);
}

int fetch_fd(const struct fetch *fetch) {
    return fetch->program.socket;
}

int fetch_submit(struct fetch *fetch, const struct fetch_request *request, uint32_t *id, struct err *err) {
    if (fetch->pending_count == LIMIT_FETCH_REQUESTS) {
        return err_set(err, ERR_LIMIT, "%d downloads are under way already", LIMIT_FETCH_REQUESTS);
    }
    uint32_t next = fetch->last_id + 1;
    buf_clear(&fetch->record);
    message_put_request(&fetch->record, next, request);
    if (fetch->record.failed) {
        return err_set(err, ERR_LIMIT, "the request is more than %zu bytes", LIMIT_FETCH_RECORD);
    }
    int r = send_record(fetch, request->fd, err);
    if (r < 0) {
        return r;
    }
    fetch->pending[fetch->pending_count++] = (struct pending){next, request->tag};
    *id = fetch->last_id = next;
    return 0;
}

static struct pending *find_pending(struct fetch *fetch, uint32_t id) {
    for (size_t i = 0; i < fetch->pending_count; i++) {
        if (fetch->pending[i].id == id) {
            return &fetch->pending[i];
        }
    }
    return NULL;
}

static int copy_strings(struct fetch_event *event, struct arena *arena, struct err *err) {
    struct str *const strings[] = {&event->message, &event->media_type, &event->digest,
                                   &event->etag,    &event->next,       &event->validator};
    for (size_t i = 0; i < ARRAY_SIZE(strings); i++) {
        *strings[i] = arena_str(arena, *strings[i]);
        if (!strings[i]->p) {
            return err_memory(err);
        }
    }
    return 0;
}

int fetch_wait(struct fetch *fetch, struct fetch_event *event, struct arena *arena, struct err *err) {
    _cleanup_(closep) int fd = -1;
    int r = packet_receive(fetch->program.socket, &fetch->record, &fd, err);
    if (r == 0) {
        return program_gone(&fetch->program, err);
    }
    struct cursor in = cursor_over(buf_view(&fetch->record)), payload;
    uint32_t kind;
    if (r < 0) {
        return r;
    }
    if (wire_next(&in, &kind, &payload) != 1 || kind != FETCH_EVENT) {
        return err_set(err, ERR_INPUT, "plimsoll-fetch: malformed record");
    }
    r = message_get_event(&payload, event, err);
    if (r < 0) {
        return r;
    }
    struct pending *pending = find_pending(fetch, event->id);
    if (!pending) {
        return err_set(err, ERR_INPUT, "plimsoll-fetch: an event of no request");
    }
    event->tag = pending->tag;
    if (event->is_done) {
        *pending = fetch->pending[--fetch->pending_count];
    }
    return copy_strings(event, arena, err);
}
