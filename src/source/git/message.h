/* The records between commit.c and plimsoll-git, one a packet (base/program.h).
 *
 * The program answers GIT_OPEN with GIT_OPENED, any number of GIT_ENTRIES and GIT_DONE, or with GIT_DONE
 * alone; then each GIT_BLOB, which hands over a file to fill, with GIT_DONE. Strings that are read point into
 * the record. */
#ifndef PLIMSOLL_SOURCE_GIT_MESSAGE_H
#define PLIMSOLL_SOURCE_GIT_MESSAGE_H

#include "base/wire.h"
#include "source/git/commit.h"

enum git_message { GIT_OPEN = 1, GIT_OPENED, GIT_ENTRIES, GIT_BLOB, GIT_DONE };

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

#endif
