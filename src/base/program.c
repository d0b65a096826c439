#include "base/program.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* How long a program may take to leave once its socket is closed. */
enum { LEAVE_MS = 2000 };

/* ---- where it is */

static bool is_program(const char *path) {
    return access(path, X_OK) == 0;
}

static bool put_path(char out[LIMIT_PATH], struct str folder, const char *between, const char *name) {
    int n = snprintf(out, LIMIT_PATH, "%.*s%s/%s", STR_ARG(folder), between, name);
    return n > 0 && n < LIMIT_PATH && is_program(out);
}

int program_find(const char *name, char out[LIMIT_PATH], struct err *err) {
    const char *named = secure_getenv("PLIMSOLL_LIBEXEC");
    if (named && *named) {
        return put_path(out, str_c(named), "", name)
                   ? 0
                   : err_set_errno(err, ERR_ABSENT, "%s (from PLIMSOLL_LIBEXEC)", out);
    }
    static const char *const beside[] = {"", "/../libexec/plimsoll"};
    char self[LIMIT_PATH];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self);
    struct str folder = n > 0 ? str_dirname(str_n(self, (size_t)n)) : STR_NONE;
    for (size_t i = 0; folder.n && i < ARRAY_SIZE(beside); i++) {
        if (put_path(out, folder, beside[i], name)) {
            return 0;
        }
    }
    return put_path(out, str_c(PLIMSOLL_LIBEXEC), "", name)
               ? 0
               : err_set(err, ERR_ABSENT,
                         "%s is not beside this program nor in %s; install it, or name its folder in "
                         "PLIMSOLL_LIBEXEC",
                         name, PLIMSOLL_LIBEXEC);
}

/* ---- its life */

static int spawn(struct program *program, const char *path, int socket, struct err *err) {
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0) {
        return err_memory(err);
    }
    char *argv[] = {(char *)program->name, NULL};
    int r = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    r = r ? r : posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    r = r ? r : posix_spawn_file_actions_adddup2(&actions, socket, PROGRAM_SOCKET);
    r = r ? r : posix_spawn(&program->pid, path, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (r) {
        program->pid = 0;
        errno = r;
        return err_set_errno(err, ERR_IO, "%s", path);
    }
    return 0;
}

int program_start(struct program *program, const char *name, struct err *err) {
    char path[LIMIT_PATH];
    int pair[2];
    *program = (struct program){.name = name, .socket = -1};
    int r = program_find(name, path, err);
    if (r < 0) {
        return r;
    }
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
        return err_set_errno(err, ERR_IO, "socketpair");
    }
    program->socket = pair[0];
    _cleanup_(closep) int theirs = pair[1];
    return spawn(program, path, theirs, err);
}

/* Gives the program time to leave by itself, as it does when its socket closes. */
static void reap(struct program *program) {
    _cleanup_(closep) int pidfd = pidfd_open(program->pid, 0);
    struct pollfd ended = {.fd = pidfd, .events = POLLIN};
    if (pidfd < 0 || poll(&ended, 1, LEAVE_MS) <= 0) {
        kill(program->pid, SIGKILL);
    }
    while (waitpid(program->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    program->pid = 0;
}

void program_stop(struct program *program) {
    closep(&program->socket);
    program->socket = -1;
    if (program->pid) {
        reap(program);
    }
}

int program_gone(struct program *program, struct err *err) {
    int status = 0;
    pid_t pid = program->pid;
    program->pid = 0;
    while (pid && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status)) {
        return err_set(err, ERR_IO, "%s was ended by signal %d", program->name, WTERMSIG(status));
    }
    return err_set(err, ERR_IO, "%s left with status %d", program->name, WEXITSTATUS(status));
}

/* ---- packets */

/* Room for one descriptor, aligned as cmsg(3) asks. */
union control {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(int))];
};

int packet_send(int socket, struct str record, int fd, struct err *err) {
    struct iovec part = {(void *)record.p, record.n};
    union control control = {0};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd >= 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(head), &fd, sizeof fd);
    }
    ssize_t n;
    do {
        n = sendmsg(socket, &message, MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        return 0;
    }
    bool is_gone = n < 0 && (errno == EPIPE || errno == ECONNRESET);
    return n < 0 ? err_set_errno(err, is_gone ? ERR_ABSENT : ERR_IO, "socket: send") : 1;
}

static int take_descriptor(struct msghdr *message) {
    struct cmsghdr *head = CMSG_FIRSTHDR(message);
    int fd = -1;
    if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
        head->cmsg_len == CMSG_LEN(sizeof fd)) {
        memcpy(&fd, CMSG_DATA(head), sizeof fd);
    }
    return fd;
}

int packet_receive(int socket, struct buf *in, int *fd, struct err *err) {
    *fd = -1;
    buf_clear(in);
    unsigned char *room = buf_room(in, LIMIT_PACKET);
    if (!room) {
        return err_memory(err);
    }
    struct iovec part = {room, LIMIT_PACKET};
    union control control = {0};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control};
    ssize_t n;
    do {
        n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    } while (n < 0 && errno == EINTR);
    if (n < 0 && errno == ECONNRESET) {
        return 0; /* it left without reading all */
    }
    if (n < 0) {
        bool is_empty = errno == EAGAIN || errno == EWOULDBLOCK;
        return err_set_errno(err, is_empty ? ERR_ABSENT : ERR_IO, "socket: receive");
    }
    *fd = take_descriptor(&message);
    in->n = (size_t)n;
    return n > 0;
}
