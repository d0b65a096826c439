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

/* Lets change() fill a new database beside path (with is_copy: a copy of the one at path, its seal verified),
 * vacuums, syncs and renames it to path. On failure path stays as it was. */
int db_replace(const char *path, bool is_copy, db_change *change, void *context, struct err *err);

/* States built (0: the newest date of all sources) and seals: the last of all changes. */
int db_finish(sqlite3 *db, int64_t built, struct err *err);

#endif
