/* What the actions of `plimsoll db` share. */
#ifndef PLIMSOLL_CMD_DB_H
#define PLIMSOLL_CMD_DB_H

#include "cmd/command.h"
#include "cmd/terminal.h"
#include "vuln/pull.h"

/* One run of the command. */
struct db_run {
    const struct arguments *arguments;
    struct arena *arena;
    const char *operand; /* FILE of import, export and verify, OLD of diff; NULL: none */
    const char *second;  /* NEW of diff, when there are two */
    bool is_open;        /* --no-cage */
    size_t problems;     /* records that were left out */
    struct progress progress;
    struct pull_options pulling;
};

/* The database in the cache folder, which is made when it isn't there; NULL with err set when it can't be. */
char *db_own_path(struct db_run *run, struct err *err);
/* Held until it is closed: one update or import at a time. */
int db_lock(const char *path, int *fd, struct err *err);
/* A build_problem; context is a struct db_run. */
void db_tell(void *context, struct str place, struct str member, struct str message);

int db_diff(struct db_run *run, struct err *err);
/* What of two databases is different, whatever is scanned; paths of unpacked ones. */
int db_compare(const char *old, const char *new_one, bool is_json, struct err *err);
int db_status(struct db_run *run, struct err *err);
int db_update(struct db_run *run, struct err *err);
int db_build(struct db_run *run, struct err *err);

#endif
