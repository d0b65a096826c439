#include "base/limits.h"
#include "base/map.h"
#include "vuln/replace.h"

struct known {
    struct str id;
    int64_t modified;
    bool is_listed;
};

struct comparison {
    struct str ecosystem;
    struct arena *arena;
    struct map ids; /* to their index in known */
    VEC(struct known) known;
    VEC(struct update_change) changes;
    size_t listed;
};

static int find_source(sqlite3 *db, struct str ecosystem, int64_t *out, struct err *err) {
    _cleanup_(db_finalizep) sqlite3_stmt *row = NULL;
    int r = db_prepare(db, &row, "SELECT id FROM source WHERE ecosystem = ?", err);
    if (r < 0) {
        return r;
    }
    db_bind(row, 1, ecosystem);
    r = db_step(row, err);
    *out = r == 1 ? sqlite3_column_int64(row, 0) : 0;
    return r == 0 ? err_set(err, ERR_ABSENT, "the database does not have %.*s", STR_ARG(ecosystem))
                  : MIN(r, 0);
}

static int remember(struct comparison *c, struct str id, int64_t modified, struct err *err) {
    struct known *known = VEC_PUSH(c->arena, &c->known);
    if (!known) {
        return err_memory(err);
    }
    *known = (struct known){arena_str(c->arena, id), modified, false};
    uint64_t *slot = known->id.p ? map_put(&c->ids, known->id, NULL) : NULL;
    if (!slot) {
        return err_memory(err);
    }
    *slot = c->known.n - 1;
    return 0;
}

static int load(struct comparison *c, sqlite3 *db, struct err *err) {
    _cleanup_(db_finalizep) sqlite3_stmt *rows = NULL;
    int64_t source;
    int r = find_source(db, c->ecosystem, &source, err);
    if (r == 0) {
        r = db_prepare(db, &rows, "SELECT name, modified FROM advisory WHERE source = ?", err);
    }
    if (r < 0) {
        return r;
    }
    sqlite3_bind_int64(rows, 1, source);
    while (r == 0 && (r = db_step(rows, err)) == 1) {
        r = remember(c, db_text(rows, 0), sqlite3_column_int64(rows, 1), err);
    }
    return r;
}

static int add(struct comparison *c, struct str id, bool is_gone, struct err *err) {
    struct update_change *change = VEC_PUSH(c->arena, &c->changes);
    if (!change) {
        return err_memory(err);
    }
    *change =
        (struct update_change){.ecosystem = c->ecosystem, .id = arena_str(c->arena, id), .is_gone = is_gone};
    return change->id.p ? 0 : err_memory(err);
}

static int compare(void *context, enum feed_record kind, struct str payload, struct err *err) {
    struct comparison *c = context;
    struct feed_problem problem;
    struct feed_change listed;
    if (kind == FEED_PROBLEM && feed_read_problem(payload, &problem)) {
        return err_set(err, ERR_INPUT, "%.*s", STR_ARG(problem.message));
    }
    if (kind != FEED_CHANGE || !feed_read_change(payload, &listed)) {
        return err_set(err, ERR_INPUT, "a damaged line from the parser");
    }
    c->listed++;
    uint64_t *slot = map_get(&c->ids, listed.id);
    struct known *known = slot ? &c->known.p[*slot] : NULL;
    if (!known) {
        return add(c, listed.id, false, err);
    }
    bool is_newer = !known->is_listed && listed.modified > known->modified;
    known->is_listed = true;
    return is_newer ? add(c, listed.id, false, err) : 0;
}

static int add_gone(struct comparison *c, struct err *err) {
    int r = 0;
    for (size_t i = 0; i < c->known.n && r == 0; i++) {
        r = c->known.p[i].is_listed ? 0 : add(c, c->known.p[i].id, true, err);
    }
    return r;
}

static int read_list(struct comparison *c, const char *list, build_parse *parse, void *parse_context,
                     struct err *err) {
    _cleanup_(mapping_free) struct mapping mapping = {0};
    int r = mapping_open(&mapping, list, err);
    if (r < 0) {
        return r;
    }
    r = parse ? parse(parse_context, FEED_CHANGES, false, mapping.bytes, compare, c, err)
              : parse_feed(FEED_CHANGES, false, mapping.bytes, compare, c, err);
    if (r == 0 && !c->listed) {
        r = err_set(err, ERR_INPUT, "there is nothing in it");
    }
    return r < 0 ? err_at(err, "%s", list) : 0;
}

int advisories_changes(const char *path, struct str ecosystem, const char *list, build_parse *parse,
                       void *parse_context, struct arena *arena, struct update_change **out, size_t *n,
                       struct err *err) {
    _cleanup_(db_closep) sqlite3 *db = NULL;
    struct comparison c = {.ecosystem = ecosystem, .arena = arena, .ids = map_new(arena)};
    int r = db_open(&db, path, err);
    if (r == 0) {
        r = load(&c, db, err);
    }
    if (r == 0) {
        r = read_list(&c, list, parse, parse_context, err);
    }
    if (r == 0) {
        r = add_gone(&c, err);
    }
    *out = c.changes.p;
    *n = c.changes.n;
    return r;
}
