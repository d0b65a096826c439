/* The repository that plimsoll-git reads: where it is, its walls, a revision of it.
 *
 * repository_find() looks at the file system and reads two short files of git's (gitrepository-layout(5));
 * everything else is read behind the walls that repository_raise_walls() puts up. */
#ifndef PLIMSOLL_SOURCE_GIT_PROGRAM_REPOSITORY_H
#define PLIMSOLL_SOURCE_GIT_PROGRAM_REPOSITORY_H

/* First: it has a field by the name of a function that banned.h forbids. */
#include <git2.h>

#include "base/arena.h"
#include "base/err.h"

struct repository {
    struct arena *arena;
    const char *folder; /* as asked for */
    char *git_dir;      /* of this working tree */
    char *common_dir;   /* with the objects: the same, unless the working tree is a further one */
    struct str below;   /* the asked folder in the tree, "" for all */
    git_repository *git;
    git_odb *objects;
};

/* The repository that folder is, or the nearest one that it lies in. ERR_ABSENT: none. */
int repository_find(struct arena *arena, const char *folder, struct repository *out, struct err *err);
/* For good: from now on, only files below the repository's folders can be opened. */
int repository_raise_walls(const struct repository *repository, struct err *err);
/* To be closed also when it fails. */
int repository_open(struct repository *repository, struct err *err);
void repository_close(struct repository *repository);

/* The tree of a revision and the id of its commit. ERR_ABSENT says what was probably meant. */
int repository_resolve(struct repository *repository, const char *revision, git_tree **tree, git_oid *commit,
                       struct err *err);

/* libgit2's last error in one line; ERR_MEMORY or ERR_INPUT. */
int git_failed(const char *what, struct err *err);

#endif
