/* The records between commit.c and plimsoll-git, one a packet (base/program.h).
 *
 * The program answers GIT_OPEN with GIT_OPENED, any number of GIT_ENTRIES and GIT_DONE, or with GIT_DONE
 * alone; then each GIT_BLOB, which hands over a file to fill, with GIT_DONE. Strings that are read point into
 * the record. */
#ifndef PLIMSOLL_SOURCE_GIT_MESSAGE_H
#define PLIMSOLL_SOURCE_GIT_MESSAGE_H

#include "base/wire.h"
#include "source/git/history.h"

enum git_message {
    GIT_OPEN = 1,
    GIT_OPENED,
    GIT_ENTRIES,
    GIT_BLOB,
    GIT_DONE,
    GIT_HISTORY, /* answered by GIT_LISTED, or GIT_DONE with what is wrong */
    GIT_LISTED,
    GIT_NEXT, /* answered by GIT_CONTENTS */
    GIT_CONTENTS,
    GIT_TAKE, /* hands over a file to fill; answered by GIT_TAKEN */
    GIT_TAKEN,
    GIT_FATES,   /* answered by as many, in their order */
    GIT_COMMITS, /* likewise */
};

/* A whole record each. */
void git_put_open(struct buf *out, struct str folder, struct str revision);
void git_put_opened(struct buf *out, struct str commit, bool has_folder);
void git_put_blob(struct buf *out, const unsigned char id[GIT_ID]);
void git_put_done(struct buf *out, const struct err *err);

/* One of the entries that are a GIT_ENTRIES. */
void git_put_entry(struct buf *out, const struct commit_file *entry);

/* Payloads; ERR_INPUT when they aren't one. */
int git_get_open(struct cursor in, struct str *folder, struct str *revision, struct err *err);
int git_get_opened(struct cursor in, struct str *commit, bool *has_folder, struct err *err);
int git_get_blob(struct cursor in, unsigned char id[GIT_ID], struct err *err);
/* The error that was sent, or 0. */
int git_get_done(struct cursor in, struct err *err);
/* 1 with the next entry, 0 at the end. */
int git_get_entry(struct cursor *in, struct commit_file *out, struct err *err);

/* ---- the history: history.h */

void git_put_history(struct buf *out, struct str range);
void git_put_listed(struct buf *out, const struct history *history);
void git_put_next(struct buf *out);

/* A GIT_CONTENTS is whether more will come and the number of commits that were gone through, and behind that:
 */
void git_put_progress(struct buf *out, bool has_more, uint64_t done);
void git_put_content(struct buf *out, const struct history_content *content);

/* What is to be done with each of the last contents, from the first on; and what was done: so many of them,
 * each with its size. A content that was not written has a problem, or none when it was known already. */
void git_put_take(struct buf *out, const unsigned char *wishes, size_t n);
void git_put_taken_one(struct buf *out, uint64_t size, bool is_written, struct str problem);

void git_put_fate(struct buf *out, const struct history_fate *fate);
void git_put_commit(struct buf *out, const struct history_commit *commit);

int git_get_history(struct cursor in, struct str *range, struct err *err);
int git_get_listed(struct cursor in, struct history *out, struct err *err);
int git_get_progress(struct cursor *in, bool *has_more, uint64_t *done, struct err *err);
/* The following give 1 with the next, 0 at the end. */
int git_get_content(struct cursor *in, struct history_content *out, struct err *err);
int git_get_taken_one(struct cursor *in, struct history_content *out, struct err *err);
int git_get_fate(struct cursor *in, struct history_fate *out, struct err *err);
int git_get_commit(struct cursor *in, struct history_commit *out, struct err *err);
/* Of a GIT_FATES that asks. */
int git_get_id(struct cursor *in, unsigned char id[GIT_ID], struct err *err);
/* Of a GIT_COMMITS that asks. */
int git_get_number(struct cursor *in, uint32_t *number, struct err *err);

#endif
