/* All patterns of a list of rules as one Vectorscan database: opened at start, never compiled there.
 *
 * It says where a match ends and of which rule; what the match is, is for our own engine (scan.c). */
#ifndef PLIMSOLL_INSPECT_SECRETS_DATABASE_H
#define PLIMSOLL_INSPECT_SECRETS_DATABASE_H

#include "base/err.h"
#include "base/str.h"

struct secret_database;

/* bytes as secret_database_compile() wrote them. ERR_UNSUPPORTED: another release of Vectorscan did, or this
 * machine can't run it. */
int secret_database_open(struct secret_database **out, struct str bytes, struct err *err);
/* Of Vectorscan, as it runs. */
const char *secret_database_version(void);
void secret_database_close(struct secret_database *database);

/* Room for one scan at a time, for one of the databases or several: each further one may grow it. */
struct secret_room;
int secret_room_fit(struct secret_room **room, const struct secret_database *database, struct err *err);
void secret_room_free(struct secret_room *room);

/* A match of the rule ends before byte `end`. Anything but 0 ends the scan. */
typedef int secret_match(void *ctx, unsigned rule, uint64_t end);

/* text: at most UINT32_MAX bytes. 0 at its end, 1 when take() ended it, or ERR_MEMORY. */
int secret_database_scan(const struct secret_database *database, struct secret_room *room, struct str text,
                         secret_match *take, void *ctx);

#endif
