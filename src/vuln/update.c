#include "base/limits.h"
#include "base/wire.h"
#include "vuln/affected.h"
#include "vuln/replace.h"
#include "vuln/writer.h"

/* One changed record. */
struct replacement {
    struct str id;
    int64_t old;  /* the advisory's number; 0: new */
    size_t at, n; /* its frame in the batch */
};

/* Changed records of one source on their way to the parser: a caged child for each would take most of an
 * update's time. */
struct batch {
    int64_t source;
    struct str ecosystem;
    struct buf framed; /* FEED_OSV_RECORDS */
    VEC(struct replacement) items;
    size_t told;    /* of the items, as the parser tells of one after the other */
    bool is_broken; /* what failed is on our side, not the parser */
};

struct updater {
    const struct update_options *options;
    struct writer writer;
    struct arena *arena; /* of what is changed */
    struct map records;  /* of what is changed: put_key() to the advisory's number, 0 for a new one */
    struct buf key;
    struct map sources; /* ecosystem to source id */
    int64_t last_source;
    int64_t first_new; /* advisories from this number on came */
    sqlite3_stmt *put_dropped;
    size_t replaced;
    struct batch batch;
};

/* ---- what the database has */

static int load_sources(struct updater *u, struct err *err) {
    _cleanup_(db_finalizep) sqlite3_stmt *rows = NULL;
    int r = db_prepare(u->writer.db, &rows, "SELECT id, ecosystem FROM source ORDER BY id", err);
    while (r == 0 && (r = db_step(rows, err)) == 1) {
        struct str name = arena_str(u->arena, db_text(rows, 1));
        uint64_t *slot = name.p ? map_put(&u->sources, name, NULL) : NULL;
        if (!slot) {
            return err_memory(err);
        }
        u->last_source = sqlite3_column_int64(rows, 0);
        *slot = (uint64_t)u->last_source;
        r = 0;
    }
    return r;
}

static struct str put_key(struct buf *key, int64_t source, struct str id) {
    buf_clear(key);
    wire_u64(key, (uint64_t)source);
    buf_str(key, id);
    return buf_view(key);
}

static int expect_record(struct updater *u, int64_t source, struct str id, struct err *err) {
    struct str key = arena_str(u->arena, put_key(&u->key, source, id));
    return !u->key.failed && key.p && map_put(&u->records, key, NULL) ? 0 : err_memory(err);
}

/* One reading of all names is quicker than an index, which each look-up of a scan would read past. */
static int find_records(struct updater *u, struct err *err) {
    _cleanup_(db_finalizep) sqlite3_stmt *rows = NULL;
    int r = db_prepare(u->writer.db, &rows, "SELECT id, source, name FROM advisory", err);
    while (r == 0 && (r = db_step(rows, err)) == 1) {
        struct str key = put_key(&u->key, sqlite3_column_int64(rows, 1), db_text(rows, 2));
        uint64_t *slot = u->key.failed ? NULL : map_get(&u->records, key);
        if (slot) {
            *slot = (uint64_t)sqlite3_column_int64(rows, 0);
        }
        r = u->key.failed ? err_memory(err) : 0;
    }
    return r;
}

static int load_records(struct updater *u, struct err *err) {
    const struct update_options *o = u->options;
    int r = 0;
    for (size_t i = 0; i < o->changes_n && r == 0; i++) {
        const uint64_t *source = map_get(&u->sources, o->changes[i].ecosystem);
        r = source ? expect_record(u, (int64_t)*source, o->changes[i].id, err) : 0;
    }
    return r == 0 && o->changes_n ? find_records(u, err) : r;
}

/* ---- one record */

/* All at once at the end, as the table is not in the order of advisories; new records have new numbers. */
static int drop(struct updater *u, int64_t advisory, struct err *err) {
    sqlite3_bind_int64(u->put_dropped, 1, advisory);
    return db_run(u->put_dropped, err);
}

static void tell(struct updater *u, struct str ecosystem, struct str id, struct str message) {
    const struct update_options *o = u->options;
    if (o->problem) {
        o->problem(o->problem_context, ecosystem, id, message);
    }
}

/* The old record goes only when the new one has been read. */
static int replace_record(struct updater *u, const struct replacement *item, enum feed_record kind,
                          struct str payload, struct err *err) {
    struct feed_problem problem;
    if (kind == FEED_PROBLEM && feed_read_problem(payload, &problem)) {
        tell(u, u->batch.ecosystem, item->id, problem.message);
        return 0;
    }
    u->replaced++;
    int r = item->old ? drop(u, item->old, err) : 0;
    r = r < 0 ? r : writer_take(&u->writer, kind, payload, err);
    return r < 0 ? err_at(err, "%.*s", STR_ARG(item->id)) : 0;
}

static int take_record(void *context, enum feed_record kind, struct str payload, struct err *err) {
    struct updater *u = context;
    struct batch *batch = &u->batch;
    int r = batch->told == batch->items.n
                ? err_set(err, ERR_INPUT, "the parser tells of more records than there are")
                : replace_record(u, &batch->items.p[batch->told++], kind, payload, err);
    batch->is_broken |= r < 0;
    return r;
}

static int parse_frames(struct updater *u, struct str frames, struct err *err) {
    return writer_parse(&u->writer, FEED_OSV_RECORDS, frames, take_record, u, err);
}

/* The parser crashed or hung: each record that it has not told of goes to one of its own, and the culprit
 * costs itself. */
static int parse_one_by_one(struct updater *u, struct err *err) {
    struct batch *batch = &u->batch;
    int r = 0;
    while (batch->told < batch->items.n && r == 0) {
        size_t i = batch->told;
        const struct replacement *item = &batch->items.p[i];
        struct err cause = ERR_NONE;
        r = parse_frames(u, str_sub(buf_view(&batch->framed), item->at, item->n), &cause);
        if (r == 0 && batch->told != i + 1) {
            return err_set(err, ERR_INPUT, "the parser told of %zu records for one", batch->told - i);
        }
        if ((r == ERR_INPUT || r == ERR_LIMIT) && batch->told == i) {
            tell(u, batch->ecosystem, item->id, str_c(cause.message));
            batch->told++;
            r = 0;
        }
        *err = r < 0 ? cause : *err;
    }
    return r;
}

static int parse_batch(struct updater *u, struct err *err) {
    struct batch *batch = &u->batch;
    batch->told = 0;
    batch->is_broken = false;
    writer_begin(&u->writer, batch->source, batch->ecosystem);
    int r = parse_frames(u, buf_view(&batch->framed), err);
    if ((r == ERR_INPUT || r == ERR_LIMIT) && !batch->is_broken) {
        r = parse_one_by_one(u, err);
    }
    return r == 0 && batch->told != batch->items.n
               ? err_set(err, ERR_INPUT, "the parser told of %zu of %zu records", batch->told, batch->items.n)
               : r;
}

static int flush_batch(struct updater *u, struct err *err) {
    struct batch *batch = &u->batch;
    int r = batch->items.n ? parse_batch(u, err) : 0;
    buf_clear(&batch->framed);
    batch->items.n = 0;
    return r < 0 ? err_at(err, "%.*s", STR_ARG(batch->ecosystem)) : 0;
}

static int add_to_batch(struct updater *u, int64_t source, const struct update_change *change, int64_t old,
                        struct err *err) {
    struct batch *batch = &u->batch;
    if (change->body.n > LIMIT_OSV_RECORD - WIRE_HEAD) {
        tell(u, change->ecosystem, change->id, STR("larger than an advisory may be"));
        return 0;
    }
    bool is_full = batch->source != source || batch->framed.n > LIMIT_UPDATE_BATCH;
    int r = is_full ? flush_batch(u, err) : 0;
    if (r < 0) {
        return r;
    }
    batch->source = source;
    batch->ecosystem = change->ecosystem;
    struct replacement *item = VEC_PUSH(u->arena, &batch->items);
    size_t start = wire_begin(&batch->framed, 0);
    buf_str(&batch->framed, change->body);
    wire_end(&batch->framed, start);
    if (!item || batch->framed.failed) {
        return err_memory(err);
    }
    *item = (struct replacement){change->id, old, start, batch->framed.n - start};
    return 0;
}

static int update_record(struct updater *u, const struct update_change *change, struct err *err) {
    uint64_t *source = map_get(&u->sources, change->ecosystem);
    if (!source) {
        return 0;
    }
    const uint64_t *slot = map_get(&u->records, put_key(&u->key, (int64_t)*source, change->id));
    if (u->key.failed) {
        return err_memory(err);
    }
    int64_t old = slot ? (int64_t)*slot : 0;
    if (!change->is_gone) {
        return add_to_batch(u, (int64_t)*source, change, old, err);
    }
    u->replaced += old != 0;
    return old ? drop(u, old, err) : 0;
}

static int update_records(struct updater *u, struct err *err) {
    const struct update_options *o = u->options;
    int r = load_records(u, err);
    for (size_t i = 0; i < o->changes_n && r == 0; i++) {
        r = update_record(u, &o->changes[i], err);
    }
    return r < 0 ? r : flush_batch(u, err);
}

/* ---- a whole ecosystem */

static int drop_source(struct updater *u, int64_t source, struct err *err) {
    _cleanup_(db_finalizep) sqlite3_stmt *statement = NULL;
    int r =
        db_prepare(u->writer.db, &statement,
                   "INSERT OR IGNORE INTO temp.dropped (id) SELECT id FROM advisory WHERE source = ?", err);
    if (r == 0) {
        sqlite3_bind_int64(statement, 1, source);
        r = db_run(statement, err);
    }
    return r;
}

static int add_source(struct updater *u, struct str ecosystem, int64_t *out, struct err *err) {
    _cleanup_(db_finalizep) sqlite3_stmt *put = NULL;
    int r =
        db_prepare(u->writer.db, &put,
                   "INSERT INTO source (id, ecosystem, records, newest, note) VALUES (?, ?, 0, 0, '')", err);
    if (r < 0) {
        return r;
    }
    *out = ++u->last_source;
    sqlite3_bind_int64(put, 1, *out);
    db_bind(put, 2, ecosystem);
    return db_run(put, err);
}

static int update_whole(struct updater *u, const struct update_whole *whole, struct err *err) {
    uint64_t *known = map_get(&u->sources, whole->ecosystem);
    int64_t source = known ? (int64_t)*known : 0;
    int r = known ? drop_source(u, source, err) : add_source(u, whole->ecosystem, &source, err);
    if (r < 0) {
        return r;
    }
    writer_begin(&u->writer, source, whole->ecosystem);
    r = writer_read(&u->writer, FEED_OSV_ZIP, whole->zip, err);
    u->replaced += u->writer.records;
    return r < 0 ? err_at(err, "%.*s", STR_ARG(whole->ecosystem)) : 0;
}

/* The first of a source empties it, the next ones add to it. */
static int update_vendor(struct updater *u, size_t i, struct err *err) {
    const struct build_vendor *vendors = u->options->vendors;
    struct str title = str_c(vendors[i].source->title);
    bool is_first = true;
    for (size_t k = 0; k < i; k++) {
        is_first = is_first && vendors[k].source != vendors[i].source;
    }
    uint64_t *known = map_get(&u->sources, title);
    int64_t source = known ? (int64_t)*known : 0;
    int r = !is_first ? 0 : known ? drop_source(u, source, err) : add_source(u, title, &source, err);
    if (r < 0) {
        return r;
    }
    if (!known) {
        known = map_put(&u->sources, title, NULL);
        if (!known) {
            return err_memory(err);
        }
        *known = (uint64_t)source;
    }
    writer_begin(&u->writer, source, title);
    r = writer_read_vendor(&u->writer, vendors[i].source, vendors[i].path, err);
    u->replaced += u->writer.records;
    return r < 0 ? err_at(err, "%s", vendors[i].source->name) : 0;
}

static int update_vendors(struct updater *u, struct err *err) {
    int r = 0;
    for (size_t i = 0; i < u->options->vendors_n && r == 0; i++) {
        r = update_vendor(u, i, err);
    }
    return r;
}

static int update_wholes(struct updater *u, struct err *err) {
    int r = 0;
    for (size_t i = 0; i < u->options->wholes_n && r == 0; i++) {
        r = update_whole(u, &u->options->wholes[i], err);
    }
    return r;
}

/* ---- all */

/* By what went and came, as counting all takes longer than an update of a few. */
static int count_records(struct updater *u, struct err *err) {
    static const char went[] =
        "UPDATE source SET records = records - t.n FROM (SELECT source AS id, count(*) AS n FROM advisory"
        " WHERE id IN (SELECT id FROM temp.dropped) GROUP BY source) AS t WHERE t.id = source.id;"
        "DELETE FROM advisory WHERE id IN (SELECT id FROM temp.dropped)";
    static const char came[] =
        "UPDATE source SET records = records + t.n, newest = max(source.newest, t.newest) FROM"
        " (SELECT source AS id, count(*) AS n, max(modified) AS newest FROM advisory WHERE id >= ?"
        " GROUP BY source) AS t WHERE t.id = source.id";
    _cleanup_(db_finalizep) sqlite3_stmt *add = NULL;
    int r = db_execute(u->writer.db, went, err);
    r = r < 0 ? r : db_prepare(u->writer.db, &add, came, err);
    if (r < 0) {
        return r;
    }
    sqlite3_bind_int64(add, 1, u->first_new);
    return db_run(add, err);
}

static int finish(struct updater *u, struct err *err) {
    int r = affected_unpack(u->writer.db, err);
    if (r == 0) {
        r = affected_pack(u->writer.db, err);
    }
    if (r == 0) {
        r = count_records(u, err);
    }
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
    u->first_new = u->writer.next_advisory;
    int r = db_prepare(db, &u->put_dropped, "INSERT OR IGNORE INTO temp.dropped (id) VALUES (?)", err);
    if (r == 0) {
        r = load_sources(u, err);
    }
    if (r == 0) {
        r = update_records(u, err);
    }
    if (r == 0) {
        r = update_wholes(u, err);
    }
    if (r == 0) {
        r = update_vendors(u, err);
    }
    sqlite3_finalize(u->put_dropped);
    return r < 0 ? r : finish(u, err);
}

static int change(void *context, sqlite3 *db, struct err *err) {
    struct updater *u = context;
    int r = writer_open(&u->writer, db, err);
    u->writer.keep_summary = true;
    u->writer.is_strict = u->options->is_strict;
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
    struct updater u = {.options = options, .arena = &arena};
    u.records = map_new(&arena);
    u.sources = map_new(&arena);
    u.key = buf_new(LIMIT_OSV_RECORD);
    u.batch.framed = buf_new(LIMIT_UPDATE_BATCH + LIMIT_RECORD);
    enum db_base base = options->is_anew || access(path, F_OK) < 0 ? DB_BASE_NONE
                        : options->is_verified                     ? DB_BASE_VERIFIED
                                                                   : DB_BASE_COPY;
    int r = db_replace(path, base, change, &u, err);
    buf_free(&u.key);
    buf_free(&u.batch.framed);
    *replaced = r < 0 ? 0 : u.replaced;
    return r;
}
