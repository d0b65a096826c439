#include "vuln/pull.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"

#include <fcntl.h>

/* Requests handed to plimsoll-fetch at a time: each holds a descriptor. */
enum { WINDOW = 64 };

struct pull {
    const struct pull_options *options;
    struct fetch *fetch;
    struct arena arena;
    uint64_t done, total; /* bytes of the files that are under way or ended, as far as known */
    size_t ended;
};

struct transfer {
    struct pull_file *file; /* NULL: a free place */
    int fd;
    uint64_t received, total;
};

static int start(struct pull *pull, const struct pull_options *options, struct err *err) {
    struct fetch_options fetch = FETCH_OPTIONS;
    struct str *insecure = arena_array(&pull->arena, options->insecure_n + 1, sizeof *insecure);
    if (!insecure) {
        return err_memory(err);
    }
    for (size_t i = 0; i < options->insecure_n; i++) {
        insecure[i] = str_c(options->insecure[i]);
    }
    fetch.insecure = insecure;
    fetch.insecure_count = options->insecure_n;
    fetch.stall_s = options->stall_s ? options->stall_s : fetch.stall_s;
    return fetch_start(&pull->fetch, &fetch, err);
}

int pull_start(struct pull **out, const struct pull_options *options, struct err *err) {
    _cleanup_(pull_stopp) struct pull *pull = mem_alloc_zero(sizeof *pull);
    if (!pull) {
        return err_memory(err);
    }
    pull->options = options;
    pull->arena = arena_new(LIMIT_UPDATE);
    int r = start(pull, options, err);
    if (r == 0) {
        *out = TAKE_PTR(pull);
    }
    return r;
}

void pull_stop(struct pull *pull) {
    if (pull) {
        fetch_stop(pull->fetch);
        arena_free(&pull->arena);
        mem_free(pull);
    }
}

void pull_stopp(struct pull **pull) {
    pull_stop(*pull);
}

/* ---- addresses */

static void put_part(struct buf *out, const char *part) {
    buf_byte(out, '/');
    for (const char *c = part; *c; c++) {
        if (ascii_is_alnum(*c) || strchr("-._~", *c)) {
            buf_byte(out, (unsigned char)*c);
        } else {
            buf_printf(out, "%%%02X", (unsigned char)*c);
        }
    }
}

char *pull_url(struct arena *arena, const char *base, const char *part, const char *next) {
    _cleanup_(buf_free) struct buf out = buf_new(4 * LIMIT_PATH);
    struct str trimmed = str_c(base);
    while (str_ends(trimmed, STR("/"))) {
        trimmed.n--;
    }
    buf_str(&out, trimmed);
    put_part(&out, part);
    if (next) {
        put_part(&out, next);
    }
    return out.failed ? NULL : arena_cstr(arena, buf_view(&out));
}

/* Whoever sits on the way can change what comes over plain HTTP. */
static int check_plain(const struct pull *pull, const char *url, struct err *err) {
    static const struct str loopback[] = {STR("localhost"), STR("127.0.0.1"), STR("[::1]")};
    const struct str scheme = STR("http://");
    struct str host, path, name, port;
    if (!str_starts(str_c(url), scheme)) {
        return 0;
    }
    str_cut(str_from(str_c(url), scheme.n), '/', &host, &path);
    name = host;
    (void)(str_ends(host, STR("]")) || str_cut_last(host, ':', &name, &port));
    for (size_t i = 0; i < ARRAY_SIZE(loopback); i++) {
        if (str_eq(name, loopback[i])) {
            return 0;
        }
    }
    for (size_t i = 0; i < pull->options->insecure_n; i++) {
        struct str allowed = str_c(pull->options->insecure[i]);
        if (str_eq(allowed, host) || str_eq(allowed, name)) {
            return 0;
        }
    }
    return err_set(
        err, ERR_USAGE,
        "%s: anybody on the way can change what comes over plain HTTP; to allow it: --insecure %.*s", url,
        STR_ARG(host));
}

/* ---- transfers */

static int submit(struct pull *pull, struct transfer *transfer, struct pull_file *file, struct err *err) {
    uint32_t id;
    int r = check_plain(pull, file->url, err);
    if (r < 0) {
        return r;
    }
    *transfer = (struct transfer){.fd = -1};
    transfer->fd = open(file->path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (transfer->fd < 0) {
        return err_set_errno(err, ERR_IO, "%s", file->path);
    }
    transfer->file = file;
    const struct fetch_request request = {.kind = FETCH_URL,
                                          .url = str_c(file->url),
                                          .etag = file->etag,
                                          .fd = transfer->fd,
                                          .cap = file->cap,
                                          .tag = transfer};
    return fetch_submit(pull->fetch, &request, &id, err);
}

static int take_end(struct pull *pull, struct pull_file *file, const struct fetch_event *event,
                    struct err *err) {
    if (event->status == 404 || event->status == 410) {
        file->outcome = PULL_ABSENT;
        return 0;
    }
    if (event->code < 0) {
        return err_set(err, (enum err_code)event->code, "%s: %.*s", file->url, STR_ARG(event->message));
    }
    if (event->status == 304) {
        file->outcome = PULL_UNCHANGED;
        return 0;
    }
    if (str_eq_nocase(event->media_type, STR("text/html"))) {
        return err_set(err, ERR_INPUT,
                       "%s: answers with a web page: a proxy or a login page stands in between", file->url);
    }
    file->outcome = PULL_DONE;
    file->etag = arena_str(&pull->arena, event->etag);
    return file->etag.p ? 0 : err_memory(err);
}

static void show(struct pull *pull, struct transfer *transfer, const struct fetch_event *event) {
    const struct pull_options *o = pull->options;
    pull->done += event->received - MIN(transfer->received, event->received);
    pull->total += event->total - MIN(transfer->total, event->total);
    transfer->received = MAX(transfer->received, event->received);
    transfer->total = MAX(transfer->total, event->total);
    if (o->progress) {
        o->progress(o->progress_context, "fetching advisories", MIN(pull->done, pull->total), pull->total);
    }
}

/* One event; its transfer's place is free when it was the last. */
static int step(struct pull *pull, struct err *err) {
    _cleanup_(arena_free) struct arena scratch = arena_new(MIB);
    struct fetch_event event;
    int r = fetch_wait(pull->fetch, &event, &scratch, err);
    if (r < 0) {
        return r;
    }
    struct transfer *transfer = event.tag;
    show(pull, transfer, &event);
    if (!event.is_done) {
        return 0;
    }
    r = take_end(pull, transfer->file, &event, err);
    closep(&transfer->fd);
    transfer->file = NULL;
    pull->ended++;
    return r;
}

static struct transfer *free_place(struct transfer places[WINDOW]) {
    for (size_t i = 0; i < WINDOW; i++) {
        if (!places[i].file) {
            return &places[i];
        }
    }
    return NULL;
}

int pull_files(struct pull *pull, struct pull_file *files, size_t n, struct err *err) {
    struct transfer places[WINDOW] = {0};
    size_t next = 0;
    int r = 0;
    pull->ended = 0;
    while (r == 0 && pull->ended < n) {
        struct transfer *place = next < n ? free_place(places) : NULL;
        r = place ? submit(pull, place, &files[next++], err) : step(pull, err);
    }
    for (size_t i = 0; i < WINDOW; i++) {
        if (places[i].file) {
            closep(&places[i].fd);
        }
    }
    return r;
}
