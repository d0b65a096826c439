#include "base/file.h"

#include "base/limits.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

int file_open(const char *path, struct err *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd >= 0) {
        return fd;
    }
    enum err_code code = errno == ENOENT || errno == ENOTDIR ? ERR_ABSENT
                         : errno == EACCES || errno == EPERM ? ERR_DENIED
                                                             : ERR_IO;
    return err_set_errno(err, code, "%s", path);
}

int file_read_fd(int fd, struct buf *out, struct err *err) {
    for (;;) {
        size_t want = MIN(64 * KIB, out->cap - out->n);
        if (!want) {
            char more;
            ssize_t extra = read(fd, &more, 1);
            return extra > 0 ? err_set(err, ERR_LIMIT, "larger than %zu bytes", out->cap) : 0;
        }
        unsigned char *room = buf_room(out, want);
        if (!room) {
            return err_memory(err);
        }
        ssize_t n = read(fd, room, want);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return err_set_errno(err, ERR_IO, "read");
        }
        if (n == 0) {
            return 0;
        }
        out->n += (size_t)n;
    }
}

int file_read(const char *path, struct buf *out, struct err *err) {
    _cleanup_(closep) int fd = file_open(path, err);
    if (fd < 0) {
        return fd;
    }
    int r = file_read_fd(fd, out, err);
    return r < 0 ? err_at(err, "%s", path) : 0;
}

int file_read_at(int fd, off_t offset, void *out, size_t n, struct err *err) {
    size_t done = 0;
    while (done < n) {
        ssize_t got = pread(fd, (char *)out + done, n - done, offset + (off_t)done);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return err_set_errno(err, ERR_IO, "read at byte %lld", (long long)offset);
        }
        if (got == 0) {
            return err_set(err, ERR_INPUT, "the file ends at byte %lld, %zu bytes early",
                           (long long)offset + (long long)done, n - done);
        }
        done += (size_t)got;
    }
    return 0;
}

int file_write_fd(int fd, struct str bytes, struct err *err) {
    while (bytes.n) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return err_set_errno(err, ERR_IO, "write");
        }
        bytes = str_from(bytes, (size_t)n);
    }
    return 0;
}

int file_new_open(struct file_new *out, const char *path, struct err *err) {
    size_t room = strlen(path) + 32;
    *out = (struct file_new){.fd = -1, .path = mem_alloc(room)};
    if (!out->path) {
        return err_memory(err);
    }
    snprintf(out->path, room, "%s.%ld.new", path, (long)getpid());
    unlink(out->path);
    out->fd = open(out->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    return out->fd < 0 ? err_set_errno(err, ERR_IO, "%s", out->path) : 0;
}

static int place(struct file_new *file, const char *path, bool syncs, struct err *err) {
    if (syncs && fsync(file->fd) < 0) {
        return err_set_errno(err, ERR_IO, "%s: sync", file->path);
    }
    if (rename(file->path, path) < 0) {
        return err_set_errno(err, ERR_IO, "%s", path);
    }
    closep(&file->fd);
    file->fd = -1;
    return 0;
}

int file_new_place(struct file_new *file, const char *path, struct err *err) {
    return place(file, path, true, err);
}

void file_new_close(struct file_new *file) {
    if (file->fd >= 0) {
        closep(&file->fd);
        unlink(file->path);
    }
    mem_free(file->path);
    *file = FILE_NEW_NONE;
}

static int replace(const char *path, struct str bytes, bool syncs, struct err *err) {
    _cleanup_(file_new_close) struct file_new file = FILE_NEW_NONE;
    int r = file_new_open(&file, path, err);
    if (r == 0 && file_write_fd(file.fd, bytes, err) < 0) {
        r = err_at(err, "%s", file.path);
    }
    return r == 0 ? place(&file, path, syncs, err) : r;
}

int file_replace(const char *path, struct str bytes, struct err *err) {
    return replace(path, bytes, true, err);
}

int file_replace_cached(const char *path, struct str bytes, struct err *err) {
    return replace(path, bytes, false, err);
}

int file_make_dirs(const char *path, struct err *err) {
    char part[LIMIT_PATH];
    size_t n = strlen(path);
    if (n >= sizeof part) {
        return err_set(err, ERR_LIMIT, "%s: path too long", path);
    }
    memcpy(part, path, n + 1);
    for (size_t i = 1; i <= n; i++) {
        if (part[i] != '/' && part[i] != 0) {
            continue;
        }
        char c = part[i];
        part[i] = 0;
        if (mkdir(part, 0700) < 0 && errno != EEXIST) {
            return err_set_errno(err, ERR_IO, "%s", part);
        }
        part[i] = c;
    }
    return 0;
}

/* A folder of ours: where `own` says, else below what `xdg` says, else below the home. */
static char *own_dir(struct arena *arena, const char *own, const char *xdg, const char *below_home) {
    const char *place = getenv(own);
    if (place && *place) {
        return arena_printf(arena, "%s", place);
    }
    place = getenv(xdg);
    if (place && *place == '/') {
        return arena_printf(arena, "%s/plimsoll", place);
    }
    const char *home = getenv("HOME");
    return home && *home ? arena_printf(arena, "%s/%s/plimsoll", home, below_home) : NULL;
}

char *file_cache_dir(struct arena *arena) {
    return own_dir(arena, "PLIMSOLL_CACHE", "XDG_CACHE_HOME", ".cache");
}

char *file_state_dir(struct arena *arena) {
    return own_dir(arena, "PLIMSOLL_STATE", "XDG_STATE_HOME", ".local/state");
}
