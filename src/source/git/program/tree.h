/* The files of a tree, folder by folder, as records. */
#ifndef PLIMSOLL_SOURCE_GIT_PROGRAM_TREE_H
#define PLIMSOLL_SOURCE_GIT_PROGRAM_TREE_H

#include "source/git/program/repository.h"

struct buf;

struct tree_sink {
    /* Sends a whole record and empties it. */
    int (*send)(void *ctx, struct buf *record, struct err *err);
    void *ctx;
};

/* The repository's folder in the tree of a commit; NULL when that has no such folder. */
int tree_find(const struct repository *repository, const git_tree *root, git_tree **out, struct err *err);
/* Sends all that is below. What can't be read is an entry with a problem. */
int tree_list(const struct repository *repository, const git_tree *tree, const struct tree_sink *sink,
              struct err *err);

/* Reads an object of at most LIMIT_GIT_OBJECT. ERR_ABSENT, ERR_LIMIT, ERR_INPUT. */
int tree_read_object(const struct repository *repository, const git_oid *id, git_object_t kind,
                     git_odb_object **out, struct err *err);

#endif
