/* Every content that the commits of a repository hold, each once, oldest commits first.
 *
 *     history_begin(commit, STR_NONE, &history, err)          all refs and the commit that was opened
 *     while ((r = history_next(commit, &contents, &n, &done, err)) == 1) {
 *         set wishes[i] of each contents[i], and until all are settled:
 *         history_take(commit, wishes, fd, contents, n, &settled, err)
 *     }
 *     history_fates(), history_commits()                      of contents that turned out to matter
 *
 * A content that is not taken comes again under the next path that has it: who asks says by path what is of
 * interest. Memory is bounded here by one batch, in plimsoll-git by LIMIT_GIT_COMMITS and LIMIT_GIT_BLOBS. As
 * for a commit's tree, only what is below the opened folder counts. Not read: messages of commits and tags.
 */
#ifndef PLIMSOLL_SOURCE_GIT_HISTORY_H
#define PLIMSOLL_SOURCE_GIT_HISTORY_H

#include "source/git/commit.h"

struct history {
    uint64_t commits;
    uint64_t missing; /* commits that others name and that are not there, or damaged */
    bool is_shallow;  /* because the clone is */
    bool is_cut;      /* LIMIT_GIT_COMMITS was reached: the others are not read */
};

struct history_content {
    struct str path; /* of the first commit that has it */
    unsigned char id[GIT_ID];
    bool is_in_head;    /* the commit that was opened has it, at this path or another */
    bool is_written;    /* after history_take(): it is in the file */
    uint64_t size;      /* after history_take() */
    struct str problem; /* why it, or what is at path, can't be read; else empty */
};

enum history_wish {
    HISTORY_PASS,  /* under this path it is of no interest */
    HISTORY_KNOWN, /* it need not come again */
    HISTORY_WRITE
};

/* What became of a content. Commits have numbers, which grow from the oldest on. */
struct history_fate {
    bool is_known, is_in_head, is_removed;
    uint32_t first;   /* the first commit that has it */
    uint32_t removed; /* the last that took it away and left none */
};

struct history_commit {
    unsigned char id[GIT_ID];
    int64_t time;      /* of the author, seconds since 1970 */
    struct str author; /* the name, as it is written */
};

/* range: "A..B" or one revision (gitrevisions(7)); empty: everything. Once for each commit that is open.
 * ERR_USAGE or ERR_ABSENT: of the range. */
int history_begin(struct commit *commit, struct str range, struct history *out, struct err *err) _nodiscard_;

/* 1 with the next contents (there may be none yet), which live until the next call; 0 at the end. done: the
 * commits gone through. */
int history_next(struct commit *commit, struct history_content **contents, size_t *n, uint64_t *done,
                 struct err *err) _nodiscard_;
/* Fills the file with the contents that are wished for, one after the other, until LIMIT_GIT_BATCH of bytes
 * are there (but at least one); *settled says for how many of the contents something was done. */
int history_take(struct commit *commit, const unsigned char *wishes, int fd, struct history_content *contents,
                 size_t n, size_t *settled, struct err *err) _nodiscard_;

/* At most HISTORY_ASKED at a time. */
enum { HISTORY_ASKED = 256 };
int history_fates(struct commit *commit, const unsigned char (*ids)[GIT_ID], struct history_fate *out,
                  size_t n, struct err *err) _nodiscard_;
/* Authors live in arena. */
int history_commits(struct commit *commit, const uint32_t *numbers, struct history_commit *out, size_t n,
                    struct arena *arena, struct err *err) _nodiscard_;

#endif
