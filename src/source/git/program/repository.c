#include "source/git/program/repository.h"

#include "base/cage_walls.h"
#include "base/file.h"
#include "base/limits.h"

#include <limits.h>
#include <sys/stat.h>

int git_failed(const char *what, struct err *err) {
    const git_error *last = git_error_last();
    bool is_memory = last && last->klass == GIT_ERROR_NOMEMORY;
    return err_set(err, is_memory ? ERR_MEMORY : ERR_INPUT, "%s: %s", what,
                   last && last->message ? last->message : "git can't read it");
}

/* ---- where it is */

static bool is_kind(struct arena *arena, const char *folder, const char *name, mode_t kind) {
    struct stat st;
    const char *path = arena_printf(arena, "%s/%s", folder, name);
    return path && stat(path, &st) == 0 && (st.st_mode & S_IFMT) == kind;
}

/* The objects of a further working tree are elsewhere: commondir says where. */
static bool is_git_dir(struct arena *arena, const char *folder) {
    return is_kind(arena, folder, "HEAD", S_IFREG) &&
           (is_kind(arena, folder, "commondir", S_IFREG) ||
            (is_kind(arena, folder, "objects", S_IFDIR) && is_kind(arena, folder, "refs", S_IFDIR)));
}

/* A path in a one-line file, behind prefix, from the folder base; NULL when it isn't one. */
static char *read_link(struct arena *arena, const char *file, const char *prefix, const char *base) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_PATH);
    if (file_read(file, &text, NULL) < 0 || !str_starts(buf_view(&text), str_c(prefix))) {
        return NULL;
    }
    char resolved[PATH_MAX];
    struct str path = str_trim(str_from(buf_view(&text), strlen(prefix)));
    bool is_absolute = str_starts(path, STR("/"));
    const char *joined =
        arena_printf(arena, "%s%s%.*s", is_absolute ? "" : base, is_absolute ? "" : "/", STR_ARG(path));
    return joined && realpath(joined, resolved) ? arena_cstr(arena, str_c(resolved)) : NULL;
}

static char *common_dir_of(struct arena *arena, char *git_dir) {
    const char *file = arena_printf(arena, "%s/commondir", git_dir);
    char *common = file ? read_link(arena, file, "", git_dir) : NULL;
    return common ? common : git_dir;
}

/* folder itself as a repository, or as the top of a working tree. */
static char *git_dir_at(struct arena *arena, const char *folder, bool may_be_bare) {
    char *inside = arena_printf(arena, "%s/.git", folder);
    if (!inside) {
        return NULL;
    }
    if (is_kind(arena, folder, ".git", S_IFREG)) {
        char *named = read_link(arena, inside, "gitdir:", folder);
        return named && is_git_dir(arena, named) ? named : NULL;
    }
    if (is_git_dir(arena, inside)) {
        return inside;
    }
    return may_be_bare && is_git_dir(arena, folder) ? arena_cstr(arena, str_c(folder)) : NULL;
}

int repository_find(struct arena *arena, const char *folder, struct repository *out, struct err *err) {
    char whole[PATH_MAX];
    *out = (struct repository){.arena = arena, .folder = folder};
    if (!realpath(folder, whole)) {
        return err_set_errno(err, ERR_ABSENT, "%s", folder);
    }
    struct str top = str_c(whole);
    char *at = arena_cstr(arena, top);
    while (at && !(out->git_dir = git_dir_at(arena, at, top.n == strlen(whole))) && top.n > 1) {
        top = str_sub(top, 0, (size_t)MAX(str_rfind_byte(top, '/'), 0));
        at = arena_cstr(arena, top.n ? top : STR("/"));
    }
    if (!out->git_dir) {
        return at ? err_set(err, ERR_ABSENT, "%s is no git repository, nor in one", folder) : err_memory(err);
    }
    struct str below = str_from(str_c(whole), top.n);
    out->below = arena_str(arena, str_starts(below, STR("/")) ? str_from(below, 1) : below);
    out->common_dir = common_dir_of(arena, out->git_dir);
    return out->below.p ? 0 : err_memory(err);
}

/* ---- its walls */

int repository_raise_walls(const struct repository *repository, struct err *err) {
    const char *const readable[] = {repository->git_dir, repository->common_dir};
    const struct cage_walls walls = {.memory = LIMIT_GIT_MEMORY,
                                     .file_size = LIMIT_GIT_OBJECT,
                                     .readable = readable,
                                     .readable_n = ARRAY_SIZE(readable)};
    return cage_walls_raise(&walls, err);
}

/* ---- opening */

/* extensions.objectFormat, which libgit2 does not look at: it would call every id broken. */
static bool is_sha256(const struct repository *repository) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_CONFIG);
    const char *path = arena_printf(repository->arena, "%s/config", repository->common_dir);
    if (!path || file_read(path, &text, NULL) < 0) {
        return false;
    }
    for (struct str rest = buf_view(&text), line, name, value; str_line(&rest, &line);) {
        if (str_cut(line, '=', &name, &value) && str_eq_nocase(str_trim(name), STR("objectformat")) &&
            str_eq_nocase(str_trim(value), STR("sha256"))) {
            return true;
        }
    }
    return false;
}

int repository_open(struct repository *repository, struct err *err) {
    if (is_sha256(repository)) {
        return err_set(err, ERR_UNSUPPORTED, "%s: repositories with SHA-256 ids can't be read yet",
                       repository->folder);
    }
    if (git_repository_open_bare(&repository->git, repository->git_dir) < 0 ||
        git_repository_odb(&repository->objects, repository->git) < 0) {
        return git_failed(repository->folder, err);
    }
    return 0;
}

void repository_close(struct repository *repository) {
    git_odb_free(repository->objects);
    git_repository_free(repository->git);
}
