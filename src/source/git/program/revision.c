/* A revision to its tree; for one that is not there, what was probably meant. */
#include "source/git/program/repository.h"

#include "base/limits.h"
#include "base/near.h"

struct guess {
    struct near near;
    struct str word;
    char name[256];
    bool is_same; /* a ref whose last parts are the word: "origin/main" for "main" */
    size_t looked_at;
};

static struct str shorthand(struct str name) {
    static const struct str folders[] = {STR("refs/heads/"), STR("refs/tags/"), STR("refs/remotes/")};
    for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
        if (str_starts(name, folders[i])) {
            return str_from(name, folders[i].n);
        }
    }
    return name;
}

static int offer(const char *name, void *ctx) {
    struct guess *guess = ctx;
    struct str candidate = shorthand(str_c(name));
    size_t word = guess->word.n;
    if (++guess->looked_at > LIMIT_GIT_REFS || guess->is_same) {
        return 1;
    }
    bool ends_with =
        candidate.n > word && str_ends(candidate, guess->word) && candidate.p[candidate.n - word - 1] == '/';
    size_t distance = guess->near.distance;
    struct str best = guess->near.best;
    near_offer(&guess->near, candidate);
    bool is_nearer = guess->near.best.n && (!best.n || guess->near.distance < distance);
    if ((is_nearer || ends_with) && candidate.n < sizeof guess->name) {
        memcpy(guess->name, candidate.p, candidate.n);
        guess->name[candidate.n] = 0;
    }
    /* The name that was offered does not outlive this call. */
    guess->near.best = guess->near.best.n ? str_c(guess->name) : STR_NONE;
    guess->is_same = ends_with;
    return 0;
}

static int not_there(const struct repository *repository, const char *revision, struct err *err) {
    struct guess guess = {.near = near_to(str_c(revision)), .word = str_c(revision)};
    bool is_shallow = git_repository_is_shallow(repository->git) == 1;
    bool has_none = git_repository_head_unborn(repository->git) == 1 && strcmp(revision, "HEAD") == 0;
    (void)git_reference_foreach_name(repository->git, offer, &guess);
    if (has_none) {
        return err_set(err, ERR_ABSENT, "%s: the repository has no commit yet", repository->folder);
    }
    return err_set(err, ERR_ABSENT, "%s: there is no revision '%s' in this repository.%s%s%s%s",
                   repository->folder, revision, guess.name[0] ? " Did you mean " : "", guess.name,
                   guess.name[0] ? "?" : "",
                   is_shallow ? " It is a shallow clone: get more of it by git fetch --unshallow" : "");
}

static int tree_of(struct repository *repository, git_object *object, git_tree **tree, git_oid *commit,
                   struct err *err) {
    git_object *peeled = NULL;
    if (git_object_peel(&peeled, object, GIT_OBJECT_COMMIT) < 0) {
        return git_failed(repository->folder, err);
    }
    git_oid_cpy(commit, git_object_id(peeled));
    int r = git_commit_tree(tree, (git_commit *)peeled) < 0 ? git_failed(repository->folder, err) : 0;
    git_object_free(peeled);
    return r;
}

int repository_resolve(struct repository *repository, const char *revision, git_tree **tree, git_oid *commit,
                       struct err *err) {
    git_object *object = NULL;
    int code = strstr(revision, ":") || strstr(revision, "^{/")
                   ? GIT_EINVALIDSPEC
                   : git_revparse_single(&object, repository->git, revision);
    if (code == GIT_EINVALIDSPEC) {
        return err_set(err, ERR_USAGE, "'%s' is no revision of git: name a branch, a tag or a commit",
                       revision);
    }
    if (code == GIT_EAMBIGUOUS) {
        return err_set(err, ERR_USAGE, "%s: more than one object's id begins with %s: name more of it",
                       repository->folder, revision);
    }
    if (code == GIT_ENOTFOUND) {
        return not_there(repository, revision, err);
    }
    if (code < 0) {
        return git_failed(repository->folder, err);
    }
    int r = tree_of(repository, object, tree, commit, err);
    git_object_free(object);
    return r;
}
