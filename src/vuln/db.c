#include "vuln/db.h"

#include "base/buf.h"
#include "base/limits.h"

#define TABLE(name, columns) "CREATE TABLE " name " (" columns ")"

static const char *const schema[] = {
    TABLE("meta", "key TEXT PRIMARY KEY, value INTEGER NOT NULL") " WITHOUT ROWID",
    TABLE("source", "id INTEGER PRIMARY KEY, ecosystem TEXT NOT NULL, records INTEGER NOT NULL, "
                    "newest INTEGER NOT NULL, note TEXT NOT NULL"),
    TABLE("package", "ecosystem TEXT NOT NULL, name TEXT NOT NULL, id INTEGER NOT NULL, "
                     "PRIMARY KEY (ecosystem, name)") " WITHOUT ROWID",
    TABLE("advisory", "id INTEGER PRIMARY KEY, source INTEGER NOT NULL, name TEXT NOT NULL, "
                      "modified INTEGER NOT NULL, data BLOB NOT NULL"),
    TABLE("affected", "package INTEGER PRIMARY KEY, data BLOB NOT NULL"),
    TABLE("kev", "cve TEXT PRIMARY KEY, since INTEGER NOT NULL") " WITHOUT ROWID",
    TABLE("epss", "cve INTEGER PRIMARY KEY, score INTEGER NOT NULL, percentile INTEGER NOT NULL"),
    TABLE("seal", "sha256 BLOB NOT NULL"),
};

int db_fail(sqlite3 *db, struct err *err) {
    int result = sqlite3_errcode(db) & 0xff;
    enum err_code code = result == SQLITE_NOMEM                                ? ERR_MEMORY
                         : result == SQLITE_CORRUPT || result == SQLITE_NOTADB ? ERR_INPUT
                                                                               : ERR_IO;
    return err_set(err, code, "advisory database: %s", sqlite3_errmsg(db));
}

void db_closep(sqlite3 **db) {
    sqlite3_close_v2(*db);
    *db = NULL;
}

void db_finalizep(sqlite3_stmt **statement) {
    sqlite3_finalize(*statement);
}

int db_execute(sqlite3 *db, const char *sql, struct err *err) {
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : db_fail(db, err);
}

int db_prepare(sqlite3 *db, sqlite3_stmt **out, const char *sql, struct err *err) {
    int r = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
    return r == SQLITE_OK ? 0 : db_fail(db, err);
}

int db_step(sqlite3_stmt *statement, struct err *err) {
    int r = sqlite3_step(statement);
    return r == SQLITE_ROW ? 1 : r == SQLITE_DONE ? 0 : db_fail(sqlite3_db_handle(statement), err);
}

int db_run(sqlite3_stmt *statement, struct err *err) {
    int r = db_step(statement, err);
    sqlite3_reset(statement);
    return MIN(r, 0);
}

int db_number(sqlite3 *db, const char *sql, int64_t *out, struct err *err) {
    _cleanup_(db_finalizep) sqlite3_stmt *statement = NULL;
    int r = db_prepare(db, &statement, sql, err);
    if (r == 0) {
        r = db_step(statement, err);
    }
    *out = r == 1 ? sqlite3_column_int64(statement, 0) : 0;
    return MIN(r, 0);
}

/* A NULL pointer would bind as NULL: an empty slice is an empty text or blob. */
void db_bind(sqlite3_stmt *statement, int column, struct str text) {
    sqlite3_bind_text64(statement, column, text.p ? text.p : "", text.n, SQLITE_STATIC, SQLITE_UTF8);
}

void db_bind_blob(sqlite3_stmt *statement, int column, struct str bytes) {
    sqlite3_bind_blob64(statement, column, bytes.p ? bytes.p : "", bytes.n, SQLITE_STATIC);
}

struct str db_text(sqlite3_stmt *statement, int column) {
    const char *p = (const char *)sqlite3_column_text(statement, column);
    return str_n(p, (size_t)sqlite3_column_bytes(statement, column));
}

struct str db_blob(sqlite3_stmt *statement, int column) {
    const char *p = sqlite3_column_blob(statement, column);
    return str_n(p, (size_t)sqlite3_column_bytes(statement, column));
}

int db_set_meta(sqlite3 *db, const char *key, int64_t value, struct err *err) {
    _cleanup_(db_finalizep) sqlite3_stmt *statement = NULL;
    int r = db_prepare(db, &statement, "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", err);
    if (r < 0) {
        return r;
    }
    db_bind(statement, 1, str_c(key));
    sqlite3_bind_int64(statement, 2, value);
    return db_run(statement, err);
}

int db_get_meta(sqlite3 *db, const char *key, int64_t *out, struct err *err) {
    _cleanup_(db_finalizep) sqlite3_stmt *statement = NULL;
    *out = 0;
    int r = db_prepare(db, &statement, "SELECT value FROM meta WHERE key = ?", err);
    if (r < 0) {
        return r;
    }
    db_bind(statement, 1, str_c(key));
    r = db_step(statement, err);
    *out = r == 1 ? sqlite3_column_int64(statement, 0) : 0;
    return MIN(r, 0);
}

/* ---- opening */

/* A URI, as only that can say immutable=1: every byte but letters, digits and "/._-" is escaped. */
static int put_uri(struct buf *out, const char *path, const char *query, struct err *err) {
    buf_c(out, "file:");
    for (const char *c = path; *c; c++) {
        if (ascii_is_alnum(*c) || strchr("/._-", *c)) {
            buf_byte(out, (unsigned char)*c);
        } else {
            buf_printf(out, "%%%02x", (unsigned char)*c);
        }
    }
    buf_printf(out, "?%s", query);
    buf_byte(out, 0);
    return out->failed ? err_memory(err) : 0;
}

static int open_uri(sqlite3 **out, const char *path, const char *query, int flags, struct err *err) {
    _cleanup_(buf_free) struct buf uri = buf_new(4 * LIMIT_PATH);
    int r = put_uri(&uri, path, query, err);
    if (r < 0) {
        return r;
    }
    flags |= SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2((const char *)uri.p, out, flags, NULL) == SQLITE_OK) {
        return 0;
    }
    (void)(*out ? db_fail(*out, err) : err_memory(err));
    db_closep(out);
    return err_at(err, "%s", path);
}

int db_create(sqlite3 **out, const char *path, struct err *err) {
    _cleanup_(db_closep) sqlite3 *db = NULL;
    char pragmas[256];
    int r = open_uri(&db, path, "mode=rwc", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err);
    if (r < 0) {
        return r;
    }
    /* No journal: until it is renamed into place, nobody misses the file. */
    snprintf(pragmas, sizeof pragmas,
             "PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
             "PRAGMA application_id = %d; PRAGMA user_version = %d; BEGIN",
             DB_APPLICATION_ID, DB_FORMAT);
    r = db_execute(db, pragmas, err);
    for (size_t i = 0; i < ARRAY_SIZE(schema) && r == 0; i++) {
        r = db_execute(db, schema[i], err);
    }
    if (r == 0) {
        *out = TAKE_PTR(db);
    }
    return r;
}

static int check_format(sqlite3 *db, struct err *err) {
    int64_t application = 0, format = 0;
    int r = db_number(db, "PRAGMA application_id", &application, err);
    if (r == 0) {
        r = db_number(db, "PRAGMA user_version", &format, err);
    }
    if (r < 0) {
        return r;
    }
    if (application != DB_APPLICATION_ID) {
        return err_set(err, ERR_INPUT, "not an advisory database");
    }
    if (format != DB_FORMAT) {
        return err_set(err, ERR_UNSUPPORTED,
                       "advisory database of format %lld, this program reads %d; run 'plimsoll db update'",
                       (long long)format, DB_FORMAT);
    }
    return 0;
}

static int open_checked(sqlite3 **out, const char *path, const char *query, int flags, struct err *err) {
    _cleanup_(db_closep) sqlite3 *db = NULL;
    if (access(path, F_OK) < 0) {
        return err_set_errno(err, ERR_ABSENT, "%s", path);
    }
    int r = open_uri(&db, path, query, flags, err);
    if (r < 0) {
        return r;
    }
    /* The file may come from elsewhere: nothing in it may run. */
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    r = check_format(db, err);
    if (r == 0) {
        *out = TAKE_PTR(db);
        return 0;
    }
    return err_at(err, "%s", path);
}

int db_open(sqlite3 **out, const char *path, struct err *err) {
    int r = open_checked(out, path, "mode=ro&immutable=1", SQLITE_OPEN_READONLY, err);
    return r < 0 ? r : db_execute(*out, "PRAGMA mmap_size = 1073741824", err);
}

/* Defensive mode allows no journal_mode = OFF. */
int db_edit(sqlite3 **out, const char *path, struct err *err) {
    int r = open_checked(out, path, "mode=rw", SQLITE_OPEN_READWRITE, err);
    return r < 0 ? r
                 : db_execute(*out,
                              "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;"
                              "PRAGMA cache_size = -65536; PRAGMA mmap_size = 1073741824; BEGIN",
                              err);
}

/* ---- tables */

/* A view or a trigger more, or a table that is another, is not our file even when its sum is right. */
int db_check_schema(sqlite3 *db, struct err *err) {
    _cleanup_(db_finalizep) sqlite3_stmt *statement = NULL;
    size_t found = 0;
    int r = db_prepare(db, &statement, "SELECT sql FROM sqlite_schema", err);
    while (r == 0 && (r = db_step(statement, err)) == 1) {
        r = ERR_INPUT;
        for (size_t i = 0; i < ARRAY_SIZE(schema); i++) {
            if (str_eq(db_text(statement, 0), str_c(schema[i]))) {
                found++;
                r = 0;
            }
        }
    }
    if (r == ERR_INPUT || (r == 0 && found != ARRAY_SIZE(schema))) {
        return err_set(err, ERR_INPUT, "advisory database: its tables are not those of format %d", DB_FORMAT);
    }
    return r;
}
