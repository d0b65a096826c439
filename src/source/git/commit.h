/* A commit of a git repository as a tree of files, without a working copy.
 *
 *     _cleanup_(commit_closep) struct commit *commit = NULL;
 *     if (commit_open(&commit, "/src/app", STR("v1.2"), err) < 0) return err->code;
 *     for (size_t i = 0; i < commit_tree(commit)->n; i++) {
 *         const struct commit_file *file = &commit_tree(commit)->entries[i];
 *         int fd = file->problem.n ? -1 : commit_blob(commit, file, err); ...
 *     }
 *
 * A repository may be hostile: its objects, its refs, its configuration. plimsoll-git reads it (by libgit2),
 * with rights to read below the repository's own folder and to nothing else: no network, no other program, no
 * file written (base/cage_walls.h). Hooks, filters and whatever the configuration names are never run, so who
 * owns the repository does not matter. The user's own git configuration is not looked at. What comes back is
 * bounded records and the bytes of blobs as they are stored (no line ends changed, no LFS fetched).
 *
 * Not read: objects of another repository (objects/info/alternates), submodules, SHA-256 repositories. */
#ifndef PLIMSOLL_SOURCE_GIT_COMMIT_H
#define PLIMSOLL_SOURCE_GIT_COMMIT_H

#include "base/arena.h"
#include "base/err.h"

enum { GIT_ID = 20, GIT_HEAD = 16 };

/* A regular file, or something of the tree that can't be read. */
struct commit_file {
    struct str path; /* below the folder that was opened */
    uint32_t mode;   /* 0644 or 0755 */
    uint64_t size;
    unsigned char id[GIT_ID];
    struct str head;    /* its first GIT_HEAD bytes; empty when it has fewer */
    struct str problem; /* why it can't be read; else empty */
};

struct commit_tree {
    struct str commit;                 /* 40 hexadecimal digits */
    bool has_folder;                   /* the opened folder is in that commit */
    const struct commit_file *entries; /* in git's order: by bytes, a folder as if its name ended with "/" */
    size_t n;
};

struct commit;

/* Opens the repository that folder is, or lies in, and reads the tree of a revision (gitrevisions(7) without
 * searches of messages: a branch, a tag, an id, "HEAD~2"). Of a folder in a working tree, only what is below
 * it. ERR_ABSENT: no repository, or no such revision; the message says what was probably meant. */
int commit_open(struct commit **out, const char *folder, struct str revision, struct err *err) _nodiscard_;
void commit_close(struct commit *commit);
void commit_closep(struct commit **commit);

/* Lives as long as the commit. */
const struct commit_tree *commit_tree(const struct commit *commit);
/* NULL: there is no such file. */
const struct commit_file *commit_find(const struct commit *commit, struct str path);

/* The content in an unnamed file, from its beginning: the caller's. ERR_LIMIT above LIMIT_GIT_OBJECT. */
int commit_blob(struct commit *commit, const struct commit_file *entry, struct err *err) _nodiscard_;

#endif
