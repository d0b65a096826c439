#include "source/fetch/program/helper.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "source/fetch/program/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/wait.h>

enum { NAME_MAX_LENGTH = 64 };

/* A name that stays a file name: it becomes part of a program's. */
static bool is_name(struct str name) {
    for (size_t i = 0; i < name.n; i++) {
        if (!ascii_is_alnum(name.p[i]) && !strchr("-_.", name.p[i])) {
            return false;
        }
    }
    return name.n > 0 && name.n <= NAME_MAX_LENGTH;
}

struct child {
    pid_t pid;
    int out; /* our end */
};

static void end(struct child *child) {
    closep(&child->out);
    if (child->pid > 0) {
        kill(child->pid, SIGKILL);
        while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
}

static int start(struct child *child, const char *program, int in, int out, struct err *err) {
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0) {
        return err_memory(err);
    }
    char *argv[] = {(char *)program, (char *)"get", NULL};
    int r = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    r = r ? r : posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    r = r ? r : posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    r = r ? r : posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    r = r ? r : posix_spawnp(&child->pid, program, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (r) {
        child->pid = 0;
        errno = r;
        return err_set_errno(err, r == ENOENT ? ERR_ABSENT : ERR_IO, "%s", program);
    }
    return 0;
}

/* The server's name is put into the pipe before the program starts: it fits, and a program that leaves
 * without reading raises no SIGPIPE. */
static int open_pipes(struct child *child, struct str server, int theirs[2], struct err *err) {
    if (server.n > PIPE_BUF) {
        return err_set(err, ERR_LIMIT, "the server's name is longer than %d bytes", PIPE_BUF);
    }
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) < 0) {
        return err_set_errno(err, ERR_IO, "pipe");
    }
    if (pipe2(out, O_CLOEXEC) < 0) {
        close(in[0]);
        close(in[1]);
        return err_set_errno(err, ERR_IO, "pipe");
    }
    theirs[0] = in[0];
    theirs[1] = out[1];
    child->out = out[0];
    int r = file_write_fd(in[1], server, err);
    close(in[1]);
    if (r < 0) {
        close(in[0]);
        close(out[1]);
    }
    return r;
}

static int read_all(const struct child *child, struct buf *out, struct err *err) {
    uint64_t until = clock_monotonic() + HELPER_SECONDS * 1000000000ull;
    for (;;) {
        uint64_t now = clock_monotonic();
        struct pollfd ready = {.fd = child->out, .events = POLLIN};
        int n = poll(&ready, 1, now < until ? (int)((until - now) / 1000000u) + 1 : 0);
        if (n == 0) {
            return err_set(err, ERR_IO, "does not answer within %d s", HELPER_SECONDS);
        }
        if (n < 0) {
            if (errno == EINTR) {
                continue;
            }
            return err_set_errno(err, ERR_IO, "poll");
        }
        if (out->n == out->cap) {
            return err_set(err, ERR_LIMIT, "prints more than %zu bytes", out->cap);
        }
        ssize_t got = read(child->out, out->p + out->n, out->cap - out->n);
        if (got < 0 && errno != EINTR) {
            return err_set_errno(err, ERR_IO, "read");
        }
        if (got == 0) {
            return 0;
        }
        out->n += got > 0 ? (size_t)got : 0;
    }
}

/* A program that has closed its output has said all; it may not keep us waiting for its end either. */
static bool has_left(const struct child *child) {
    _cleanup_(closep) int pidfd = pidfd_open(child->pid, 0);
    struct pollfd ended = {.fd = pidfd, .events = POLLIN};
    return pidfd >= 0 && poll(&ended, 1, HELPER_SECONDS * 1000) == 1;
}

static int listen_to(struct child *child, struct buf *out, struct err *err) {
    int r = read_all(child, out, err);
    if (r < 0) {
        return r;
    }
    if (!has_left(child)) {
        return err_set(err, ERR_IO, "does not end within %d s", HELPER_SECONDS);
    }
    int status = 0;
    while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR) {
    }
    child->pid = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return 1;
    }
    /* The words are part of the protocol; the library that most helpers use prints them. */
    if (str_find(buf_view(out), STR("credentials not found")) >= 0) {
        return 0;
    }
    return err_set(err, ERR_IO, "failed with status %d", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

int helper_get(struct str name, struct str server, struct buf *out, struct err *err) {
    if (!is_name(name)) {
        return err_set(err, ERR_INPUT, "\"%.*s\" is no name of a credential helper", STR_ARG(name));
    }
    if (!buf_room(out, out->cap - out->n)) {
        return err_memory(err);
    }
    char program[sizeof "docker-credential-" + NAME_MAX_LENGTH];
    snprintf(program, sizeof program, "docker-credential-%.*s", STR_ARG(name));
    _cleanup_(end) struct child child = {0, -1};
    int theirs[2] = {-1, -1};
    int r = open_pipes(&child, server, theirs, err);
    if (r < 0) {
        return r;
    }
    r = start(&child, program, theirs[0], theirs[1], err);
    close(theirs[0]);
    close(theirs[1]);
    if (r < 0) {
        return r;
    }
    r = listen_to(&child, out, err);
    if (r < 0) {
        err_at(err, "%s", program);
    }
    return r;
}
