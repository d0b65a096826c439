#include "source/fetch/fetch.h"

#include "base/limits.h"
#include "base/mem.h"
#include "source/fetch/message.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* How long plimsoll-fetch may take to leave once its socket is closed. */
enum { LEAVE_MS = 2000 };

struct pending {
    uint32_t id;
    void *tag;
};

struct fetch {
    pid_t pid; /* 0 once it has been waited for */
    int socket;
    uint32_t last_id;
    struct buf record;
    size_t pending_count;
    struct pending pending[LIMIT_FETCH_REQUESTS];
};

static bool is_program(const char *path) {
    return access(path, X_OK) == 0;
}

/* The first of the places that has the program, in out. */
static int find_program(char out[LIMIT_PATH], struct err *err) {
    const char *named = secure_getenv("PLIMSOLL_LIBEXEC");
    if (named && *named) {
        snprintf(out, LIMIT_PATH, "%s/plimsoll-fetch", named);
        return is_program(out) ? 0 : err_set_errno(err, ERR_ABSENT, "%s (from PLIMSOLL_LIBEXEC)", out);
    }
    static const char *const beside[] = {"", "/../libexec/plimsoll"};
    char self[LIMIT_PATH];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self);
    struct str folder = n > 0 ? str_dirname(str_n(self, (size_t)n)) : STR_NONE;
    for (size_t i = 0; folder.n && i < ARRAY_SIZE(beside); i++) {
        int length = snprintf(out, LIMIT_PATH, "%.*s%s/plimsoll-fetch", STR_ARG(folder), beside[i]);
        if (length < LIMIT_PATH && is_program(out)) {
            return 0;
        }
    }
    snprintf(out, LIMIT_PATH, "%s/plimsoll-fetch", PLIMSOLL_LIBEXEC);
    return is_program(out)
               ? 0
               : err_set(err, ERR_ABSENT,
                         "plimsoll-fetch is not beside this program nor in %s; install it, or name "
                         "its folder in PLIMSOLL_LIBEXEC",
                         PLIMSOLL_LIBEXEC);
}

static int spawn(struct fetch *fetch, const char *path, int socket, struct err *err) {
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0) {
        return err_memory(err);
    }
    char *argv[] = {(char *)"plimsoll-fetch", NULL};
    int r = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    r = r ? r : posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    r = r ? r : posix_spawn_file_actions_adddup2(&actions, socket, FETCH_SOCKET);
    r = r ? r : posix_spawn(&fetch->pid, path, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (r) {
        fetch->pid = 0;
        errno = r;
        return err_set_errno(err, ERR_IO, "%s", path);
    }
    return 0;
}

static int gone(struct fetch *fetch, struct err *err) {
    int status = 0;
    pid_t pid = fetch->pid;
    fetch->pid = 0;
    while (pid && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status)) {
        return err_set(err, ERR_IO, "plimsoll-fetch was ended by signal %d", WTERMSIG(status));
    }
    return err_set(err, ERR_IO, "plimsoll-fetch left with status %d", WEXITSTATUS(status));
}

static int send_record(struct fetch *fetch, int fd, struct err *err) {
    int r = packet_send(fetch->socket, buf_view(&fetch->record), fd, err);
    return r == ERR_ABSENT ? gone(fetch, err) : r < 0 ? r : 0;
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
    char path[LIMIT_PATH];
    int r = find_program(path, err);
    if (r < 0) {
        return r;
    }
    _cleanup_(fetch_stopp) struct fetch *fetch = mem_alloc_zero(sizeof *fetch);
    if (!fetch) {
        return err_memory(err);
    }
    fetch->socket = -1;
    fetch->record = buf_new(LIMIT_FETCH_RECORD);
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
        return err_set_errno(err, ERR_IO, "socketpair");
    }
    fetch->socket = pair[0];
    _cleanup_(closep) int theirs = pair[1];
    r = spawn(fetch, path, theirs, err);
    r = r < 0 ? r : send_options(fetch, options, err);
    if (r < 0) {
        return r;
    }
    *out = TAKE_PTR(fetch);
    return 0;
}

/* Gives the program time to leave by itself, as it does when its socket closes. */
static void reap(struct fetch *fetch) {
    _cleanup_(closep) int pidfd = pidfd_open(fetch->pid, 0);
    struct pollfd ended = {.fd = pidfd, .events = POLLIN};
    if (pidfd < 0 || poll(&ended, 1, LEAVE_MS) <= 0) {
        kill(fetch->pid, SIGKILL);
    }
    while (waitpid(fetch->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    fetch->pid = 0;
}

void fetch_stop(struct fetch *fetch) {
    if (!fetch) {
        return;
    }
    closep(&fetch->socket);
    if (fetch->pid) {
        reap(fetch);
    }
    buf_free(&fetch->record);
    mem_free(fetch);
}

void fetch_stopp(struct fetch **fetch) {
    fetch_stop(*fetch);
}

int fetch_fd(const struct fetch *fetch) {
    return fetch->socket;
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
    struct str *const strings[] = {&event->message, &event->media_type, &event->digest, &event->etag};
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
    int r = packet_receive(fetch->socket, &fetch->record, &fd, err);
    if (r == 0) {
        return gone(fetch, err);
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
