#include "vuln/writer.h"

#include "base/limits.h"
#include "vuln/affected.h"
#include "vuln/cve.h"
#include "vuln/replace.h"

static const char *const statements[WRITE_STATEMENTS] = {
    [FIND_PACKAGE] = "SELECT id FROM package WHERE ecosystem = ? AND name = ?",
    [PUT_PACKAGE] = "INSERT INTO package (ecosystem, name, id) VALUES (?, ?, ?)",
    [PUT_ADVISORY] = "INSERT INTO advisory (id, source, name, modified, data) VALUES (?, ?, ?, ?, ?)",
    [PUT_AFFECTED] = "INSERT INTO temp.pending (package, advisory, part, data) VALUES (?, ?, ?, ?)",
    [PUT_EXPLOITED] = "INSERT OR REPLACE INTO kev (cve, since) VALUES (?, ?)",
    [PUT_SCORE] = "INSERT OR REPLACE INTO epss (cve, score, percentile) VALUES (?, ?, ?)",
};

int writer_open(struct writer *w, sqlite3 *db, struct err *err) {
    *w = (struct writer){.db = db, .arena = arena_new(LIMIT_DOC_BYTES), .blob = buf_new(LIMIT_OSV_RECORD)};
    int r = affected_begin(db, err);
    if (r == 0) {
        r = db_number(db, "SELECT coalesce(max(id), 0) + 1 FROM package", &w->next_package, err);
    }
    if (r == 0) {
        r = db_number(db, "SELECT coalesce(max(id), 0) + 1 FROM advisory", &w->next_advisory, err);
    }
    for (size_t i = 0; i < WRITE_STATEMENTS && r == 0; i++) {
        r = db_prepare(db, &w->cached[i], statements[i], err);
    }
    return r;
}

void writer_close(struct writer *w) {
    for (size_t i = 0; i < WRITE_STATEMENTS; i++) {
        sqlite3_finalize(w->cached[i]);
    }
    arena_free(&w->arena);
    buf_free(&w->blob);
}

void writer_begin(struct writer *w, int64_t source, struct str place) {
    w->source = source;
    w->place = place;
    w->takes_all = advisory_source_titled(place) != NULL;
    w->newest = w->date = 0;
    w->records = 0;
}

static int find_package(struct writer *w, const struct osv_affected *a, int64_t *out, struct err *err) {
    sqlite3_stmt *find = w->cached[FIND_PACKAGE], *put = w->cached[PUT_PACKAGE];
    db_bind(find, 1, a->ecosystem);
    db_bind(find, 2, a->name);
    int r = db_step(find, err);
    *out = r == 1 ? sqlite3_column_int64(find, 0) : 0;
    sqlite3_reset(find);
    if (r != 0) {
        return MIN(r, 0);
    }
    *out = w->next_package++;
    db_bind(put, 1, a->ecosystem);
    db_bind(put, 2, a->name);
    sqlite3_bind_int64(put, 3, *out);
    return db_run(put, err);
}

static int put_affected(struct writer *w, const struct osv_affected *a, int64_t part, struct err *err) {
    sqlite3_stmt *put = w->cached[PUT_AFFECTED];
    int64_t package;
    int r = find_package(w, a, &package, err);
    if (r < 0) {
        return r;
    }
    buf_clear(&w->blob);
    osv_encode_affected(&w->blob, a);
    if (w->blob.failed) {
        return err_memory(err);
    }
    sqlite3_bind_int64(put, 1, package);
    sqlite3_bind_int64(put, 2, w->next_advisory);
    sqlite3_bind_int64(put, 3, part);
    db_bind_blob(put, 4, buf_view(&w->blob));
    return db_run(put, err);
}

/* "Debian:12" belongs to the folder "Debian" and to "Debian:12". The export puts a record that names several
 * ecosystems into each one's folder; each copy gives its own part. */
static bool is_of_place(struct str ecosystem, struct str place) {
    struct str base, suffix;
    str_cut(ecosystem, ':', &base, &suffix);
    return str_eq(ecosystem, place) || str_eq(base, place);
}

/* A withdrawn record and an erratum without a vulnerability match nothing, but are known: an update then need
 * not fetch them again. */
static bool can_match(const struct osv_record *record) {
    return !record->withdrawn && !str_eq(record->informational, STR("bugfix"));
}

static int put_advisory(struct writer *w, const struct osv_record *record, struct err *err) {
    sqlite3_stmt *put = w->cached[PUT_ADVISORY];
    int r = 0;
    for (size_t i = 0; i < record->affected_n && can_match(record) && r == 0; i++) {
        if (w->takes_all || is_of_place(record->affected[i].ecosystem, w->place)) {
            r = put_affected(w, &record->affected[i], (int64_t)i, err);
        }
    }
    if (r < 0) {
        return r;
    }
    buf_clear(&w->blob);
    osv_encode_head(&w->blob, record);
    if (w->blob.failed) {
        return err_memory(err);
    }
    sqlite3_bind_int64(put, 1, w->next_advisory++);
    sqlite3_bind_int64(put, 2, w->source);
    db_bind(put, 3, record->id);
    sqlite3_bind_int64(put, 4, record->modified);
    db_bind_blob(put, 5, can_match(record) ? buf_view(&w->blob) : STR_NONE);
    w->records++;
    w->newest = MAX(w->newest, MAX(record->modified, record->published));
    return db_run(put, err);
}

static int take_advisory(struct writer *w, struct str payload, struct err *err) {
    struct osv_record record;
    arena_reset(&w->arena);
    int r = osv_decode(&w->arena, payload, &record, err);
    return r < 0 ? r : put_advisory(w, &record, err);
}

static int take_problem(struct writer *w, struct str payload, struct err *err) {
    struct feed_problem problem;
    if (!feed_read_problem(payload, &problem)) {
        return err_set(err, ERR_INPUT, "a damaged report from the parser");
    }
    if (!problem.member.n || w->is_strict) {
        return err_set(err, ERR_INPUT, "%.*s%s%.*s", STR_ARG(problem.member), problem.member.n ? ": " : "",
                       STR_ARG(problem.message));
    }
    if (w->problem) {
        w->problem(w->problem_context, w->place, problem.member, problem.message);
    }
    return 0;
}

static int take_exploited(struct writer *w, struct str payload, struct err *err) {
    struct feed_exploited row;
    sqlite3_stmt *put = w->cached[PUT_EXPLOITED];
    if (!feed_read_exploited(payload, &row)) {
        return err_set(err, ERR_INPUT, "a damaged row from the parser");
    }
    db_bind(put, 1, row.cve);
    sqlite3_bind_int64(put, 2, row.since);
    w->records++;
    return db_run(put, err);
}

static int take_score(struct writer *w, struct str payload, struct err *err) {
    struct feed_score row;
    int64_t cve;
    sqlite3_stmt *put = w->cached[PUT_SCORE];
    if (!feed_read_score(payload, &row) || !cve_number(row.cve, &cve)) {
        return err_set(err, ERR_INPUT, "a damaged row from the parser");
    }
    sqlite3_bind_int64(put, 1, cve);
    sqlite3_bind_int64(put, 2, row.score);
    sqlite3_bind_int64(put, 3, row.percentile);
    w->records++;
    return db_run(put, err);
}

static int take_date(struct writer *w, struct str payload, struct err *err) {
    struct feed_date date;
    if (!feed_read_date(payload, &date)) {
        return err_set(err, ERR_INPUT, "a damaged date from the parser");
    }
    w->date = date.seconds;
    return 0;
}

int writer_take(void *context, enum feed_record kind, struct str payload, struct err *err) {
    switch (kind) {
    case FEED_ADVISORY:
        return take_advisory(context, payload, err);
    case FEED_PROBLEM:
        return take_problem(context, payload, err);
    case FEED_DATE:
        return take_date(context, payload, err);
    case FEED_EXPLOITED:
        return take_exploited(context, payload, err);
    case FEED_SCORE:
        return take_score(context, payload, err);
    case FEED_CHANGE:
        break;
    }
    return err_set(err, ERR_INPUT, "an unknown record from the parser");
}

/* ---- whole feeds */

int writer_parse(struct writer *w, enum feed feed, struct str bytes, feed_emit *emit, void *context,
                 struct err *err) {
    return w->parse ? w->parse(w->parse_context, feed, w->keep_summary, bytes, emit, context, err)
                    : parse_feed(feed, w->keep_summary, bytes, emit, context, err);
}

int writer_read(struct writer *w, enum feed feed, const char *path, struct err *err) {
    _cleanup_(mapping_free) struct mapping mapping = {0};
    int r = mapping_open(&mapping, path, err);
    if (r < 0) {
        return r;
    }
    r = writer_parse(w, feed, mapping.bytes, writer_take, w, err);
    if (r == 0 && !w->records) {
        r = err_set(err, ERR_INPUT, "there is nothing in it");
    }
    return r < 0 ? err_at(err, "%s", path) : 0;
}

int writer_read_scores(struct writer *w, enum feed feed, const char *path, struct err *err) {
    static const struct {
        struct str place;
        const char *clear, *has, *date;
    } tables[] = {[FEED_KEV] = {STR("KEV"), "DELETE FROM kev", "has_kev", "kev_date"},
                  [FEED_EPSS] = {STR("EPSS"), "DELETE FROM epss", "has_epss", "epss_date"}};
    if (!path) {
        return 0;
    }
    assert(feed == FEED_KEV || feed == FEED_EPSS);
    writer_begin(w, 0, tables[feed].place);
    int r = db_execute(w->db, tables[feed].clear, err);
    if (r == 0) {
        r = writer_read(w, feed, path, err);
    }
    if (r == 0) {
        r = db_set_meta(w->db, tables[feed].has, w->records > 0, err);
    }
    return r < 0 ? r : db_set_meta(w->db, tables[feed].date, w->date, err);
}
