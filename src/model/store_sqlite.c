/* The store in SQLite (https://www.sqlite.org/lang.html).
 *
 * A run's assets stand in run_asset with the properties that they had then; asset.last_run names the run that
 * has the newest. In memory nothing is synced; files use write-ahead logging, so that readers never wait. */
#include "base/limits.h"
#include "base/mem.h"
#include "model/store.h"

#include <sqlite3.h>

enum {
    APPLICATION_ID = 0x506c696d, /* "Plim": says whose file it is */
    BUSY_MILLISECONDS = 10000,
};

#define RULE_TABLE                                                                                           \
    "CREATE TABLE rule (run INTEGER NOT NULL, id TEXT NOT NULL, properties TEXT NOT NULL,"                   \
    " PRIMARY KEY (run, id)) WITHOUT ROWID;"

/* What a new store gets. */
static const char newest[] =
    "CREATE TABLE run (id INTEGER PRIMARY KEY, target TEXT NOT NULL, version TEXT NOT NULL,"
    " started INTEGER NOT NULL, finished INTEGER NOT NULL, is_complete INTEGER NOT NULL,"
    " subject INTEGER NOT NULL, properties TEXT NOT NULL);"
    "CREATE TABLE asset (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, key TEXT NOT NULL,"
    " name TEXT NOT NULL, version TEXT NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,"
    " last_run INTEGER NOT NULL, UNIQUE (key, kind));"
    "CREATE TABLE run_asset (run INTEGER NOT NULL, asset INTEGER NOT NULL, position INTEGER NOT NULL,"
    " properties TEXT NOT NULL, PRIMARY KEY (run, asset)) WITHOUT ROWID;"
    "CREATE TABLE edge (run INTEGER NOT NULL, \"from\" INTEGER NOT NULL, \"to\" INTEGER NOT NULL,"
    " kind INTEGER NOT NULL, properties TEXT NOT NULL, PRIMARY KEY (run, \"from\", \"to\", kind))"
    " WITHOUT ROWID;"
    "CREATE TABLE finding (id INTEGER PRIMARY KEY, run INTEGER NOT NULL, asset INTEGER NOT NULL,"
    " rule TEXT NOT NULL, title TEXT NOT NULL, severity INTEGER NOT NULL, score REAL NOT NULL,"
    " is_exploited INTEGER NOT NULL, status INTEGER NOT NULL, path TEXT NOT NULL, line INTEGER NOT NULL,"
    " layer INTEGER NOT NULL, is_in_base INTEGER NOT NULL, fixed TEXT NOT NULL, evidence TEXT NOT NULL,"
    " fingerprint TEXT NOT NULL, kind INTEGER NOT NULL DEFAULT 0, \"column\" INTEGER NOT NULL DEFAULT 0,"
    " action INTEGER NOT NULL DEFAULT 0, decision TEXT NOT NULL DEFAULT '');"
    "CREATE INDEX finding_run ON finding (run);"
    "CREATE TABLE problem (id INTEGER PRIMARY KEY, run INTEGER NOT NULL, place TEXT NOT NULL,"
    " message TEXT NOT NULL, is_incomplete INTEGER NOT NULL);"
    "CREATE INDEX problem_run ON problem (run);" RULE_TABLE;

/* Migration i brings a store of version i + 1 to i + 2. Never change one that was released: append, and bring
 * `newest` to the same. */
static const char *const migrations[] = {
    "ALTER TABLE finding ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE finding ADD COLUMN \"column\" INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE finding ADD COLUMN action INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE finding ADD COLUMN decision TEXT NOT NULL DEFAULT '';" RULE_TABLE,
};

enum { SCHEMA = ARRAY_SIZE(migrations) + 1 };

enum statement {
    RUN_BEGIN,
    RUN_END,
    PUT_ASSET,
    UPDATE_ASSET,
    FIND_ASSET,
    PUT_RUN_ASSET,
    PUT_EDGE,
    PUT_FINDING,
    DECIDE_FINDING,
    PUT_EVIDENCE,
    PUT_PROBLEM,
    PUT_RULE,
    GET_ASSET_KEY,
    GET_RUN,
    GET_LATEST_RUNS,
    GET_RUN_START,
    GET_ASSET,
    GET_ASSETS,
    GET_FOUND_ASSETS,
    COUNT_ASSETS,
    GET_EDGES,
    GET_FINDINGS,
    EACH_FINDING,
    GET_FINDINGS_AFTER,
    GET_FINDING,
    COUNT_FINDINGS,
    HAS_ACTION,
    GET_PROBLEMS,
    GET_RULES,
    STATEMENTS
};

#define FINDING                                                                                              \
    "id, asset, rule, title, severity, score, status, path, line, layer, is_in_base, fixed, evidence,"       \
    " fingerprint, kind, \"column\", action, decision"
#define RUN_ASSETS                                                                                           \
    "SELECT a.id, a.kind, a.key, a.name, a.version, r.properties, a.first_seen, a.last_seen"                 \
    " FROM run_asset r CROSS JOIN asset a ON a.id = r.asset WHERE r.run = ?1"                                \
    " AND (a.kind = ?2 OR ?2 < 0)"
#define WORST_FIRST " ORDER BY is_exploited DESC, severity DESC, score DESC, rule, asset, id"

static const char *const statements[STATEMENTS] = {
    [RUN_BEGIN] = "INSERT INTO run (target, version, started, finished, is_complete, subject, properties)"
                  " VALUES (?, ?, ?, ?, ?, ?, ?)",
    [RUN_END] = "UPDATE run SET finished = ?2, is_complete = ?3, subject = ?4, properties = ?5 WHERE id = ?1",
    [PUT_ASSET] = "INSERT INTO asset (kind, key, name, version, first_seen, last_seen, last_run)"
                  " VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6) ON CONFLICT DO NOTHING",
    [UPDATE_ASSET] = "UPDATE asset SET name = ?3, version = ?4, first_seen = min(first_seen, ?5),"
                     " last_seen = max(last_seen, ?5), last_run = ?6 WHERE kind = ?1 AND key = ?2",
    [FIND_ASSET] = "SELECT id FROM asset WHERE kind = ?1 AND key = ?2",
    [PUT_RUN_ASSET] = "INSERT INTO run_asset (run, asset, position, properties) VALUES (?, ?, ?, ?)"
                      " ON CONFLICT (run, asset) DO UPDATE SET properties = excluded.properties",
    [PUT_EDGE] = "INSERT OR REPLACE INTO edge (run, \"from\", \"to\", kind, properties)"
                 " VALUES (?, ?, ?, ?, ?)",
    [PUT_FINDING] =
        "INSERT INTO finding (run, asset, rule, title, severity, score, is_exploited, status, path,"
        " line, layer, is_in_base, fixed, evidence, fingerprint, kind, \"column\", action, decision)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6,"
        " CASE WHEN ?15 AND json_valid(?13) THEN coalesce(json_type(?13, '$.kev'), 'null') <> 'null' ELSE 0 "
        "END,"
        " ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?16, ?17, ?18, ?19)",
    [DECIDE_FINDING] = "UPDATE finding SET status = ?2, action = ?3, decision = ?4 WHERE id = ?1",
    [PUT_EVIDENCE] = "UPDATE finding SET evidence = ?2 WHERE id = ?1",
    [PUT_RULE] = "INSERT OR REPLACE INTO rule (run, id, properties) VALUES (?, ?, ?)",
    [GET_RULES] = "SELECT id, properties FROM rule WHERE run = ? ORDER BY id",
    [PUT_PROBLEM] = "INSERT INTO problem (run, place, message, is_incomplete) VALUES (?, ?, ?, ?)",
    [GET_ASSET_KEY] = "SELECT key FROM asset WHERE id = ?",
    [GET_RUN_START] = "SELECT started FROM run WHERE id = ?",
    [GET_RUN] = "SELECT id, target, version, started, finished, is_complete, subject, properties"
                " FROM run WHERE id = ?",
    [GET_LATEST_RUNS] = "SELECT id, target, version, started, finished, is_complete, subject, properties"
                        " FROM run WHERE id IN (SELECT max(id) FROM run GROUP BY target) ORDER BY id",
    [GET_ASSET] = "SELECT a.id, a.kind, a.key, a.name, a.version, r.properties, a.first_seen, a.last_seen"
                  " FROM asset a JOIN run_asset r ON r.run = a.last_run AND r.asset = a.id WHERE a.id = ?",
    [GET_ASSETS] = RUN_ASSETS " ORDER BY r.position",
    [GET_FOUND_ASSETS] =
        RUN_ASSETS " AND r.asset IN (SELECT asset FROM finding WHERE run = ?1) ORDER BY r.position",
    [COUNT_ASSETS] = "SELECT count(*) FROM run_asset r JOIN asset a ON a.id = r.asset WHERE r.run = ?1"
                     " AND (a.kind = ?2 OR ?2 < 0)",
    [GET_EDGES] = "SELECT \"from\", \"to\", kind, properties FROM edge WHERE run = ?"
                  " ORDER BY \"from\", \"to\", kind",
    [GET_FINDINGS] = "SELECT " FINDING " FROM finding WHERE run = ?" WORST_FIRST,
    /* What is sorted is held or spilled, so the long columns of checks are left out. */
    [EACH_FINDING] =
        "SELECT id, asset, rule, title, severity, score, status, iif(kind = 1, '', path), line, layer,"
        " is_in_base, fixed, iif(kind = 1, '', evidence), iif(kind = 1, '', fingerprint), kind, \"column\","
        " action, decision FROM finding WHERE run = ?" WORST_FIRST,
    [GET_FINDINGS_AFTER] = "SELECT " FINDING " FROM finding WHERE run = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
    [GET_FINDING] = "SELECT " FINDING " FROM finding WHERE id = ?",
    [COUNT_FINDINGS] = "SELECT count(*) FROM finding WHERE run = ?",
    [HAS_ACTION] = "SELECT EXISTS (SELECT 1 FROM finding WHERE run = ?1 AND action = ?2)",
    [GET_PROBLEMS] = "SELECT place, message, is_incomplete FROM problem WHERE run = ? ORDER BY id",
};

struct store {
    sqlite3 *db;
    sqlite3_stmt *cached[STATEMENTS];
    int64_t position;         /* of the next asset put: only its growing counts */
    int64_t run, run_started; /* the run written last */
    char name[256];           /* for messages; the end of long paths is cut */
};

/* ---- errors */

static const struct {
    int result;
    enum err_code code;
    const char *message; /* NULL: SQLite's own */
} failures[] = {
    {SQLITE_NOMEM, ERR_MEMORY, "out of memory"},
    {SQLITE_NOTADB, ERR_INPUT, "this file is not a Plimsoll store; name another one or move it away"},
    {SQLITE_CORRUPT, ERR_INPUT,
     "the store is damaged; restore it from a backup or move it away, and a new one will be made"},
    {SQLITE_BUSY, ERR_IO, "another process is writing to the store; try again when it is done"},
    {SQLITE_FULL, ERR_IO, "no space left for the store"},
    {SQLITE_READONLY, ERR_DENIED, "the store can't be written; check the permissions of file and folder"},
    {SQLITE_CANTOPEN, ERR_IO, "can't be opened; check that its folder exists and can be written"},
    {SQLITE_TOOBIG, ERR_LIMIT, "a text is too large for the store"},
};

static int fail(struct store *store, int result, struct err *err) {
    for (size_t i = 0; i < ARRAY_SIZE(failures); i++) {
        if (failures[i].result == (result & 0xff)) {
            return err_set(err, failures[i].code, "store %s: %s", store->name, failures[i].message);
        }
    }
    return err_set(err, ERR_IO, "store %s: %s", store->name, sqlite3_errmsg(store->db));
}

static int execute(struct store *store, const char *sql, struct err *err) {
    int result = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
    return result == SQLITE_OK ? 0 : fail(store, result, err);
}

/* ---- statements */

static int prepare(struct store *store, enum statement which, sqlite3_stmt **out, struct err *err) {
    if (!store->cached[which]) {
        int result = sqlite3_prepare_v3(store->db, statements[which], -1, SQLITE_PREPARE_PERSISTENT,
                                        &store->cached[which], NULL);
        if (result != SQLITE_OK) {
            return fail(store, result, err);
        }
    }
    *out = store->cached[which];
    return 0;
}

/* The bytes must live until the statement is reset. A failure comes back from the step, as a NULL does. */
static void bind_text(sqlite3_stmt *statement, int i, struct str s) {
    sqlite3_bind_text64(statement, i, s.n ? s.p : "", s.n, SQLITE_STATIC, SQLITE_UTF8);
}

static struct str object(struct str json) {
    return json.n ? json : STR("{}");
}

static int finish(struct store *store, sqlite3_stmt *statement, int result, struct err *err) {
    int code = result == SQLITE_DONE || result == SQLITE_ROW ? 0 : fail(store, result, err);
    sqlite3_reset(statement);
    return code;
}

static int run_statement(struct store *store, sqlite3_stmt *statement, struct err *err) {
    return finish(store, statement, sqlite3_step(statement), err);
}

static struct str column(sqlite3_stmt *statement, int i, struct arena *arena, bool *ok) {
    const void *bytes = sqlite3_column_blob(statement, i);
    struct str copy = arena_str(arena, str_n(bytes, (size_t)sqlite3_column_bytes(statement, i)));
    *ok = *ok && copy.p;
    return copy;
}

static int column_enum(sqlite3_stmt *statement, int i, int n) {
    int value = sqlite3_column_int(statement, i);
    return value >= 0 && value < n ? value : 0;
}

/* ---- opening */

static int read_number(struct store *store, const char *sql, int64_t *out, struct err *err) {
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL);
    if (result == SQLITE_OK) {
        result = sqlite3_step(statement);
    }
    if (result == SQLITE_ROW) {
        *out = sqlite3_column_int64(statement, 0);
    }
    sqlite3_finalize(statement);
    return result == SQLITE_ROW ? 0 : fail(store, result, err);
}

static int check_owner(struct store *store, struct err *err) {
    int64_t owner = 0, tables = 0;
    if (read_number(store, "PRAGMA application_id", &owner, err) < 0 ||
        read_number(store, "SELECT count(*) FROM sqlite_schema", &tables, err) < 0) {
        return err->code;
    }
    if (owner != APPLICATION_ID && (owner || tables)) {
        return fail(store, SQLITE_NOTADB, err);
    }
    return 0;
}

static int migrate_locked(struct store *store, struct err *err) {
    int64_t version = 0;
    if (check_owner(store, err) < 0 || read_number(store, "PRAGMA user_version", &version, err) < 0) {
        return err->code;
    }
    if (version < 0 || version > SCHEMA) {
        return err_set(err, ERR_UNSUPPORTED,
                       "store %s: has schema %lld, this plimsoll knows up to %d; use the newer plimsoll that"
                       " wrote it",
                       store->name, (long long)version, SCHEMA);
    }
    if (version == 0 && execute(store, newest, err) < 0) {
        return err->code;
    }
    for (size_t i = (size_t)version; i > 0 && i < SCHEMA; i++) {
        if (execute(store, migrations[i - 1], err) < 0) {
            return err->code;
        }
    }
    char pragmas[128];
    snprintf(pragmas, sizeof pragmas, "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID,
             SCHEMA);
    return version == SCHEMA ? 0 : execute(store, pragmas, err);
}

/* Looks before it takes the writer's lock, so that an ordinary start does not wait for a long writer. */
static int migrate(struct store *store, struct err *err) {
    int64_t version = 0;
    if (check_owner(store, err) < 0 || read_number(store, "PRAGMA user_version", &version, err) < 0) {
        return err->code;
    }
    if (version == SCHEMA) {
        return 0;
    }
    if (execute(store, "BEGIN IMMEDIATE", err) < 0) {
        return err->code;
    }
    if (migrate_locked(store, err) < 0) {
        store_rollback(store);
        return err->code;
    }
    return store_commit(store, err);
}

/* Kibibytes: what an ordinary image needs. A store without a name writes the rest, as sorting does, to files
 * that SQLite makes in SQLITE_TMPDIR or TMPDIR, else /var/tmp, for their owner alone, and unlinks at once. */
#define CACHE "PRAGMA cache_size = -8192; PRAGMA temp_store = FILE"

static int connect(struct store *store, const char *path, struct err *err) {
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    /* Nobody asks how much memory it uses, and to count it takes a lock at each allocation. Without effect
     * once SQLite runs. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    int result = sqlite3_open_v2(path ? path : "", &store->db, flags, NULL);
    if (result != SQLITE_OK) {
        return fail(store, result, err);
    }
    sqlite3_extended_result_codes(store->db, 1);
    if (!path) {
        return execute(store, "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; " CACHE, err);
    }
    sqlite3_busy_timeout(store->db, BUSY_MILLISECONDS);
    /* Before anything is written: the file may be somebody else's. */
    if (check_owner(store, err) < 0) {
        return err->code;
    }
    return execute(store, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", err);
}

int store_open(struct store **out, const char *path, struct err *err) {
    struct err local;
    err = err ? err : &local;
    _cleanup_(store_closep) struct store *store = mem_alloc_zero(sizeof *store);
    if (!store) {
        return err_memory(err);
    }
    snprintf(store->name, sizeof store->name, "%s", path ? path : "in memory");
    if (connect(store, path, err) < 0 || migrate(store, err) < 0) {
        return err->code;
    }
    *out = TAKE_PTR(store);
    return 0;
}

void store_close(struct store *store) {
    if (!store) {
        return;
    }
    for (size_t i = 0; i < STATEMENTS; i++) {
        sqlite3_finalize(store->cached[i]);
    }
    sqlite3_close(store->db);
    mem_free(store);
}

void store_closep(struct store **store) {
    store_close(*store);
}

int store_begin(struct store *store, struct err *err) {
    return execute(store, "BEGIN IMMEDIATE", err);
}

int store_commit(struct store *store, struct err *err) {
    return execute(store, "COMMIT", err);
}

void store_rollback(struct store *store) {
    store->run = 0;
    if (!sqlite3_get_autocommit(store->db)) {
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    }
}

/* ---- writing */

int store_run_begin(struct store *store, const struct run *run, int64_t *id, struct err *err) {
    sqlite3_stmt *statement = NULL;
    int code = prepare(store, RUN_BEGIN, &statement, err);
    if (code < 0) {
        return code;
    }
    bind_text(statement, 1, run->target);
    bind_text(statement, 2, run->version);
    sqlite3_bind_int64(statement, 3, run->started);
    sqlite3_bind_int64(statement, 4, run->finished);
    sqlite3_bind_int(statement, 5, run->is_complete);
    sqlite3_bind_int64(statement, 6, run->subject);
    bind_text(statement, 7, object(run->properties));
    code = run_statement(store, statement, err);
    *id = sqlite3_last_insert_rowid(store->db);
    return code;
}

int store_run_end(struct store *store, const struct run *run, struct err *err) {
    sqlite3_stmt *statement = NULL;
    int code = prepare(store, RUN_END, &statement, err);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(statement, 1, run->id);
    sqlite3_bind_int64(statement, 2, run->finished);
    sqlite3_bind_int(statement, 3, run->is_complete);
    sqlite3_bind_int64(statement, 4, run->subject);
    bind_text(statement, 5, object(run->properties));
    return run_statement(store, statement, err);
}

static int absent(struct store *store, const char *what, int64_t id, struct err *err) {
    return err_set(err, ERR_ABSENT, "store %s: there is no %s %lld", store->name, what, (long long)id);
}

static int put_run_asset(struct store *store, int64_t run, int64_t asset, struct str properties,
                         struct err *err) {
    sqlite3_stmt *statement = NULL;
    int code = prepare(store, PUT_RUN_ASSET, &statement, err);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(statement, 1, run);
    sqlite3_bind_int64(statement, 2, asset);
    sqlite3_bind_int64(statement, 3, store->position++);
    bind_text(statement, 4, object(properties));
    return run_statement(store, statement, err);
}

static int find_run_start(struct store *store, int64_t run, struct err *err) {
    if (store->run == run) {
        return 0;
    }
    sqlite3_stmt *statement = NULL;
    int code = prepare(store, GET_RUN_START, &statement, err);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(statement, 1, run);
    int result = sqlite3_step(statement);
    if (result == SQLITE_ROW) {
        store->run = run;
        store->run_started = sqlite3_column_int64(statement, 0);
    }
    code = finish(store, statement, result, err);
    return code < 0 || result == SQLITE_ROW ? code : absent(store, "run", run, err);
}

static void bind_asset(sqlite3_stmt *statement, const struct asset *asset) {
    sqlite3_bind_int(statement, 1, (int)asset->kind);
    bind_text(statement, 2, asset->key);
}

/* `which` inserts the asset's row or updates it. */
static int write_asset(struct store *store, enum statement which, int64_t run, const struct asset *asset,
                       struct err *err) {
    sqlite3_stmt *statement = NULL;
    int code = prepare(store, which, &statement, err);
    if (code < 0) {
        return code;
    }
    bind_asset(statement, asset);
    bind_text(statement, 3, asset->name);
    bind_text(statement, 4, asset->version);
    sqlite3_bind_int64(statement, 5, store->run_started);
    sqlite3_bind_int64(statement, 6, run);
    return run_statement(store, statement, err);
}

static int find_asset(struct store *store, const struct asset *asset, int64_t *id, struct err *err) {
    sqlite3_stmt *statement = NULL;
    int code = prepare(store, FIND_ASSET, &statement, err);
    if (code < 0) {
        return code;
    }
    bind_asset(statement, asset);
    int result = sqlite3_step(statement);
    *id = result == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    return finish(store, statement, result, err);
}

/* Most assets of a scan are new, so inserting is tried first. */
int store_put_asset(struct store *store, int64_t run, const struct asset *asset, int64_t *id,
                    struct err *err) {
    int code = find_run_start(store, run, err);
    if (code < 0 || (code = write_asset(store, PUT_ASSET, run, asset, err)) < 0) {
        return code;
    }
    if (sqlite3_changes(store->db)) {
        *id = sqlite3_last_insert_rowid(store->db);
    } else if ((code = write_asset(store, UPDATE_ASSET, run, asset, err)) < 0 ||
               (code = find_asset(store, asset, id, err)) < 0) {
        return code;
    }
    return put_run_asset(store, run, *id, asset->properties, err);
}

int store_put_edge(struct store *store, int64_t run, const struct edge *edge, struct err *err) {
    sqlite3_stmt *statement = NULL;
    int code = prepare(store, PUT_EDGE, &statement, err);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(statement, 1, run);
    sqlite3_bind_int64(statement, 2, edge->from);
    sqlite3_bind_int64(statement, 3, edge->to);
    sqlite3_bind_int(statement, 4, (int)edge->kind);
    bind_text(statement, 5, object(edge->properties));
    return run_statement(store, statement, err);
}

static int make_fingerprint(struct store *store, const struct finding *finding, char out[33],
                            struct err *err) {
    sqlite3_stmt *statement = NULL;
    int code = prepare(store, GET_ASSET_KEY, &statement, err);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(statement, 1, finding->asset);
    int result = sqlite3_step(statement);
    if (result == SQLITE_ROW) {
        const char *key = sqlite3_column_blob(statement, 0);
        size_t n = (size_t)sqlite3_column_bytes(statement, 0);
        finding_fingerprint(finding->rule, str_n(key, n), finding->path, out);
    }
    code = finish(store, statement, result, err);
    if (code < 0) {
        return code;
    }
    if (result != SQLITE_ROW) {
        return absent(store, "asset", finding->asset, err);
    }
    return out[0] ? 0 : err_memory(err);
}

/* Looking is cheaper than parsing, and few are. Quotes within texts are escaped, so "kev":null is the member.
 */
static bool may_be_exploited(struct str evidence) {
    return str_find(evidence, STR("\"kev\"")) >= 0 && str_find(evidence, STR("\"kev\":null")) < 0;
}

int store_put_finding(struct store *store, int64_t run, const struct finding *finding, int64_t *id,
                      struct err *err) {
    char fingerprint[33];
    sqlite3_stmt *statement = NULL;
    int code = finding->fingerprint.n ? 0 : make_fingerprint(store, finding, fingerprint, err);
    if (code < 0 || (code = prepare(store, PUT_FINDING, &statement, err)) < 0) {
        return code;
    }
    sqlite3_bind_int64(statement, 1, run);
    sqlite3_bind_int64(statement, 2, finding->asset);
    bind_text(statement, 3, finding->rule);
    bind_text(statement, 4, finding->title);
    sqlite3_bind_int(statement, 5, (int)finding->severity);
    sqlite3_bind_double(statement, 6, finding->score);
    sqlite3_bind_int(statement, 7, (int)finding->status);
    bind_text(statement, 8, finding->path);
    sqlite3_bind_int64(statement, 9, finding->line);
    sqlite3_bind_int(statement, 10, finding->layer);
    sqlite3_bind_int(statement, 11, finding->is_in_base);
    bind_text(statement, 12, finding->fixed);
    bind_text(statement, 13, object(finding->evidence));
    bind_text(statement, 14, finding->fingerprint.n ? finding->fingerprint : str_n(fingerprint, 32));
    sqlite3_bind_int(statement, 15, may_be_exploited(finding->evidence));
    sqlite3_bind_int(statement, 16, (int)finding->kind);
    sqlite3_bind_int64(statement, 17, finding->column);
    sqlite3_bind_int(statement, 18, (int)finding->action);
    bind_text(statement, 19, finding->decision);
    code = run_statement(store, statement, err);
    if (id) {
        *id = sqlite3_last_insert_rowid(store->db);
    }
    return code;
}

int store_decide_finding(struct store *store, const struct finding *finding, struct err *err) {
    sqlite3_stmt *statement = NULL;
    int code = prepare(store, DECIDE_FINDING, &statement, err);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(statement, 1, finding->id);
    sqlite3_bind_int(statement, 2, (int)finding->status);
    sqlite3_bind_int(statement, 3, (int)finding->action);
    bind_text(statement, 4, finding->decision);
    return run_statement(store, statement, err);
}

int store_put_evidence(struct store *store, int64_t finding, struct str evidence, struct err *err) {
    sqlite3_stmt *statement = NULL;
    int code = prepare(store, PUT_EVIDENCE, &statement, err);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(statement, 1, finding);
    bind_text(statement, 2, object(evidence));
    return run_statement(store, statement, err);
}

int store_put_rule(struct store *store, int64_t run, const struct rule *rule, struct err *err) {
    sqlite3_stmt *statement = NULL;
    int code = prepare(store, PUT_RULE, &statement, err);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(statement, 1, run);
    bind_text(statement, 2, rule->id);
    bind_text(statement, 3, object(rule->properties));
    return run_statement(store, statement, err);
}

int store_put_problem(struct store *store, int64_t run, const struct problem *problem, struct err *err) {
    sqlite3_stmt *statement = NULL;
    int code = prepare(store, PUT_PROBLEM, &statement, err);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(statement, 1, run);
    bind_text(statement, 2, problem->place);
    bind_text(statement, 3, problem->message);
    sqlite3_bind_int(statement, 4, problem->is_incomplete);
    return run_statement(store, statement, err);
}

/* ---- reading */

/* Reads one row into item; false when the arena is full. */
typedef bool read_row(sqlite3_stmt *statement, struct arena *arena, void *item);

/* Steps through all rows into an array in the arena. */
static int read_all(struct store *store, sqlite3_stmt *statement, struct arena *arena, read_row *read,
                    size_t size, void **items, size_t *n, struct err *err) {
    size_t cap = 0;
    int result;
    *items = NULL;
    *n = 0;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        void *item = arena_push(arena, items, n, &cap, size);
        if (!item || !read(statement, arena, item)) {
            sqlite3_reset(statement);
            return err_memory(err);
        }
    }
    return finish(store, statement, result, err);
}

static int read_one(struct store *store, sqlite3_stmt *statement, struct arena *arena, read_row *read,
                    void *item, bool *found, struct err *err) {
    int result = sqlite3_step(statement);
    *found = result == SQLITE_ROW;
    if (*found && !read(statement, arena, item)) {
        sqlite3_reset(statement);
        return err_memory(err);
    }
    return finish(store, statement, result, err);
}

static bool read_run(sqlite3_stmt *row, struct arena *arena, void *item) {
    bool ok = true;
    *(struct run *)item = (struct run){
        .id = sqlite3_column_int64(row, 0),
        .target = column(row, 1, arena, &ok),
        .version = column(row, 2, arena, &ok),
        .started = sqlite3_column_int64(row, 3),
        .finished = sqlite3_column_int64(row, 4),
        .is_complete = sqlite3_column_int(row, 5),
        .subject = sqlite3_column_int64(row, 6),
        .properties = column(row, 7, arena, &ok),
    };
    return ok;
}

static bool read_asset(sqlite3_stmt *row, struct arena *arena, void *item) {
    bool ok = true;
    *(struct asset *)item = (struct asset){
        .id = sqlite3_column_int64(row, 0),
        .kind = (enum asset_kind)column_enum(row, 1, ASSET_KINDS),
        .key = column(row, 2, arena, &ok),
        .name = column(row, 3, arena, &ok),
        .version = column(row, 4, arena, &ok),
        .properties = column(row, 5, arena, &ok),
        .first_seen = sqlite3_column_int64(row, 6),
        .last_seen = sqlite3_column_int64(row, 7),
    };
    return ok;
}

static bool read_edge(sqlite3_stmt *row, struct arena *arena, void *item) {
    bool ok = true;
    *(struct edge *)item = (struct edge){
        .from = sqlite3_column_int64(row, 0),
        .to = sqlite3_column_int64(row, 1),
        .kind = (enum edge_kind)column_enum(row, 2, EDGE_KINDS),
        .properties = column(row, 3, arena, &ok),
    };
    return ok;
}

static bool read_finding(sqlite3_stmt *row, struct arena *arena, void *item) {
    bool ok = true;
    *(struct finding *)item = (struct finding){
        .id = sqlite3_column_int64(row, 0),
        .asset = sqlite3_column_int64(row, 1),
        .rule = column(row, 2, arena, &ok),
        .title = column(row, 3, arena, &ok),
        .severity = (enum severity)column_enum(row, 4, SEVERITIES),
        .score = sqlite3_column_double(row, 5),
        .status = (enum finding_status)column_enum(row, 6, FINDING_STATUSES),
        .path = column(row, 7, arena, &ok),
        .line = (uint32_t)sqlite3_column_int64(row, 8),
        .layer = sqlite3_column_int(row, 9),
        .is_in_base = sqlite3_column_int(row, 10),
        .fixed = column(row, 11, arena, &ok),
        .evidence = column(row, 12, arena, &ok),
        .fingerprint = column(row, 13, arena, &ok),
        .kind = (enum finding_kind)column_enum(row, 14, FINDING_KINDS),
        .column = (uint32_t)sqlite3_column_int64(row, 15),
        .action = (enum finding_action)column_enum(row, 16, ACTIONS),
        .decision = column(row, 17, arena, &ok),
    };
    return ok;
}

static bool read_problem(sqlite3_stmt *row, struct arena *arena, void *item) {
    bool ok = true;
    *(struct problem *)item = (struct problem){
        .place = column(row, 0, arena, &ok),
        .message = column(row, 1, arena, &ok),
        .is_incomplete = sqlite3_column_int(row, 2),
    };
    return ok;
}

static bool read_rule(sqlite3_stmt *row, struct arena *arena, void *item) {
    bool ok = true;
    *(struct rule *)item =
        (struct rule){.id = column(row, 0, arena, &ok), .properties = column(row, 1, arena, &ok)};
    return ok;
}

static int get_one(struct store *store, struct arena *arena, enum statement which, int64_t id, read_row *read,
                   void *out, const char *what, struct err *err) {
    sqlite3_stmt *statement = NULL;
    bool found;
    int code = prepare(store, which, &statement, err);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(statement, 1, id);
    code = read_one(store, statement, arena, read, out, &found, err);
    if (code < 0) {
        return code;
    }
    return found ? 0 : absent(store, what, id, err);
}

int store_get_run(struct store *store, struct arena *arena, int64_t run, struct run *out, struct err *err) {
    return get_one(store, arena, GET_RUN, run, read_run, out, "run", err);
}

int store_get_asset(struct store *store, struct arena *arena, int64_t id, struct asset *out,
                    struct err *err) {
    return get_one(store, arena, GET_ASSET, id, read_asset, out, "asset", err);
}

static int get_all(struct store *store, struct arena *arena, enum statement which, int64_t run,
                   read_row *read, size_t size, void **items, size_t *n, struct err *err) {
    sqlite3_stmt *statement = NULL;
    int code = prepare(store, which, &statement, err);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(statement, 1, run);
    return read_all(store, statement, arena, read, size, items, n, err);
}

int store_get_latest_runs(struct store *store, struct arena *arena, struct run_list *out, struct err *err) {
    sqlite3_stmt *statement = NULL;
    int code = prepare(store, GET_LATEST_RUNS, &statement, err);
    return code < 0
               ? code
               : read_all(store, statement, arena, read_run, sizeof *out->p, (void **)&out->p, &out->n, err);
}

int store_get_assets(struct store *store, struct arena *arena, int64_t run, enum asset_kind kind,
                     struct asset_list *out, struct err *err) {
    sqlite3_stmt *statement = NULL;
    int code = prepare(store, GET_ASSETS, &statement, err);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int(statement, 2, kind == ASSET_KINDS ? -1 : (int)kind);
    return get_all(store, arena, GET_ASSETS, run, read_asset, sizeof *out->p, (void **)&out->p, &out->n, err);
}

static int each_asset(struct store *store, enum statement which, int64_t run, enum asset_kind kind,
                      store_take_asset *take, void *ctx, struct err *err) {
    sqlite3_stmt *statement = NULL;
    int result, code = prepare(store, which, &statement, err);
    if (code < 0) {
        return code;
    }
    _cleanup_(arena_free) struct arena arena = arena_new(4 * LIMIT_RECORD);
    sqlite3_bind_int64(statement, 1, run);
    sqlite3_bind_int(statement, 2, kind == ASSET_KINDS ? -1 : (int)kind);
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        struct asset asset;
        code = read_asset(statement, &arena, &asset) ? take(ctx, &asset, err) : err_memory(err);
        if (code < 0) {
            sqlite3_reset(statement);
            return code;
        }
        arena_reset(&arena);
    }
    return finish(store, statement, result, err);
}

int store_each_asset(struct store *store, int64_t run, enum asset_kind kind, store_take_asset *take,
                     void *ctx, struct err *err) {
    return each_asset(store, GET_ASSETS, run, kind, take, ctx, err);
}

int store_each_found_asset(struct store *store, int64_t run, enum asset_kind kind, store_take_asset *take,
                           void *ctx, struct err *err) {
    return each_asset(store, GET_FOUND_ASSETS, run, kind, take, ctx, err);
}

/* A statement whose parameters are bound, and whose one row is a number. */
static int read_count(struct store *store, sqlite3_stmt *statement, size_t *out, struct err *err) {
    int result = sqlite3_step(statement);
    *out = result == SQLITE_ROW ? (size_t)sqlite3_column_int64(statement, 0) : 0;
    return finish(store, statement, result, err);
}

int store_count_assets(struct store *store, int64_t run, enum asset_kind kind, size_t *out, struct err *err) {
    sqlite3_stmt *statement = NULL;
    int code = prepare(store, COUNT_ASSETS, &statement, err);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(statement, 1, run);
    sqlite3_bind_int(statement, 2, kind == ASSET_KINDS ? -1 : (int)kind);
    return read_count(store, statement, out, err);
}

int store_get_edges(struct store *store, struct arena *arena, int64_t run, struct edge_list *out,
                    struct err *err) {
    return get_all(store, arena, GET_EDGES, run, read_edge, sizeof *out->p, (void **)&out->p, &out->n, err);
}

int store_get_findings(struct store *store, struct arena *arena, int64_t run, struct finding_list *out,
                       struct err *err) {
    return get_all(store, arena, GET_FINDINGS, run, read_finding, sizeof *out->p, (void **)&out->p, &out->n,
                   err);
}

int store_each_finding(struct store *store, int64_t run, store_take_finding *take, void *ctx,
                       struct err *err) {
    sqlite3_stmt *statement = NULL;
    int result, code = prepare(store, EACH_FINDING, &statement, err);
    if (code < 0) {
        return code;
    }
    _cleanup_(arena_free) struct arena arena = arena_new(4 * LIMIT_RECORD);
    sqlite3_bind_int64(statement, 1, run);
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        struct finding finding;
        code = read_finding(statement, &arena, &finding) ? take(ctx, &finding, err) : err_memory(err);
        if (code < 0) {
            sqlite3_reset(statement);
            return code;
        }
        arena_reset(&arena);
    }
    return finish(store, statement, result, err);
}

int store_get_findings_after(struct store *store, struct arena *arena, int64_t run, int64_t after,
                             size_t most, struct finding_list *out, struct err *err) {
    sqlite3_stmt *statement = NULL;
    int code = prepare(store, GET_FINDINGS_AFTER, &statement, err);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(statement, 2, after);
    sqlite3_bind_int64(statement, 3, (int64_t)most);
    return get_all(store, arena, GET_FINDINGS_AFTER, run, read_finding, sizeof *out->p, (void **)&out->p,
                   &out->n, err);
}

int store_get_finding(struct store *store, struct arena *arena, int64_t id, struct finding *out,
                      struct err *err) {
    return get_one(store, arena, GET_FINDING, id, read_finding, out, "finding", err);
}

int store_count_findings(struct store *store, int64_t run, size_t *out, struct err *err) {
    sqlite3_stmt *statement = NULL;
    int code = prepare(store, COUNT_FINDINGS, &statement, err);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(statement, 1, run);
    return read_count(store, statement, out, err);
}

int store_has_action(struct store *store, int64_t run, enum finding_action action, bool *out,
                     struct err *err) {
    sqlite3_stmt *statement = NULL;
    size_t has = 0;
    int code = prepare(store, HAS_ACTION, &statement, err);
    if (code < 0) {
        return code;
    }
    sqlite3_bind_int64(statement, 1, run);
    sqlite3_bind_int(statement, 2, (int)action);
    code = read_count(store, statement, &has, err);
    *out = has;
    return code;
}

int store_get_problems(struct store *store, struct arena *arena, int64_t run, struct problem_list *out,
                       struct err *err) {
    return get_all(store, arena, GET_PROBLEMS, run, read_problem, sizeof *out->p, (void **)&out->p, &out->n,
                   err);
}

int store_get_rules(struct store *store, struct arena *arena, int64_t run, struct rule_list *out,
                    struct err *err) {
    return get_all(store, arena, GET_RULES, run, read_rule, sizeof *out->p, (void **)&out->p, &out->n, err);
}
