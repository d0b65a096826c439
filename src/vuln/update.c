#include "base/clock.h"
#include "base/limits.h"
#include "vuln/replace.h"
#include "vuln/writer.h"

struct known {
    int64_t id, modified;
};

struct updater {
    const struct update_options *options;
    struct writer writer;
    struct arena *arena; /* of the ids that the database has */
    struct map records;  /* "source/id" to its index in known */
    struct map sources;  /* ecosystem to source id */
    VEC(struct known) known;
    sqlite3_stmt *put_dropped;
    struct buf body;
    size_t replaced;
    struct str id; /* under way, for problems */
};

/* ---- what the database has */

static int load_sources(struct updater *u, struct err *err) {
    _cleanup_(db_finalizep) sqlite3_stmt *rows = NULL;
    int r = db_prepare(u->writer.db, &rows, "SELECT id, ecosystem FROM source", err);
    while (r == 0 && (r = db_step(rows, err)) == 1) {
        struct str name = arena_str(u->arena, db_text(rows, 1));
        uint64_t *slot = name.p ? map_put(&u->sources, name, NULL) : NULL;
        if (!slot) {
            return err_memory(err);
        }
        *slot = (uint64_t)sqlite3_column_int64(rows, 0);
        r = 0;
    }
    return r;
}

static struct str record_key(struct updater *u, int64_t source, struct str id) {
    return arena_strf(u->arena, "%lld/%.*s", (long long)source, STR_ARG(id));
}

static int remember(struct updater *u, struct str key, struct known record, struct err *err) {
    uint64_t *slot = key.p ? map_put(&u->records, key, NULL) : NULL;
    struct known *place = slot ? VEC_PUSH(u->arena, &u->known) : NULL;
    if (!place) {
        return err_memory(err);
    }
    *place = record;
    *slot = u->known.n - 1;
    return 0;
}

static int load_records(struct updater *u, struct err *err) {
    _cleanup_(db_finalizep) sqlite3_stmt *rows = NULL;
    int r = db_prepare(u->writer.db, &rows, "SELECT id, source, name, modified FROM advisory", err);
    while (r == 0 && (r = db_step(rows, err)) == 1) {
        struct known record = {sqlite3_column_int64(rows, 0), sqlite3_column_int64(rows, 3)};
        r = remember(u, record_key(u, sqlite3_column_int64(rows, 1), db_text(rows, 2)), record, err);
    }
    return r;
}

/* ---- one record */

/* All at once at the end, as the table is not in the order of advisories; new records have new numbers. */
static int drop(struct updater *u, int64_t advisory, struct err *err) {
    sqlite3_bind_int64(u->put_dropped, 1, advisory);
    return db_run(u->put_dropped, err);
}

static void tell(struct updater *u, struct str message) {
    const struct update_options *o = u->options;
    if (o->problem) {
        o->problem(o->problem_context, u->writer.place, u->id, message);
    }
}

struct replacement {
    struct updater *updater;
    const struct known *old; /* NULL: new */
};

/* The old record goes only when the new one has been read. */
static int take_record(void *context, enum feed_record kind, struct str payload, struct err *err) {
    struct replacement *replacement = context;
    struct updater *u = replacement->updater;
    struct feed_problem problem;
    if (kind == FEED_PROBLEM && feed_read_problem(payload, &problem)) {
        tell(u, problem.message);
        return 0;
    }
    u->replaced++;
    int r = replacement->old ? drop(u, replacement->old->id, err) : 0;
    return r < 0 ? r : writer_take(&u->writer, kind, payload, err);
}

static int replace_record(struct updater *u, struct str ecosystem, const struct known *old, struct err *err) {
    const struct update_options *o = u->options;
    struct err cause = ERR_NONE;
    buf_clear(&u->body);
    int r = o->fetch(o->fetch_context, ecosystem, u->id, &u->body, &cause);
    if (r == ERR_ABSENT) {
        u->replaced += old != NULL;
        return old ? drop(u, old->id, err) : 0;
    }
    if (r < 0) {
        return err_set(err, (enum err_code)r, "%s", cause.message);
    }
    struct replacement replacement = {u, old};
    return writer_parse(&u->writer, FEED_OSV_RECORD, buf_view(&u->body), take_record, &replacement, err);
}

/* ---- the list of changes */

static int update_line(struct updater *u, struct str line, struct err *err) {
    struct str time, path, ecosystem, id;
    int64_t modified;
    if (!str_cut(line, ',', &time, &path) || !clock_parse(time, &modified)) {
        return err_set(err, ERR_INPUT, "\"%.*s\" is not a time and an id", STR_ARG(str_sub(line, 0, 100)));
    }
    path = str_trim(path);
    if (!str_cut(path, '/', &ecosystem, &id)) {
        ecosystem = u->options->ecosystem;
        id = path;
    }
    uint64_t *source = map_get(&u->sources, ecosystem);
    if (!source || !id.n) {
        return 0;
    }
    struct str key = record_key(u, (int64_t)*source, id);
    if (!key.p) {
        return err_memory(err);
    }
    uint64_t *slot = map_get(&u->records, key);
    struct known *old = slot ? &u->known.p[*slot] : NULL;
    if (old && old->modified >= modified) {
        return 0;
    }
    u->id = id;
    writer_begin(&u->writer, (int64_t)*source, ecosystem);
    int r = replace_record(u, ecosystem, old, err);
    /* A record listed twice is fetched once. */
    return r < 0 ? err_at(err, "%.*s", STR_ARG(id)) : remember(u, key, (struct known){0, INT64_MAX}, err);
}

static int update_lines(struct updater *u, struct err *err) {
    size_t number = 0;
    int r = 0;
    for (struct str rest = u->options->modified, line; r == 0 && str_line(&rest, &line);) {
        number++;
        r = line.n ? update_line(u, line, err) : 0;
    }
    return r < 0 ? err_at(err, "list of changes: line %zu", number) : 0;
}

/* ---- all */

static int finish(struct updater *u, struct err *err) {
    static const char sql[] =
        "DELETE FROM affected WHERE advisory IN (SELECT id FROM temp.dropped);"
        "DELETE FROM advisory WHERE id IN (SELECT id FROM temp.dropped);"
        "UPDATE source SET records = 0;"
        "UPDATE source SET records = t.n, newest = max(source.newest, t.newest) FROM"
        " (SELECT source AS id, count(*) AS n, max(modified) AS newest FROM advisory GROUP BY source) AS t"
        " WHERE t.id = source.id";
    int r = db_execute(u->writer.db, sql, err);
    if (r == 0) {
        r = writer_read_scores(&u->writer, FEED_KEV, u->options->kev, err);
    }
    if (r == 0) {
        r = writer_read_scores(&u->writer, FEED_EPSS, u->options->epss, err);
    }
    if (r == 0) {
        r = db_set_meta(u->writer.db, "is_snapshot", 0, err);
    }
    return r < 0 ? r : db_finish(u->writer.db, u->options->built, err);
}

static int run(struct updater *u, struct err *err) {
    sqlite3 *db = u->writer.db;
    int r = db_execute(db, "CREATE TEMP TABLE dropped (id INTEGER PRIMARY KEY)", err);
    if (r == 0) {
        r = db_prepare(db, &u->put_dropped, "INSERT OR IGNORE INTO temp.dropped (id) VALUES (?)", err);
    }
    if (r == 0) {
        r = load_sources(u, err);
    }
    if (r == 0) {
        r = load_records(u, err);
    }
    if (r == 0) {
        r = update_lines(u, err);
    }
    sqlite3_finalize(u->put_dropped);
    return r < 0 ? r : finish(u, err);
}

static int change(void *context, sqlite3 *db, struct err *err) {
    struct updater *u = context;
    int r = writer_open(&u->writer, db, err);
    u->writer.keep_summary = true;
    u->writer.parse = u->options->parse;
    u->writer.parse_context = u->options->parse_context;
    u->writer.problem = u->options->problem;
    u->writer.problem_context = u->options->problem_context;
    if (r == 0) {
        r = run(u, err);
    }
    writer_close(&u->writer);
    return r;
}

int advisories_update(const struct update_options *options, const char *path, size_t *replaced,
                      struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_UPDATE);
    struct updater u = {.options = options, .body = buf_new(LIMIT_OSV_RECORD)};
    u.records = map_new(&arena);
    u.sources = map_new(&arena);
    u.arena = &arena;
    int r = db_replace(path, true, change, &u, err);
    buf_free(&u.body);
    *replaced = r < 0 ? 0 : u.replaced;
    return r;
}
