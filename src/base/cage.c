#include "base/cage.h"

#include "base/cage_walls.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* One page that both sides see. */
struct shared {
    _Atomic uint64_t step, step_began;
    _Atomic uint64_t bytes_read, beats;
    _Atomic int code; /* of the job's error, 1 while it has not ended */
    char message[1024];
};

struct cage {
    pid_t pid;
    int out; /* reads what the job writes */
    int in;  /* parcels go here */
    struct shared *shared;
    struct buf output;
    unsigned step_seconds, stall_seconds;
    uint64_t beats_seen, looked, idle; /* idle: nanoseconds watched without a sign of life */
    enum cage_outcome outcome;
    struct err err;
};

struct cage_port {
    int out, in;
    struct shared *shared;
    unsigned char *parcel;
};

/* ---- child */

int cage_port_write(struct cage_port *port, struct str bytes, struct err *err) {
    return file_write_fd(port->out, bytes, err);
}

void cage_port_step(struct cage_port *port, uint64_t step) {
    if (step) {
        atomic_store(&port->shared->step_began, clock_monotonic());
    }
    atomic_store(&port->shared->step, step);
}

void cage_port_progress(struct cage_port *port, uint64_t bytes_read) {
    atomic_store_explicit(&port->shared->bytes_read, bytes_read, memory_order_relaxed);
    atomic_fetch_add_explicit(&port->shared->beats, 1, memory_order_relaxed);
}

int cage_port_take(struct cage_port *port, struct str *message, int *fds, size_t *n, struct err *err) {
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int) * CAGE_PARCEL_FDS)];
    } control;
    struct iovec bytes = {port->parcel, CAGE_PARCEL_BYTES};
    struct msghdr parcel = {
        .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t got;
    do {
        got = recvmsg(port->in, &parcel, MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return err_set_errno(err, ERR_IO, "receive");
    }
    *n = 0;
    struct cmsghdr *head = CMSG_FIRSTHDR(&parcel);
    if (head && head->cmsg_type == SCM_RIGHTS) {
        *n = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        assert(*n <= CAGE_PARCEL_FDS);
        memcpy(fds, CMSG_DATA(head), *n * sizeof(int));
    }
    *message = str_n((const char *)port->parcel, (size_t)got);
    return got > 0;
}

static void quiet_standard_streams(void) {
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0) {
        return;
    }
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    if (!cage_walls_keep_stderr()) {
        dup2(null, STDERR_FILENO);
    }
    if (null > STDERR_FILENO) {
        close(null);
    }
}

static int by_number(const void *a, const void *b) {
    const int *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Closes everything between and beyond the descriptors that stay. */
static int close_others(const struct cage_job *job, const struct cage_port *port, struct err *err) {
    int keep[CAGE_PARCEL_FDS + 3] = {STDERR_FILENO, port->out, port->in};
    size_t n = 3 + job->fds_n;
    for (size_t i = 0; i < job->fds_n; i++) {
        keep[3 + i] = job->fds[i];
    }
    qsort(keep, n, sizeof *keep, by_number);
    for (size_t i = 0; i < n; i++) {
        unsigned from = (unsigned)keep[i] + 1, to = i + 1 < n ? (unsigned)keep[i + 1] - 1 : ~0u;
        if (from <= to && close_range(from, to, 0) < 0) {
            return err_set_errno(err, ERR_IO, "close_range");
        }
    }
    return 0;
}

static _Noreturn void live_in_cage(const struct cage_job *job, struct cage_port *port, pid_t parent) {
    struct err err = ERR_NONE;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(1);
    }
    quiet_standard_streams();
    int r = close_others(job, port, &err);
    if (r == 0 && !job->is_open) {
        const struct cage_walls walls = {.memory = job->memory,
                                         .file_size = job->file_size ? job->file_size : LIMIT_EXECUTABLE};
        r = cage_walls_raise(&walls, &err);
    }
    if (r == 0) {
        r = job->run(job->ctx, port, &err);
    }
    struct shared *shared = port->shared;
    memcpy(shared->message, err.message, sizeof shared->message);
    atomic_store(&shared->code, r);
    _exit(0);
}

/* ---- parent */

static int set_up(struct cage *cage, struct cage_port *port, struct err *err) {
    int pipes[2], sockets[2];
    cage->shared =
        mmap(NULL, sizeof *cage->shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (cage->shared == MAP_FAILED) {
        cage->shared = NULL;
        return err_memory(err);
    }
    atomic_store(&cage->shared->code, 1);
    if (pipe2(pipes, O_CLOEXEC) < 0) {
        return err_set_errno(err, ERR_IO, "pipe");
    }
    cage->out = pipes[0];
    port->out = pipes[1];
    (void)fcntl(cage->out, F_SETPIPE_SZ, (int)MIB);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0) {
        return err_set_errno(err, ERR_IO, "socketpair");
    }
    cage->in = sockets[0];
    port->in = sockets[1];
    int room = CAGE_PARCEL_BYTES * 2;
    (void)setsockopt(cage->in, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    port->shared = cage->shared;
    port->parcel = mem_alloc(CAGE_PARCEL_BYTES);
    return port->parcel ? 0 : err_memory(err);
}

static int start(struct cage *cage, const struct cage_job *job, struct cage_port *port, struct err *err) {
    int r = set_up(cage, port, err);
    if (r < 0) {
        return r;
    }
    fflush(NULL);
    pid_t parent = getpid();
    cage->pid = fork();
    if (cage->pid < 0) {
        return err_set_errno(err, ERR_MEMORY, "fork");
    }
    if (cage->pid == 0) {
        live_in_cage(job, port, parent);
    }
    return 0;
}

int cage_start(struct cage **out, const struct cage_job *job, struct err *err) {
    assert(job->fds_n <= CAGE_PARCEL_FDS);
    struct cage *cage = mem_alloc_zero(sizeof *cage);
    if (!cage) {
        return err_memory(err);
    }
    struct cage_port port = {.out = -1, .in = -1};
    cage->out = cage->in = -1;
    cage->output = buf_new(job->output_cap);
    cage->step_seconds = job->step_seconds;
    cage->stall_seconds = job->stall_seconds;
    cage->looked = clock_monotonic();
    int r = start(cage, job, &port, err);
    closep(&port.out);
    closep(&port.in);
    mem_free(port.parcel);
    if (r < 0) {
        cage_free(cage);
        return r;
    }
    *out = cage;
    return 0;
}

/* A child that has closed its side is about to end; one that lingers is broken. */
static void end_lingering(const struct cage *cage) {
    enum { GRACE_MS = 5000 };
    _cleanup_(closep) int handle = (int)syscall(SYS_pidfd_open, cage->pid, 0);
    struct pollfd ended = {handle, POLLIN, 0};
    if (handle < 0 || poll(&ended, 1, GRACE_MS) <= 0) {
        kill(cage->pid, SIGKILL);
    }
}

static void reap(struct cage *cage) {
    int status;
    pid_t reaped;
    if (cage->pid <= 0) {
        return;
    }
    end_lingering(cage);
    do {
        reaped = waitpid(cage->pid, &status, 0);
    } while (reaped < 0 && errno == EINTR);
    cage->pid = 0;
    if (cage->outcome != CAGE_RUNNING) {
        return;
    }
    int code = atomic_load(&cage->shared->code);
    if (reaped > 0 && WIFSIGNALED(status)) {
        cage->outcome = CAGE_CRASHED;
        err_set(&cage->err, ERR_INPUT, "the reader crashed (%s)", strsignal(WTERMSIG(status)));
    } else if (code == 0) {
        cage->outcome = CAGE_DONE;
    } else if (code < 0) {
        cage->outcome = CAGE_FAILED;
        cage->shared->message[sizeof cage->shared->message - 1] = 0;
        cage->err.code = code;
        memcpy(cage->err.message, cage->shared->message, sizeof cage->err.message);
    } else {
        cage->outcome = CAGE_CRASHED;
        err_set(&cage->err, ERR_INPUT, "the reader ended without a word");
    }
}

static void stop(struct cage *cage, enum cage_outcome outcome) {
    cage->outcome = outcome;
    if (cage->pid > 0) {
        kill(cage->pid, SIGKILL);
    }
    reap(cage);
}

void cage_free(struct cage *cage) {
    if (!cage) {
        return;
    }
    if (cage->pid > 0) {
        stop(cage, CAGE_FAILED);
    }
    closep(&cage->out);
    closep(&cage->in);
    if (cage->shared) {
        munmap(cage->shared, sizeof *cage->shared);
    }
    buf_free(&cage->output);
    mem_free(cage);
}

void cage_freep(struct cage **cage) {
    cage_free(*cage);
}

static void read_some(struct cage *cage) {
    size_t want = MIN(256 * KIB, cage->output.cap - cage->output.n);
    unsigned char *room = want ? buf_room(&cage->output, want) : NULL;
    if (!room) {
        err_set(&cage->err, ERR_LIMIT, "the reader found more than fits into %zu bytes", cage->output.cap);
        stop(cage, CAGE_FLOODED);
        return;
    }
    ssize_t n = read(cage->out, room, want);
    if (n > 0) {
        cage->output.n += (size_t)n;
        cage->idle = 0;
    } else if (n == 0 || errno != EINTR) {
        reap(cage);
    }
}

/* Milliseconds until the step has lasted too long; 0 when it has; -1 when there is no such time. */
static int step_time_left(const struct cage *cage) {
    if (!cage->step_seconds || !atomic_load(&cage->shared->step)) {
        return -1;
    }
    uint64_t end = atomic_load(&cage->shared->step_began) + cage->step_seconds * UINT64_C(1000000000);
    uint64_t now = clock_monotonic();
    return now >= end ? 0 : (int)MIN((end - now) / 1000000 + 1, (uint64_t)60000);
}

enum { WATCH_MS = 500 };

/* Time in which the parent did not look doesn't count: the child may have waited for it. */
static bool has_stalled(struct cage *cage) {
    uint64_t now = clock_monotonic(), beats = cage_beats(cage);
    uint64_t passed = MIN(now - cage->looked, UINT64_C(1000000) * WATCH_MS);
    bool lives = beats != cage->beats_seen || atomic_load(&cage->shared->step);
    cage->looked = now;
    cage->beats_seen = beats;
    cage->idle = lives ? 0 : cage->idle + passed;
    return cage->stall_seconds && cage->idle >= cage->stall_seconds * UINT64_C(1000000000);
}

static void watch(struct cage **cages, size_t n) {
    for (size_t i = 0; i < n; i++) {
        struct cage *cage = cages[i];
        if (cage->outcome != CAGE_RUNNING) {
            continue;
        }
        if (step_time_left(cage) == 0) {
            err_set(&cage->err, ERR_LIMIT, "the reader needed more than %u seconds and was ended",
                    cage->step_seconds);
            stop(cage, CAGE_HUNG);
        } else if (has_stalled(cage)) {
            err_set(&cage->err, ERR_LIMIT, "the reader came no further for %u seconds and was ended",
                    cage->stall_seconds);
            stop(cage, CAGE_HUNG);
        }
    }
}

/* One round of waiting; true when some cage has ended. */
static bool wait_once(struct cage **cages, struct pollfd *polls, size_t n, int milliseconds) {
    int most = milliseconds < 0 ? WATCH_MS : MIN(milliseconds, WATCH_MS);
    for (size_t i = 0; i < n; i++) {
        bool runs = cages[i]->outcome == CAGE_RUNNING;
        polls[i] = (struct pollfd){runs ? cages[i]->out : -1, POLLIN, 0};
        int left = runs ? step_time_left(cages[i]) : -1;
        most = left >= 0 ? MIN(most, left) : most;
    }
    (void)poll(polls, n, most);
    bool ended = false;
    for (size_t i = 0; i < n; i++) {
        if (cages[i]->outcome == CAGE_RUNNING && polls[i].revents) {
            read_some(cages[i]);
        }
    }
    watch(cages, n);
    for (size_t i = 0; i < n; i++) {
        ended |= polls[i].fd >= 0 && cages[i]->outcome != CAGE_RUNNING;
    }
    return ended;
}

int cage_wait(struct cage **cages, size_t n, int milliseconds, struct err *err) {
    _cleanup_(mem_freep) struct pollfd *polls = mem_alloc(n * sizeof *polls);
    if (!polls) {
        return err_memory(err);
    }
    uint64_t began = clock_monotonic();
    for (;;) {
        bool any = false;
        for (size_t i = 0; i < n; i++) {
            any |= cages[i]->outcome == CAGE_RUNNING;
        }
        int left = milliseconds;
        if (milliseconds >= 0) {
            uint64_t passed = (clock_monotonic() - began) / 1000000;
            left = passed >= (uint64_t)milliseconds ? 0 : milliseconds - (int)passed;
        }
        if (!any || wait_once(cages, polls, n, left) || left == 0) {
            return 0;
        }
    }
}

void cage_read(struct cage *cage) {
    struct pollfd output;
    if (cage->outcome == CAGE_RUNNING) {
        (void)wait_once(&cage, &output, 1, -1);
    }
}

bool cage_is_over(const struct cage *cage) {
    return cage->outcome != CAGE_RUNNING;
}

enum cage_outcome cage_outcome(const struct cage *cage) {
    return cage->outcome;
}

const struct err *cage_err(const struct cage *cage) {
    return &cage->err;
}

struct str cage_output(const struct cage *cage) {
    return buf_view(&cage->output);
}

void cage_drop(struct cage *cage, size_t n) {
    assert(n <= cage->output.n);
    if (n) {
        cage->output.n -= n;
        memmove(cage->output.p, cage->output.p + n, cage->output.n);
    }
}

struct buf cage_take_output(struct cage *cage) {
    struct buf output = cage->output;
    unsigned char *smaller = output.n ? mem_realloc(output.p, output.n) : NULL;
    if (smaller) {
        output.p = smaller;
        output.size = output.n;
    }
    cage->output = buf_new(output.cap);
    return output;
}

uint64_t cage_progress(const struct cage *cage) {
    return atomic_load(&cage->shared->bytes_read);
}

uint64_t cage_beats(const struct cage *cage) {
    return atomic_load_explicit(&cage->shared->beats, memory_order_relaxed);
}

uint64_t cage_step(const struct cage *cage) {
    return atomic_load(&cage->shared->step);
}

static ssize_t send_parcel(struct cage *cage, struct str message, const int *fds, size_t n) {
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int) * CAGE_PARCEL_FDS)];
    } control = {0};
    struct iovec bytes = {(void *)message.p, message.n};
    struct msghdr parcel = {.msg_iov = &bytes, .msg_iovlen = 1};
    if (n) {
        parcel.msg_control = &control;
        parcel.msg_controllen = CMSG_SPACE(sizeof(int) * n);
        struct cmsghdr *head = CMSG_FIRSTHDR(&parcel);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(int) * n);
        memcpy(CMSG_DATA(head), fds, sizeof(int) * n);
    }
    return sendmsg(cage->in, &parcel, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int cage_give(struct cage *cage, struct str message, const int *fds, size_t n, struct err *err) {
    assert(message.n > 0 && message.n <= CAGE_PARCEL_BYTES && n <= CAGE_PARCEL_FDS);
    for (;;) {
        if (cage_is_over(cage)) {
            return err_set(err, ERR_INPUT, "%s", cage->err.message);
        }
        if (send_parcel(cage, message, fds, n) >= 0) {
            return 0;
        }
        if (errno == EPIPE || errno == ECONNRESET) {
            reap(cage);
        } else if (errno != EAGAIN && errno != EINTR) {
            return err_set_errno(err, ERR_IO, "send");
        }
        /* The child is behind: take what it has written, so that neither waits for the other. */
        struct pollfd polls[] = {{cage->out, POLLIN, 0}, {cage->in, POLLOUT, 0}};
        (void)poll(polls, 2, WATCH_MS);
        if (polls[0].revents && !cage_is_over(cage)) {
            read_some(cage);
        }
        watch(&cage, 1);
    }
}

void cage_give_end(struct cage *cage) {
    closep(&cage->in);
    cage->in = -1;
}

int cage_call(const struct cage_job *job, struct buf *out, struct err *err) {
    _cleanup_(cage_freep) struct cage *cage = NULL;
    int r = cage_start(&cage, job, err);
    while (r == 0 && !cage_is_over(cage)) {
        r = cage_wait(&cage, 1, -1, err);
    }
    if (r < 0) {
        return r;
    }
    if (cage->outcome != CAGE_DONE) {
        *err = cage->err;
        return err->code;
    }
    buf_str(out, cage_output(cage));
    return out->failed ? err_memory(err) : 0;
}

const char *cage_lacks(void) {
    return cage_walls_lack();
}
