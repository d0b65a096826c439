/* Loose objects (gitformat-loose(5)), looked at before libgit2 is: it comes to no end in one that is cut off.
 */
#ifndef PLIMSOLL_SOURCE_GIT_PROGRAM_LOOSE_H
#define PLIMSOLL_SOURCE_GIT_PROGRAM_LOOSE_H

#include "source/git/program/repository.h"

/* 0 when the object is whole, or in a pack; ERR_INPUT when its file ends early or is no compressed stream,
 * ERR_LIMIT past LIMIT_GIT_OBJECT. */
int loose_check(const struct repository *repository, const git_oid *id, struct err *err);

#endif
