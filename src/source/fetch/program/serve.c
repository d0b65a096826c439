#include "source/fetch/program/serve.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "source/fetch/message.h"
#include "source/fetch/program/job.h"

#include <fcntl.h>

#define MILLISECOND 1000000ull

/* Between two progress events of one request. */
#define SHOW_EVERY (100 * MILLISECOND)

struct session {
    int socket;
    bool is_over, is_full; /* full: events wait for room in the socket */
    struct buf in, out, safe;
    struct arena arena; /* of the options */
    struct fetch_options options;
    struct job_context context;
    struct job *jobs[LIMIT_FETCH_REQUESTS]; /* in the order they came */
    size_t count;
};

static int greet(struct session *s, struct err *err) {
    int fd;
    int r = packet_receive(s->socket, &s->in, &fd, err);
    closep(&fd);
    if (r <= 0) {
        s->is_over = true;
        return r;
    }
    /* The options point into their record, so it is kept. */
    struct str record = arena_str(&s->arena, buf_view(&s->in));
    if (!record.p) {
        return err_memory(err);
    }
    struct cursor in = cursor_over(record), payload;
    uint32_t kind;
    if (wire_next(&in, &kind, &payload) != 1 || kind != FETCH_HELLO) {
        return err_set(err, ERR_INPUT, "plimsoll-fetch is started by plimsoll, not by hand");
    }
    r = message_get_options(&payload, &s->arena, &s->options, err);
    s->options.parallel = MAX(s->options.parallel, 1u);
    return r;
}

static int set_up(struct session *s, struct err *err) {
    int flags = fcntl(s->socket, F_GETFL);
    if (flags < 0 || fcntl(s->socket, F_SETFL, flags | O_NONBLOCK) < 0) {
        return err_set_errno(err, ERR_IO, "plimsoll-fetch: socket");
    }
    s->context.options = &s->options;
    s->context.multi = curl_multi_init();
    return s->context.multi ? 0 : err_memory(err);
}

static int accept_request(struct session *s, int fd, struct err *err) {
    struct cursor in = cursor_over(buf_view(&s->in)), payload;
    uint32_t kind, id;
    struct fetch_request request;
    if (wire_next(&in, &kind, &payload) != 1 || kind != FETCH_GET || s->count == LIMIT_FETCH_REQUESTS) {
        closep(&fd);
        return err_set(err, ERR_INPUT, "plimsoll-fetch: malformed record");
    }
    int r = message_get_request(&payload, &id, &request, err);
    if (r < 0) {
        closep(&fd);
        return r;
    }
    struct job *job = job_new(&s->context, id, &request, fd);
    if (!job) {
        return err_memory(err);
    }
    s->jobs[s->count++] = job;
    return 0;
}

static int receive(struct session *s, struct err *err) {
    while (s->count < LIMIT_FETCH_REQUESTS) {
        int fd;
        struct err why = ERR_NONE;
        int r = packet_receive(s->socket, &s->in, &fd, &why);
        if (r == ERR_ABSENT) {
            return 0;
        }
        if (r <= 0) {
            closep(&fd);
            s->is_over = true;
            return 0;
        }
        r = accept_request(s, fd, err);
        if (r < 0) {
            return r;
        }
    }
    return 0;
}

static size_t running(const struct session *s) {
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++) {
        n += s->jobs[i]->state == JOB_RUNNING;
    }
    return n;
}

/* Puts on the network what may go there. */
static void start(struct session *s) {
    size_t n = running(s);
    uint64_t now = clock_monotonic();
    for (size_t i = 0; i < s->count && n < s->options.parallel; i++) {
        struct job *job = s->jobs[i];
        if (job->state == JOB_QUEUED || (job->state == JOB_WAITING && job->wake <= now)) {
            job_start(job);
            n += job->state == JOB_RUNNING;
        }
    }
}

static void transfer(struct session *s) {
    int active, left;
    curl_multi_perform(s->context.multi, &active);
    for (CURLMsg *message; (message = curl_multi_info_read(s->context.multi, &left));) {
        struct job *job = NULL;
        if (message->msg == CURLMSG_DONE &&
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &job) == CURLE_OK && job) {
            job_exchange_ended(job, message->data.result);
        }
    }
}

/* 1 when the event went, 0 when the socket is full. */
static int send_event(struct session *s, const struct job *job, struct err *err) {
    struct fetch_event event;
    job_describe(job, &event);
    /* A message may repeat what a server said. */
    buf_clear(&s->safe);
    utf8_put_safe(&s->safe, event.message);
    event.message = buf_view(&s->safe);
    buf_clear(&s->out);
    message_put_event(&s->out, &event);
    if (s->out.failed) {
        /* Only header values are long; the event counts without them. */
        event.media_type = event.etag = STR_NONE;
        buf_clear(&s->out);
        message_put_event(&s->out, &event);
    }
    if (s->out.failed || s->safe.failed) {
        return err_memory(err);
    }
    return packet_send(s->socket, buf_view(&s->out), -1, err);
}

/* Progress may be skipped when the other end is slow to read; the last event of a job never is. */
static int report(struct session *s, struct err *err) {
    uint64_t now = clock_monotonic();
    size_t kept = 0;
    int r = 1;
    s->is_full = false;
    for (size_t i = 0; i < s->count; i++) {
        struct job *job = s->jobs[i];
        bool is_done = job->state == JOB_DONE;
        bool is_due = job->body.n != job->shown_bytes && now - job->shown_at >= SHOW_EVERY;
        if (r > 0 && (is_done || is_due)) {
            r = send_event(s, job, err);
            job->shown_at = now;
            job->shown_bytes = job->body.n;
            if (r > 0 && is_done) {
                job_free(job);
                continue;
            }
        }
        s->jobs[kept++] = job;
    }
    s->count = kept;
    s->is_full = r == 0;
    s->is_over = s->is_over || r < 0;
    return 0;
}

/* Milliseconds until a job wants to be tried again; a second when none does. */
static int patience(const struct session *s) {
    uint64_t now = clock_monotonic(), wait = 1000 * MILLISECOND;
    bool has_room = running(s) < s->options.parallel;
    for (size_t i = 0; has_room && i < s->count; i++) {
        const struct job *job = s->jobs[i];
        if (job->state == JOB_QUEUED || job->state == JOB_WAITING) {
            uint64_t left = job->state == JOB_QUEUED || job->wake <= now ? 0 : job->wake - now;
            wait = MIN(wait, left);
        }
    }
    return (int)((wait + MILLISECOND - 1) / MILLISECOND);
}

static void wait_for_more(struct session *s) {
    struct curl_waitfd socket = {.fd = s->socket};
    socket.events = s->count < LIMIT_FETCH_REQUESTS ? CURL_WAIT_POLLIN : 0;
    if (s->is_full) {
        socket.events |= CURL_WAIT_POLLOUT;
    }
    curl_multi_poll(s->context.multi, &socket, 1, patience(s), NULL);
}

static int loop(struct session *s, struct err *err) {
    while (!s->is_over) {
        int r = receive(s, err);
        if (r < 0) {
            return r;
        }
        start(s);
        transfer(s);
        r = report(s, err);
        if (r < 0) {
            return r;
        }
        if (!s->is_over) {
            wait_for_more(s);
        }
    }
    return 0;
}

static void tear_down(struct session **session) {
    struct session *s = *session;
    if (!s) {
        return;
    }
    for (size_t i = 0; i < s->count; i++) {
        job_free(s->jobs[i]);
    }
    curl_multi_cleanup(s->context.multi);
    tokens_free(&s->context.tokens);
    buf_free(&s->in);
    buf_free(&s->out);
    buf_free(&s->safe);
    arena_free(&s->arena);
    mem_free(s);
}

int serve(int socket, struct err *err) {
    _cleanup_(tear_down) struct session *s = mem_alloc_zero(sizeof *s);
    if (!s) {
        return err_memory(err);
    }
    s->socket = socket;
    s->in = buf_new(LIMIT_FETCH_RECORD);
    s->out = buf_new(LIMIT_FETCH_RECORD);
    s->safe = buf_new(16 * KIB);
    s->arena = arena_new(8 * LIMIT_FETCH_RECORD);
    int r = greet(s, err);
    if (r < 0 || s->is_over) {
        return r;
    }
    r = set_up(s, err);
    return r < 0 ? r : loop(s, err);
}
