/* plimsoll-git: the one program with libgit2. It is started by plimsoll with a socket at descriptor 3 and
 * leaves when that closes. Once it knows where the repository is, it can read that and do nothing else. See
 * source/git/commit.h. */
#include "source/git/program/changes.h"
#include "source/git/program/tree.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/program.h"
#include "source/git/message.h"

#include <fcntl.h>
#include <signal.h>

struct service {
    struct arena arena;
    struct repository repository;
    struct buf in, out;
    git_oid head; /* the opened commit */
    bool has_history;
    struct changes changes;
};

/* Nothing of the user's own configuration, and no more memory for objects than one asks for. */
static int start_library(struct err *err) {
    static const int levels[] = {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG,
                                 GIT_CONFIG_LEVEL_GLOBAL};
    if (git_libgit2_init() < 0) {
        return git_failed("libgit2 does not start", err);
    }
    for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
        (void)git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
    }
    /* Owners are asked about because git runs what a configuration names; nothing is run here. */
    (void)git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    /* Packs are looked at through windows: a large one is more than this process may map. */
    (void)git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, 16 * MIB);
    (void)git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, 256 * MIB);
    (void)git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)(64 * MIB));
    return 0;
}

static int send_record(void *ctx, struct buf *record, struct err *err) {
    int r = record->failed ? err_memory(err) : packet_send(PROGRAM_SOCKET, buf_view(record), -1, err);
    buf_clear(record);
    return MIN(r, 0);
}

/* 1 with the next request, 0 when there will be none. */
static int receive(struct service *s, uint32_t *kind, struct cursor *payload, int *fd, struct err *err) {
    int r = packet_receive(PROGRAM_SOCKET, &s->in, fd, err);
    struct cursor in = cursor_over(buf_view(&s->in));
    if (r == 1 && wire_next(&in, kind, payload) != 1) {
        r = err_set(err, ERR_INPUT, "plimsoll-git: malformed record");
    }
    return r;
}

static int send_tree(struct service *s, const git_tree *root, const git_oid *commit, struct err *err) {
    const struct tree_sink sink = {send_record, NULL};
    char hex[GIT_OID_HEXSZ + 1];
    git_tree *folder;
    int r = tree_find(&s->repository, root, &folder, err);
    if (r < 0) {
        return r;
    }
    git_put_opened(&s->out, str_c(git_oid_tostr(hex, sizeof hex, commit)), folder);
    r = send_record(NULL, &s->out, err);
    if (r == 0 && folder) {
        r = tree_list(&s->repository, folder, &sink, err);
    }
    git_tree_free(folder);
    return r;
}

static int open_and_list(struct service *s, const char *folder, const char *revision, struct err *err) {
    git_tree *tree = NULL;
    int r = repository_find(&s->arena, folder, &s->repository, err);
    if (r == 0) {
        r = repository_raise_walls(&s->repository, err);
    }
    if (r == 0) {
        r = repository_open(&s->repository, err);
    }
    if (r == 0) {
        r = repository_resolve(&s->repository, revision, &tree, &s->head, err);
    }
    r = r == 0 ? send_tree(s, tree, &s->head, err) : r;
    git_tree_free(tree);
    return r;
}

/* The first request. What is wrong with the repository is an answer, not a failure of the program. */
static int serve_open(struct service *s, struct err *err) {
    _cleanup_(closep) int fd = -1;
    struct cursor in;
    struct str folder, revision;
    struct err why = ERR_NONE;
    uint32_t kind;
    int r = receive(s, &kind, &in, &fd, err);
    if (r <= 0) {
        return r;
    }
    if (kind != GIT_OPEN) {
        return err_set(err, ERR_INPUT, "plimsoll-git: a record out of turn");
    }
    if (git_get_open(in, &folder, &revision, &why) == 0) {
        const char *place = arena_cstr(&s->arena, folder), *name = arena_cstr(&s->arena, revision);
        (void)(place && name ? open_and_list(s, place, name, &why) : err_memory(&why));
    }
    git_put_done(&s->out, &why);
    r = send_record(NULL, &s->out, err);
    return r < 0 ? r : why.code == 0;
}

static int give_blob(struct service *s, struct cursor in, int fd, struct err *err) {
    git_odb_object *blob = NULL;
    git_oid id;
    int r = git_get_blob(in, id.id, err);
    if (r == 0) {
        r = tree_read_object(&s->repository, &id, GIT_OBJECT_BLOB, &blob, err);
    }
    if (r == 0) {
        r = file_write_fd(fd, str_n(git_odb_object_data(blob), git_odb_object_size(blob)), err);
    }
    git_odb_object_free(blob);
    return r;
}

/* ---- the history */

static int begin_history(struct service *s, struct cursor in, struct err *err) {
    struct str range;
    struct history history;
    int r = git_get_history(in, &range, err);
    const char *name = r == 0 ? arena_cstr(&s->arena, range) : NULL;
    if (r < 0 || !name || s->has_history) {
        return r < 0 ? r : err_memory(err);
    }
    s->has_history = true;
    r = changes_open(&s->changes, &s->repository, &s->head, name, &history, err);
    if (r == 0) {
        git_put_listed(&s->out, &history);
    }
    return r;
}

static int give_fates(struct service *s, struct cursor in, struct err *err) {
    git_oid id;
    size_t start = wire_begin(&s->out, GIT_FATES);
    int r;
    while ((r = git_get_id(&in, id.id, err)) == 1) {
        struct history_fate fate = changes_fate(&s->changes, &id);
        git_put_fate(&s->out, &fate);
    }
    wire_end(&s->out, start);
    return r;
}

static int give_commits(struct service *s, struct cursor in, struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_FIELD);
    struct history_commit commit;
    uint32_t number;
    size_t start = wire_begin(&s->out, GIT_COMMITS);
    int r;
    while ((r = git_get_number(&in, &number, err)) == 1) {
        r = changes_commit(&s->changes, number, &text, &commit, err);
        if (r < 0) {
            return r;
        }
        git_put_commit(&s->out, &commit);
    }
    wire_end(&s->out, start);
    return r;
}

/* ---- requests */

/* Adds its answer to out, but for a GIT_DONE. 1: there is one. */
static int answer(struct service *s, uint32_t kind, struct cursor in, int fd, struct err *err) {
    bool is_known = kind == GIT_HISTORY || (s->has_history && kind > GIT_HISTORY);
    int r = 0;
    if (kind == GIT_BLOB) {
        return give_blob(s, in, fd, err);
    }
    if (is_known && kind == GIT_HISTORY) {
        r = begin_history(s, in, err);
    } else if (is_known && kind == GIT_NEXT) {
        r = changes_next(&s->changes, &s->out, err);
    } else if (is_known && kind == GIT_TAKE) {
        r = changes_take(&s->changes, cursor_take(&in, cursor_left(&in)), fd, &s->out, err);
    } else if (is_known && kind == GIT_FATES) {
        r = give_fates(s, in, err);
    } else if (is_known && kind == GIT_COMMITS) {
        r = give_commits(s, in, err);
    } else {
        r = err_set(err, ERR_INPUT, "plimsoll-git: a record out of turn");
    }
    return r == 0 ? 1 : r;
}

static int serve_requests(struct service *s, struct err *err) {
    for (;;) {
        _cleanup_(closep) int fd = -1;
        struct cursor in;
        struct err why = ERR_NONE;
        uint32_t kind;
        int r = receive(s, &kind, &in, &fd, err);
        if (r <= 0) {
            return r;
        }
        if (answer(s, kind, in, fd, &why) != 1) {
            buf_clear(&s->out);
            git_put_done(&s->out, &why);
        }
        if ((r = send_record(NULL, &s->out, err)) < 0) {
            return r;
        }
    }
}

static int serve(struct err *err) {
    struct service s = {.arena = arena_new(MIB), .in = buf_new(LIMIT_PACKET), .out = buf_new(LIMIT_PACKET)};
    int r = serve_open(&s, err);
    r = r == 1 ? serve_requests(&s, err) : r;
    changes_close(&s.changes);
    repository_close(&s.repository);
    buf_free(&s.in);
    buf_free(&s.out);
    arena_free(&s.arena);
    return r;
}

int main(void) {
    struct err err = ERR_NONE;
    signal(SIGPIPE, SIG_IGN);
    int r = close_range(PROGRAM_SOCKET + 1, ~0u, 0) < 0 ? err_set_errno(&err, ERR_IO, "close_range") : 0;
    r = r == 0 ? start_library(&err) : r;
    if (r == 0) {
        r = serve(&err);
    }
    if (r < 0) {
        fprintf(stderr, "%s\n", err.message);
    }
    /* Nothing is left to do, and a sanitizer's search for leaks needs more than the walls allow. */
    _exit(r < 0 ? 1 : 0);
}
