/* The commits of a history: each before its children, and of those that could be next the oldest. */
#ifndef PLIMSOLL_SOURCE_GIT_PROGRAM_COMMITS_H
#define PLIMSOLL_SOURCE_GIT_PROGRAM_COMMITS_H

#include "source/git/program/oid_table.h"

enum { COMMIT_NONE = UINT32_MAX };

struct listed_commit {
    git_oid id, tree;
    int64_t time;       /* of the committer */
    uint32_t parents;   /* where theirs begin in struct commits.parents, and */
    uint32_t parents_n; /* how many: those that are listed */
    uint32_t first;     /* the commit's own first, also one outside of the range; COMMIT_NONE: not there */
    bool is_hidden;     /* reachable from the beginning of the range */
    uint32_t waits_for; /* parents that are not in the order yet */
};

struct commits {
    struct listed_commit *p; /* in the order in which they were met */
    size_t n, size;
    uint32_t *parents; /* numbers in p */
    size_t parents_n, parents_size;
    uint32_t *order; /* numbers in p, oldest first */
    size_t order_n;
    struct oid_table known;
    size_t missing;  /* commits that are named and not there */
    bool is_shallow; /* because the clone is */
    bool is_cut;     /* LIMIT_GIT_COMMITS was reached */
};

/* All that any ref and head reach, or those of a range (gitrevisions(7): "A..B", or "B"). To be freed also
 * when it fails. ERR_ABSENT, ERR_USAGE: of the range. */
int commits_list(struct repository *repository, const git_oid *head, const char *range, struct commits *out,
                 struct err *err);
void commits_free(struct commits *commits);

#endif
