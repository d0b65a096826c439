/* The advisory database as SQLite sees it: its schema, how it is opened. Inside of vuln/ only.
 *
 * Tables: package gives a number to an ecosystem's package name; affected has by that number what all
 * advisories say of it (affected.h); the other blobs are those of osv.h. Numbers follow the order of the
 * input, and a file that is built is vacuumed, so that the same input gives the same bytes. */
#ifndef PLIMSOLL_VULN_DB_H
#define PLIMSOLL_VULN_DB_H

#include "base/err.h"
#include "base/hash.h"

#include <sqlite3.h>

enum {
    DB_APPLICATION_ID = 0x506c6d41, /* "PlmA" */
    DB_FORMAT = 2,                  /* user_version; other ones are refused */
};

/* A new file at path, which must not exist, with the schema and inside a transaction. */
int db_create(sqlite3 **out, const char *path, struct err *err);
/* An existing one, to be changed; inside a transaction. */
int db_edit(sqlite3 **out, const char *path, struct err *err);
/* Read-only, without locks: the file is replaced, never changed in place. Checks format and version. */
int db_open(sqlite3 **out, const char *path, struct err *err);
void db_closep(sqlite3 **db);

int db_execute(sqlite3 *db, const char *sql, struct err *err);
int db_prepare(sqlite3 *db, sqlite3_stmt **out, const char *sql, struct err *err);
void db_finalizep(sqlite3_stmt **statement);
/* Steps a statement that gives no rows, and makes it ready for the next time. */
int db_run(sqlite3_stmt *statement, struct err *err);
/* 1 for a row, 0 at the end. */
int db_step(sqlite3_stmt *statement, struct err *err);
int db_fail(sqlite3 *db, struct err *err);
/* The one number that a query or pragma gives; 0 for NULL and for no row. */
int db_number(sqlite3 *db, const char *sql, int64_t *out, struct err *err);

void db_bind(sqlite3_stmt *statement, int column, struct str text); /* not copied: run it before text goes */
void db_bind_blob(sqlite3_stmt *statement, int column, struct str bytes);
struct str db_text(sqlite3_stmt *statement, int column); /* valid until the next step */
struct str db_blob(sqlite3_stmt *statement, int column);

/* The meta table. An absent key is 0. */
int db_set_meta(sqlite3 *db, const char *key, int64_t value, struct err *err);
int db_get_meta(sqlite3 *db, const char *key, int64_t *out, struct err *err);

/* ERR_INPUT when it has other tables than db_create() makes, or more. */
int db_check_schema(sqlite3 *db, struct err *err);

#endif
