/* What commit.c and history.c share: the conversation with plimsoll-git. */
#ifndef PLIMSOLL_SOURCE_GIT_CLIENT_H
#define PLIMSOLL_SOURCE_GIT_CLIENT_H

#include "base/map.h"
#include "base/program.h"
#include "source/git/message.h"

struct commit {
    struct program program;
    struct arena arena;
    struct buf record;
    VEC(struct commit_file) entries;
    struct map paths; /* → index of the entry */
    struct commit_tree tree;
    struct arena batch; /* of the history: the last contents */
    struct err gone;    /* why the program is there no more; code 0 while it is */
};

/* Sends the record that is in commit->record, with fd (-1: none). */
int commit_send(struct commit *commit, int fd, struct err *err);
/* The next record, within the time in which a reader must come on. */
int commit_receive(struct commit *commit, uint32_t *kind, struct cursor *payload, struct err *err);

#endif
