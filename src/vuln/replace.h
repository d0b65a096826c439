/* What building, updating and importing share: a new file that takes the place of the old. Inside of vuln/.
 */
#ifndef PLIMSOLL_VULN_REPLACE_H
#define PLIMSOLL_VULN_REPLACE_H

#include "base/mapping.h"
#include "vuln/build.h"
#include "vuln/db.h"

/* As file_replace(), of all of the file at from. */
int copy_file(const char *from, const char *to, struct err *err);

/* Changes the database, inside a transaction. */
typedef int db_change(void *context, sqlite3 *db, struct err *err);

/* What change() is given: an empty database, or a copy of the one at path, whose seal is verified unless the
 * caller has done so. */
enum db_base { DB_BASE_NONE, DB_BASE_COPY, DB_BASE_VERIFIED };

/* Lets change() fill a database beside path, vacuums it when that is worth it, seals, syncs and renames it to
 * path. On failure path stays as it was. */
int db_replace(const char *path, enum db_base base, db_change *change, void *context, struct err *err);

/* States built (0: the newest date of all sources) and leaves room for the seal: the last of all changes. */
int db_finish(sqlite3 *db, int64_t built, struct err *err);

#endif
