/* rpmdb.sqlite: the table Packages(hnum, blob), read by SQLite over the bytes in memory.
 *
 * The file is hostile: its schema may name views, triggers and expressions of its own. So only a SELECT of
 * columns of the table itself is authorised, and steps are bounded by the file's size. A write-ahead log
 * beside the file is not seen: rpm empties it when it closes the database, and what a killed one left in it
 * is missed. SQLite's memory is its own (a page cache of 2 MB). */
#include "base/mem.h"
#include "inspect/packages/rpm/rpm_db.h"

#include <sqlite3.h>

/* Steps of SQLite's machine: five a row, and a real row, a header, has several hundred bytes; one step for
 * each 16 bytes of the file allows rows of 80. */
enum { STEPS_PER_CALL = 1000, STEPS_FREE = 100000, BYTES_PER_STEP = 16 };

struct steps {
    size_t left;
};

static int count_steps(void *user) {
    struct steps *steps = user;
    if (steps->left < STEPS_PER_CALL) {
        return 1;
    }
    steps->left -= STEPS_PER_CALL;
    return 0;
}

static int authorize(void *user, int action, const char *first, const char *second, const char *database,
                     const char *view) {
    return !view && (action == SQLITE_SELECT || action == SQLITE_READ) ? SQLITE_OK : SQLITE_DENY;
}

static void close_dbp(sqlite3 **db) {
    sqlite3_close(*db);
}

static void finalizep(sqlite3_stmt **statement) {
    sqlite3_finalize(*statement);
}

static int sqlite_error(sqlite3 *db, const char *place, struct err *err) {
    int code = sqlite3_errcode(db);
    if (code == SQLITE_NOMEM) {
        return err_memory(err);
    }
    if (code == SQLITE_INTERRUPT) {
        return err_set(err, ERR_INPUT, "%s: the database takes more steps than its size explains", place);
    }
    return err_set(err, ERR_INPUT, "%s: %s (what a -wal file beside it holds is not read)", place,
                   sqlite3_errmsg(db));
}

/* A database in memory can't be in WAL mode, which rpm sets: bytes 18 and 19, the format versions, are set
 * back to 1 in a copy (https://www.sqlite.org/c3ref/deserialize.html). */
static unsigned char *copy_of(struct str body) {
    enum { WRITE_VERSION = 18, READ_VERSION = 19, WAL = 2, LEGACY = 1 };
    unsigned char *copy = mem_alloc(body.n);
    if (copy) {
        memcpy(copy, body.p, body.n);
    }
    if (copy && body.n > READ_VERSION && copy[WRITE_VERSION] == WAL && copy[READ_VERSION] == WAL) {
        copy[WRITE_VERSION] = copy[READ_VERSION] = LEGACY;
    }
    return copy;
}

static void harden(sqlite3 *db, size_t size, struct steps *steps) {
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, (int)MIN(size, (size_t)INT32_MAX));
    sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, 1 << 16);
    sqlite3_limit(db, SQLITE_LIMIT_EXPR_DEPTH, 20);
    sqlite3_limit(db, SQLITE_LIMIT_VDBE_OP, 10000);
    sqlite3_progress_handler(db, STEPS_PER_CALL, count_steps, steps);
    sqlite3_set_authorizer(db, authorize, NULL);
}

static int read_rows(struct rpm_reader *reader, sqlite3 *db, struct err *err) {
    _cleanup_(finalizep) sqlite3_stmt *rows = NULL;
    char place[64] = "the table Packages";
    if (sqlite3_prepare_v2(db, "SELECT hnum, blob FROM Packages", -1, &rows, NULL) != SQLITE_OK) {
        return sqlite_error(db, place, err);
    }
    int step;
    while ((step = sqlite3_step(rows)) == SQLITE_ROW) {
        snprintf(place, sizeof place, "row %lld of Packages", (long long)sqlite3_column_int64(rows, 0));
        const char *blob = sqlite3_column_blob(rows, 1);
        struct str header = str_n(blob, blob ? (size_t)sqlite3_column_bytes(rows, 1) : 0);
        int code = rpm_reader_header(reader, header, place, err);
        if (code < 0) {
            return code;
        }
    }
    char after[80];
    snprintf(after, sizeof after, "after %s", place);
    return step == SQLITE_DONE ? 0 : sqlite_error(db, after, err);
}

int rpm_sqlite_read(struct rpm_reader *reader, struct err *err) {
    struct str body = reader->in->body;
    struct steps steps = {STEPS_FREE + body.n / BYTES_PER_STEP};
    _cleanup_(mem_freep) unsigned char *copy = copy_of(body);
    _cleanup_(close_dbp) sqlite3 *db = NULL;
    if (!copy || sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) {
        return err_memory(err);
    }
    if (sqlite3_deserialize(db, "main", copy, (sqlite3_int64)body.n, (sqlite3_int64)body.n,
                            SQLITE_DESERIALIZE_READONLY) != SQLITE_OK) {
        return sqlite_error(db, "byte 0", err);
    }
    harden(db, body.n, &steps);
    return read_rows(reader, db, err);
}
