/* What the commits of a history change, each against its first parent: contents in the order in which they
 * came in, and what became of each.
 *
 * Whatever a commit holds that its first parent does not, its difference to that one shows; what it shares
 * with that one was seen there. So every content of every commit is met, and unchanged folders cost nothing.
 * A content that was taken away counts as removed unless it came back since; a merge takes nothing away that
 * a commit of its own took away before. */
#ifndef PLIMSOLL_SOURCE_GIT_PROGRAM_CHANGES_H
#define PLIMSOLL_SOURCE_GIT_PROGRAM_CHANGES_H

#include "source/git/program/commits.h"

#include "base/buf.h"
#include "base/limits.h"
#include "source/git/history.h"

/* Numbers of commits are places in commits.order. */
struct kept_blob {
    uint32_t first, added, removed; /* COMMIT_NONE: never */
    bool is_in_head, is_taken;
};

/* A content that is to be offered, or a place that can't be read. */
struct offer {
    size_t path, path_n; /* in names */
    git_oid id;
    uint32_t blob;       /* number; COMMIT_NONE: there is a problem */
    const char *problem; /* lives as long as the repository's arena */
};

/* Two trees that were compared, and for which commit. */
struct compared {
    git_oid old, new;
    uint32_t commit;
};

struct changes {
    struct repository *repository;
    struct commits commits;
    size_t next; /* in commits.order */
    struct oid_table known;
    struct kept_blob *blobs;
    size_t blobs_n, blobs_size;
    struct compared *compared; /* COMPARED of them */
    struct buf names;
    struct offer *offers;
    size_t offers_n, offers_size, offered; /* those before `offered` were handed out */
    size_t batch, batch_n;                 /* the last that were handed out: the first, and how many */
    size_t settled;                        /* of the batch */
    char path[LIMIT_PATH];
    size_t path_n;
    unsigned depth;
    uint32_t commit; /* number of the one at hand */
    bool is_head;    /* the tree of the opened commit is at hand: it is only marked */
    bool is_merge;
    uint64_t entries, bytes;
    size_t problems;
    bool is_spent; /* a cap was reached, and said */
};

/* head: the opened commit. To be closed also when it fails. */
int changes_open(struct changes *changes, struct repository *repository, const git_oid *head,
                 const char *range, struct history *out, struct err *err);
void changes_close(struct changes *changes);

/* Adds a GIT_CONTENTS. */
int changes_next(struct changes *changes, struct buf *out, struct err *err);
/* Adds a GIT_TAKEN. ERR_IO: the file can't be written. */
int changes_take(struct changes *changes, struct str wishes, int fd, struct buf *out, struct err *err);
struct history_fate changes_fate(const struct changes *changes, const git_oid *id);
/* author is in text, which is the caller's. */
int changes_commit(const struct changes *changes, uint32_t number, struct buf *text,
                   struct history_commit *out, struct err *err);

#endif
