#include "source/git/commit.h"

#include "base/limits.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/program.h"
#include "source/git/client.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>

/* ---- records */

static int gone(struct commit *commit, struct err *err) {
    if (!commit->gone.code) {
        (void)program_gone(&commit->program, &commit->gone);
    }
    *err = commit->gone;
    return err->code;
}

int commit_send(struct commit *commit, int fd, struct err *err) {
    if (commit->gone.code) {
        return gone(commit, err);
    }
    if (commit->record.failed) {
        return err_set(err, ERR_LIMIT, "the folder's path or the revision is too long");
    }
    int r = packet_send(commit->program.socket, buf_view(&commit->record), fd, err);
    return r == ERR_ABSENT ? gone(commit, err) : MIN(r, 0);
}

int commit_receive(struct commit *commit, uint32_t *kind, struct cursor *payload, struct err *err) {
    _cleanup_(closep) int fd = -1;
    struct pollfd ready = {.fd = commit->program.socket, .events = POLLIN};
    if (poll(&ready, 1, LIMIT_STALL_SECONDS * 1000) == 0) {
        kill(commit->program.pid, SIGKILL);
        err_set(&commit->gone, ERR_LIMIT, "the repository's reader said nothing for %d seconds and was ended",
                LIMIT_STALL_SECONDS);
        return gone(commit, err);
    }
    int r = packet_receive(commit->program.socket, &commit->record, &fd, err);
    if (r == 0) {
        return gone(commit, err);
    }
    struct cursor in = cursor_over(buf_view(&commit->record));
    if (r > 0 && wire_next(&in, kind, payload) != 1) {
        return err_set(err, ERR_INPUT, "plimsoll-git: malformed record");
    }
    return MIN(r, 0);
}

/* ---- the tree */

static int keep(struct commit *commit, struct str *s, struct err *err) {
    if (!s->n) {
        *s = STR_NONE;
        return 0;
    }
    *s = arena_str(&commit->arena, *s);
    return s->p ? 0
                : err_set(err, ERR_LIMIT, "the names of the commit's files take more than %zu bytes",
                          LIMIT_GIT_NAMES);
}

static int take_entries(struct commit *commit, struct cursor in, struct err *err) {
    struct commit_file entry;
    int r;
    while ((r = git_get_entry(&in, &entry, err)) == 1) {
        if (commit->entries.n >= 2 * LIMIT_GIT_ENTRIES) {
            return err_set(err, ERR_LIMIT, "plimsoll-git: more entries than it may send");
        }
        if (keep(commit, &entry.path, err) < 0 || keep(commit, &entry.head, err) < 0 ||
            keep(commit, &entry.problem, err) < 0) {
            return err->code;
        }
        struct commit_file *slot = VEC_PUSH(&commit->arena, &commit->entries);
        uint64_t *index = slot && !entry.problem.n ? map_put(&commit->paths, entry.path, NULL) : NULL;
        if (!slot || (!entry.problem.n && !index)) {
            return err_memory(err);
        }
        *slot = entry;
        if (index) {
            *index = commit->entries.n - 1;
        }
    }
    return r;
}

static int take_opened(struct commit *commit, struct cursor in, struct err *err) {
    int r = git_get_opened(in, &commit->tree.commit, &commit->tree.has_folder, err);
    return r == 0 ? keep(commit, &commit->tree.commit, err) : r;
}

static int read_tree(struct commit *commit, struct err *err) {
    for (;;) {
        uint32_t kind;
        struct cursor in;
        int r = commit_receive(commit, &kind, &in, err);
        if (r == 0 && kind == GIT_DONE) {
            return git_get_done(in, err);
        }
        if (r == 0) {
            r = kind == GIT_OPENED    ? take_opened(commit, in, err)
                : kind == GIT_ENTRIES ? take_entries(commit, in, err)
                                      : err_set(err, ERR_INPUT, "plimsoll-git: a record out of turn");
        }
        if (r < 0) {
            return r;
        }
    }
}

int commit_open(struct commit **out, const char *folder, struct str revision, struct err *err) {
    _cleanup_(commit_closep) struct commit *commit = mem_alloc_zero(sizeof *commit);
    if (!commit) {
        return err_memory(err);
    }
    commit->record = buf_new(LIMIT_PACKET);
    commit->arena = arena_new(LIMIT_GIT_NAMES);
    commit->paths = map_new(&commit->arena);
    int r = program_start(&commit->program, "plimsoll-git", err);
    if (r == 0) {
        git_put_open(&commit->record, str_c(folder), revision);
        r = commit_send(commit, -1, err);
    }
    if (r == 0) {
        r = read_tree(commit, err);
    }
    if (r < 0) {
        return r;
    }
    commit->tree.entries = commit->entries.p;
    commit->tree.n = commit->entries.n;
    *out = TAKE_PTR(commit);
    return 0;
}

void commit_close(struct commit *commit) {
    if (commit) {
        program_stop(&commit->program);
        buf_free(&commit->record);
        arena_free(&commit->arena);
        arena_free(&commit->batch);
        mem_free(commit);
    }
}

void commit_closep(struct commit **commit) {
    commit_close(*commit);
}

const struct commit_tree *commit_tree(const struct commit *commit) {
    return &commit->tree;
}

const struct commit_file *commit_find(const struct commit *commit, struct str path) {
    const uint64_t *index = map_get(&commit->paths, path);
    return index ? &commit->entries.p[*index] : NULL;
}

/* ---- blobs */

/* Memory for what is small; a file on disk for the rest, where there is a disk. */
static int open_file(uint64_t size, struct err *err) {
    const char *temporary = getenv("TMPDIR");
    int fd = -1;
    if (size > MIB) {
        fd = open(temporary && *temporary ? temporary : "/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    }
    fd = fd >= 0 ? fd : memfd_create("blob", MFD_CLOEXEC);
    return fd >= 0 ? fd : err_set_errno(err, ERR_IO, "memory file");
}

int commit_blob(struct commit *commit, const struct commit_file *entry, struct err *err) {
    uint32_t kind = 0;
    struct cursor in;
    struct stat st;
    _cleanup_(closep) int fd = open_file(entry->size, err);
    if (fd < 0) {
        return err->code;
    }
    buf_clear(&commit->record);
    git_put_blob(&commit->record, entry->id);
    int r = commit_send(commit, fd, err);
    r = r == 0 ? commit_receive(commit, &kind, &in, err) : r;
    if (r == 0) {
        r = kind == GIT_DONE ? git_get_done(in, err)
                             : err_set(err, ERR_INPUT, "plimsoll-git: a record out of turn");
    }
    if (r == 0 && (fstat(fd, &st) < 0 || (uint64_t)st.st_size != entry->size || lseek(fd, 0, SEEK_SET) < 0)) {
        r = err_set(err, ERR_INPUT, "it is not of the size that git says");
    }
    if (r < 0) {
        return r;
    }
    return TAKE_FD(fd);
}
