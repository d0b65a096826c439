#include "source/fetch/message.h"

void message_put_options(struct buf *out, const struct fetch_options *o) {
    size_t start = wire_begin(out, FETCH_HELLO);
    wire_str(out, STR(PLIMSOLL_VERSION));
    wire_str(out, o->ca_file);
    wire_str(out, o->docker_config);
    wire_u32(out, (uint32_t)o->insecure_count);
    for (size_t i = 0; i < o->insecure_count; i++) {
        wire_str(out, o->insecure[i]);
    }
    wire_u32(out, (uint32_t)o->mirror_count);
    for (size_t i = 0; i < o->mirror_count; i++) {
        wire_str(out, o->mirrors[i].registry);
        wire_str(out, o->mirrors[i].base);
    }
    const uint32_t numbers[] = {o->parallel,   o->retries, o->backoff_ms, o->retry_after_max_s,
                                o->connect_ms, o->stall_s, o->stall_rate};
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
        wire_u32(out, numbers[i]);
    }
    wire_end(out, start);
}

/* A count of things of at least n bytes each; marks the cursor failed when they can't be there. */
static size_t count_of(struct cursor *in, size_t n) {
    size_t count = cursor_le32(in);
    if (count > cursor_left(in) / n) {
        in->failed = true;
        return 0;
    }
    return count;
}

static int get_lists(struct cursor *in, struct arena *arena, struct fetch_options *o, struct err *err) {
    o->insecure_count = count_of(in, 4);
    struct str *insecure = arena_array(arena, o->insecure_count, sizeof *insecure);
    if (!insecure) {
        return err_memory(err);
    }
    for (size_t i = 0; i < o->insecure_count; i++) {
        insecure[i] = wire_get_str(in);
    }
    o->insecure = insecure;
    o->mirror_count = count_of(in, 8);
    struct fetch_mirror *mirrors = arena_array(arena, o->mirror_count, sizeof *mirrors);
    if (!mirrors) {
        return err_memory(err);
    }
    for (size_t i = 0; i < o->mirror_count; i++) {
        mirrors[i].registry = wire_get_str(in);
        mirrors[i].base = wire_get_str(in);
    }
    o->mirrors = mirrors;
    return 0;
}

static int check_end(const struct cursor *in, const char *what, struct err *err) {
    return in->failed || cursor_left(in)
               ? err_set(err, ERR_INPUT, "plimsoll-fetch: malformed record of %s at byte %zu", what, in->at)
               : 0;
}

int message_get_options(struct cursor *in, struct arena *arena, struct fetch_options *o, struct err *err) {
    *o = FETCH_OPTIONS;
    struct str version = wire_get_str(in);
    if (!in->failed && !str_eq(version, STR(PLIMSOLL_VERSION))) {
        return err_set(err, ERR_UNSUPPORTED, "plimsoll-fetch is of version %s, plimsoll of %.*s",
                       PLIMSOLL_VERSION, STR_ARG(version));
    }
    o->ca_file = wire_get_str(in);
    o->docker_config = wire_get_str(in);
    int r = get_lists(in, arena, o, err);
    if (r < 0) {
        return r;
    }
    uint32_t *const numbers[] = {&o->parallel,   &o->retries, &o->backoff_ms, &o->retry_after_max_s,
                                 &o->connect_ms, &o->stall_s, &o->stall_rate};
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
        *numbers[i] = cursor_le32(in);
    }
    return check_end(in, "options", err);
}

void message_put_request(struct buf *out, uint32_t id, const struct fetch_request *request) {
    size_t start = wire_begin(out, FETCH_GET);
    wire_u32(out, id);
    wire_u32(out, request->kind);
    wire_str(out, request->url);
    wire_str(out, request->registry);
    wire_str(out, request->repository);
    wire_str(out, request->reference);
    wire_str(out, request->page);
    wire_str(out, request->accept);
    wire_str(out, request->etag);
    wire_u64(out, request->cap);
    wire_end(out, start);
}

int message_get_request(struct cursor *in, uint32_t *id, struct fetch_request *request, struct err *err) {
    *request = (struct fetch_request){.fd = -1};
    *id = cursor_le32(in);
    uint32_t kind = cursor_le32(in);
    if (kind > FETCH_REFERRERS) {
        in->failed = true;
    }
    request->kind = (enum fetch_kind)kind;
    request->url = wire_get_str(in);
    request->registry = wire_get_str(in);
    request->repository = wire_get_str(in);
    request->reference = wire_get_str(in);
    request->page = wire_get_str(in);
    request->accept = wire_get_str(in);
    request->etag = wire_get_str(in);
    request->cap = cursor_le64(in);
    return check_end(in, "a request", err);
}

void message_put_event(struct buf *out, const struct fetch_event *event) {
    size_t start = wire_begin(out, FETCH_EVENT);
    wire_u32(out, event->id);
    wire_u8(out, event->is_done);
    wire_u32(out, (uint32_t)-event->code);
    wire_str(out, event->message);
    wire_u64(out, event->received);
    wire_u64(out, event->total);
    wire_str(out, event->media_type);
    wire_str(out, event->digest);
    wire_str(out, event->etag);
    wire_str(out, event->next);
    wire_str(out, event->validator);
    wire_u32(out, event->status);
    wire_end(out, start);
}

int message_get_event(struct cursor *in, struct fetch_event *event, struct err *err) {
    *event = (struct fetch_event){0};
    event->id = cursor_le32(in);
    event->is_done = cursor_u8(in) != 0;
    uint32_t code = cursor_le32(in);
    if (code > (uint32_t)-ERR_DENIED) {
        in->failed = true;
        code = 0;
    }
    event->code = -(int)code;
    event->message = wire_get_str(in);
    event->received = cursor_le64(in);
    event->total = cursor_le64(in);
    event->media_type = wire_get_str(in);
    event->digest = wire_get_str(in);
    event->etag = wire_get_str(in);
    event->next = wire_get_str(in);
    event->validator = wire_get_str(in);
    event->status = cursor_le32(in);
    return check_end(in, "an event", err);
}
