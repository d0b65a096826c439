#include "vuln/pull.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "vuln/begun.h"

#include <fcntl.h>
#include <sys/mman.h>

/* Requests handed to plimsoll-fetch at a time: each holds a descriptor. */
enum { WINDOW = 64 };

/* Bodies of small files, one behind the other: a file for each would take longer to make than to fetch. */
struct spool {
    int fd; /* -1 until it is needed */
    uint64_t n;
    struct str mapped;
};

struct pull {
    const struct pull_options *options;
    struct fetch *fetch;
    struct arena arena;
    struct spool spool;
    uint64_t done, total; /* bytes of the files that are under way or ended, as far as known */
    size_t ended;
};

struct transfer {
    struct pull_file *file; /* NULL: a free place */
    int fd;                 /* of its path, or spare */
    int spare; /* in memory, for one file without a path after the other; -1 until it is needed */
    uint64_t received, total;
    /* Of a file that resumes: what an earlier run left of it, and whether that is all of it. The server is
     * then asked for what is newer only, into a file beside it. */
    struct begun begun; /* n 0: nothing */
    bool is_whole;
    char noted[BEGUN_WORD_MAX]; /* the validator in the note */
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
    pull->spool.fd = -1;
    pull->arena = arena_new(LIMIT_UPDATE);
    int r = start(pull, options, err);
    if (r == 0) {
        *out = TAKE_PTR(pull);
    }
    return r;
}

static void unmap_bodies(struct spool *spool) {
    if (spool->mapped.n) {
        munmap((void *)spool->mapped.p, spool->mapped.n);
        spool->mapped = STR_NONE;
    }
}

void pull_stop(struct pull *pull) {
    if (pull) {
        fetch_stop(pull->fetch);
        unmap_bodies(&pull->spool);
        closep(&pull->spool.fd);
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

/* ---- bodies of files without a path */

static int open_spool(struct pull *pull, struct err *err) {
    const char *path = pull->options->spool;
    assert(path);
    unmap_bodies(&pull->spool);
    closep(&pull->spool.fd);
    pull->spool.n = 0;
    pull->spool.fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    return pull->spool.fd < 0 ? err_set_errno(err, ERR_IO, "%s", path) : 0;
}

static int spool_body(struct pull *pull, const struct transfer *transfer, struct err *err) {
    _cleanup_(buf_free) struct buf body = buf_new(transfer->file->cap);
    if (lseek(transfer->fd, 0, SEEK_SET) < 0) {
        return err_set_errno(err, ERR_IO, "seek");
    }
    int r = file_read_fd(transfer->fd, &body, err);
    if (r == 0) {
        r = file_write_fd(pull->spool.fd, buf_view(&body), err);
    }
    transfer->file->at = pull->spool.n;
    transfer->file->body.n = body.n;
    pull->spool.n += body.n;
    return r;
}

static int map_bodies(struct pull *pull, struct pull_file *files, size_t n, struct err *err) {
    if (!pull->spool.n) {
        return 0;
    }
    void *p = mmap(NULL, pull->spool.n, PROT_READ, MAP_PRIVATE, pull->spool.fd, 0);
    if (p == MAP_FAILED) {
        return err_set_errno(err, ERR_IO, "%s", pull->options->spool);
    }
    pull->spool.mapped = str_n(p, pull->spool.n);
    for (size_t i = 0; i < n; i++) {
        if (!files[i].path && files[i].outcome == PULL_DONE) {
            files[i].body = str_sub(pull->spool.mapped, files[i].at, files[i].body.n);
        }
    }
    return 0;
}

/* ---- transfers */

static bool beside_path(const char *path, char out[LIMIT_PATH]) {
    int n = snprintf(out, LIMIT_PATH, "%s.newer", path);
    return n > 0 && n < LIMIT_PATH;
}

static int open_path(struct transfer *transfer, const struct pull_file *file, struct err *err) {
    char beside[LIMIT_PATH];
    bool is_begun = file->resumes && begun_read(file->path, file->url, &transfer->begun) &&
                    transfer->begun.n <= file->cap;
    if (!is_begun) {
        transfer->begun = (struct begun){0};
        begun_forget(file->path);
    }
    transfer->is_whole = is_begun && begun_is_whole(&transfer->begun) && beside_path(file->path, beside);
    const char *path = transfer->is_whole ? beside : file->path;
    int anew = is_begun && !transfer->is_whole ? 0 : O_TRUNC;
    snprintf(transfer->noted, sizeof transfer->noted, "%s", transfer->begun.validator);
    transfer->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | anew, 0600);
    return transfer->fd < 0 ? err_set_errno(err, ERR_IO, "%s", path) : 0;
}

/* What the server knows the file's bytes by, as soon as it is told: the program may be ended at any time. */
static int note(struct transfer *transfer, const struct fetch_event *event, struct err *err) {
    const struct pull_file *file = transfer->file;
    char beside[LIMIT_PATH];
    if (!file->path || !file->resumes || !event->validator.n ||
        str_eq(event->validator, str_c(transfer->noted))) {
        return 0;
    }
    if (transfer->is_whole) {
        transfer->is_whole = false; /* it is another now */
        begun_forget(file->path);
        if (!beside_path(file->path, beside) || rename(beside, file->path) < 0) {
            return err_set_errno(err, ERR_IO, "%s", file->path);
        }
    }
    begun_write(file->path, file->url, event->validator, event->total);
    snprintf(transfer->noted, sizeof transfer->noted, "%.*s", STR_ARG(event->validator));
    return 0;
}

static int open_spare(struct transfer *transfer, struct err *err) {
    if (transfer->spare < 0) {
        transfer->spare = memfd_create("record", MFD_CLOEXEC);
    }
    transfer->fd = transfer->spare;
    return transfer->spare < 0 || ftruncate(transfer->spare, 0) < 0
               ? err_set_errno(err, ERR_IO, "a file in memory")
               : 0;
}

static void end_transfer(struct transfer *transfer) {
    char beside[LIMIT_PATH];
    if (transfer->is_whole && beside_path(transfer->file->path, beside)) {
        unlink(beside);
    }
    if (transfer->fd != transfer->spare) {
        closep(&transfer->fd);
    }
    transfer->file = NULL;
}

static int submit(struct pull *pull, struct transfer *transfer, struct pull_file *file, struct err *err) {
    uint32_t id;
    int r = check_plain(pull, file->url, err);
    if (r < 0) {
        return r;
    }
    *transfer = (struct transfer){.fd = -1, .spare = transfer->spare};
    file->is_continued = false;
    r = file->path ? open_path(transfer, file, err) : open_spare(transfer, err);
    if (r < 0) {
        return r;
    }
    transfer->file = file;
    const struct fetch_request request = {.kind = FETCH_URL,
                                          .url = str_c(file->url),
                                          .etag = transfer->begun.n ? str_c(transfer->begun.validator)
                                                                    : file->etag,
                                          .fd = transfer->fd,
                                          .cap = file->cap,
                                          .tag = transfer};
    return fetch_submit(pull->fetch, &request, &id, err);
}

/* Not what it should be, rather than not there yet. */
static bool is_broken(int code) {
    return code == ERR_INPUT || code == ERR_LIMIT;
}

static int check_size(const struct transfer *transfer, const struct fetch_event *event, struct err *err) {
    const struct pull_file *file = transfer->file;
    uint64_t before = event->status == 206 ? transfer->begun.total : 0;
    if ((event->total && event->received != event->total) || (before && before != event->received)) {
        return err_set(err, ERR_INPUT, "%s: has %llu bytes, not the %llu that the server spoke of", file->url,
                       (unsigned long long)event->received,
                       (unsigned long long)(before ? before : event->total));
    }
    return 0;
}

static int take_done(struct pull *pull, struct transfer *transfer, const struct fetch_event *event,
                     struct err *err) {
    struct pull_file *file = transfer->file;
    if (str_eq_nocase(event->media_type, STR("text/html"))) {
        return err_set(err, ERR_INPUT,
                       "%s: answers with a web page: a proxy or a login page stands in between", file->url);
    }
    int r = check_size(transfer, event, err);
    if (r < 0) {
        return r;
    }
    file->outcome = PULL_DONE;
    file->etag = arena_str(&pull->arena, event->etag);
    if (file->resumes) {
        begun_write(file->path, file->url, event->validator, event->received);
    }
    return file->etag.p ? 0 : err_memory(err);
}

/* What an earlier run had whole is still the same. */
static int take_kept(struct pull *pull, struct transfer *transfer, struct err *err) {
    transfer->file->outcome = PULL_DONE;
    transfer->file->etag = arena_str(&pull->arena, str_c(transfer->begun.validator));
    return transfer->file->etag.p ? 0 : err_memory(err);
}

static int take_end(struct pull *pull, struct transfer *transfer, const struct fetch_event *event,
                    struct err *err) {
    struct pull_file *file = transfer->file;
    bool is_kept = event->status == 206 || event->status == 304 || is_broken(event->code);
    file->is_continued = transfer->begun.n && is_kept;
    if (event->status == 404 || event->status == 410) {
        file->outcome = PULL_ABSENT;
        if (file->path) {
            begun_forget(file->path);
        }
        return 0;
    }
    if (event->code < 0) {
        return err_set(err, (enum err_code)event->code, "%s: %.*s", file->url, STR_ARG(event->message));
    }
    if (event->status != 304) {
        return take_done(pull, transfer, event, err);
    }
    file->outcome = PULL_UNCHANGED;
    return transfer->begun.n ? take_kept(pull, transfer, err) : 0;
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
    r = note(transfer, &event, err);
    if (r < 0 || !event.is_done) {
        return r;
    }
    r = take_end(pull, transfer, &event, err);
    if (transfer->file->path && is_broken(r)) {
        begun_forget(transfer->file->path);
    }
    if (r == 0 && !transfer->file->path && transfer->file->outcome == PULL_DONE) {
        r = spool_body(pull, transfer, err);
    }
    end_transfer(transfer);
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

static bool wants_spool(const struct pull_file *files, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (!files[i].path) {
            return true;
        }
    }
    return false;
}

static int transfer_all(struct pull *pull, struct transfer places[WINDOW], struct pull_file *files, size_t n,
                        struct err *err) {
    size_t next = 0;
    int r = 0;
    pull->ended = 0;
    while (r == 0 && pull->ended < n) {
        struct transfer *place = next < n ? free_place(places) : NULL;
        r = place ? submit(pull, place, &files[next++], err) : step(pull, err);
    }
    return r;
}

int pull_files(struct pull *pull, struct pull_file *files, size_t n, struct err *err) {
    struct transfer places[WINDOW];
    for (size_t i = 0; i < WINDOW; i++) {
        places[i] = (struct transfer){.fd = -1, .spare = -1};
    }
    int r = wants_spool(files, n) ? open_spool(pull, err) : 0;
    r = r < 0 ? r : transfer_all(pull, places, files, n, err);
    for (size_t i = 0; i < WINDOW; i++) {
        if (places[i].file) {
            end_transfer(&places[i]);
        }
        closep(&places[i].spare);
    }
    return r < 0 ? r : map_bodies(pull, files, n, err);
}
