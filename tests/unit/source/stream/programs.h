/* Runs other programs, whose output is what our readers are held against, and keeps test files. */
#ifndef PLIMSOLL_TESTS_UNIT_SOURCE_STREAM_PROGRAMS_H
#define PLIMSOLL_TESTS_UNIT_SOURCE_STREAM_PROGRAMS_H

#include "base/buf.h"
#include "base/file.h"

#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>

extern char **environ;

/* Runs argv with in as its input and its output in *out; the exit code, or -1. */
static inline int run(const char *const *argv, struct str in, struct buf *out) {
    _cleanup_(closep) int from = memfd_create("in", MFD_CLOEXEC), to = memfd_create("out", MFD_CLOEXEC);
    struct err err;
    if (file_write_fd(from, in, &err) < 0 || lseek(from, 0, SEEK_SET) < 0) {
        return -1;
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, from, 0);
    posix_spawn_file_actions_adddup2(&actions, to, 1);
    pid_t pid;
    int failed = posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)argv, environ), status = -1;
    posix_spawn_file_actions_destroy(&actions);
    if (failed || waitpid(pid, &status, 0) != pid || lseek(to, 0, SEEK_SET) < 0) {
        return -1;
    }
    buf_clear(out);
    return file_read_fd(to, out, &err) < 0 || !WIFEXITED(status) ? -1 : WEXITSTATUS(status);
}
#define RUN(in, out, ...) run((const char *const[]){__VA_ARGS__, NULL}, (in), (out))

static inline int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw) {
    return remove(path);
}

static inline void remove_tree(const char *path) {
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Bytes that do not compress well and are the same in every run. */
static inline void put_noise(struct buf *out, size_t n, uint64_t seed) {
    for (size_t i = 0; i < n; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        buf_byte(out, (unsigned char)(seed >> 56));
    }
}

#endif
