#include "vuln/affected.h"

#include "base/arena.h"
#include "base/limits.h"
#include "base/wire.h"

/* ---- reading */

static struct str take_bytes(struct cursor *in) {
    uint64_t n = cursor_uvarint(in);
    in->failed |= n > cursor_left(in);
    return in->failed ? STR_NONE : cursor_take(in, (size_t)n);
}

bool affected_next_group(struct cursor *in, struct affected_group *out) {
    if (in->failed || !cursor_left(in)) {
        return false;
    }
    out->data = take_bytes(in);
    out->members = cursor_over(take_bytes(in));
    out->last = 0;
    return !in->failed;
}

bool affected_next_member(struct affected_group *group, struct affected_member *out) {
    struct cursor *in = &group->members;
    if (in->failed || !cursor_left(in)) {
        return false;
    }
    uint64_t step = cursor_uvarint(in), part = cursor_uvarint(in);
    in->failed |= step > (uint64_t)(INT64_MAX - group->last) || part > INT64_MAX;
    if (in->failed) {
        return false;
    }
    group->last += (int64_t)step;
    *out = (struct affected_member){group->last, (int64_t)part};
    return true;
}

int affected_begin(sqlite3 *db, struct err *err) {
    return db_execute(db,
                      "CREATE TEMP TABLE pending (package INTEGER NOT NULL, advisory INTEGER NOT NULL,"
                      " part INTEGER NOT NULL, data BLOB NOT NULL);"
                      "CREATE TEMP TABLE dropped (id INTEGER PRIMARY KEY)",
                      err);
}

/* ---- taking apart */

/* A bit a number. */
struct bits {
    unsigned char *p;
    size_t n; /* bytes */
};

struct unpacking {
    struct arena arena;
    struct bits dropped, touched; /* advisories; packages */
    sqlite3_stmt *put, *remove;
    struct err *err;
};

static bool has_bit(const struct bits *bits, int64_t i) {
    return i >= 0 && (uint64_t)i / 8 < bits->n && bits->p[i / 8] >> (i % 8) & 1;
}

/* The numbers that sql gives, in rising order, the highest first of all. */
static int load_bits(struct unpacking *u, sqlite3 *db, const char *highest, const char *sql,
                     struct bits *out) {
    _cleanup_(db_finalizep) sqlite3_stmt *rows = NULL;
    int64_t top;
    int r = db_number(db, highest, &top, u->err);
    if (r < 0 || top < 0) {
        return r < 0 ? r : err_set(u->err, ERR_INPUT, "advisory database: a number below zero");
    }
    out->n = (size_t)top / 8 + 1;
    out->p = arena_alloc(&u->arena, out->n);
    r = out->p ? db_prepare(db, &rows, sql, u->err) : err_memory(u->err);
    while (r == 0 && (r = db_step(rows, u->err)) == 1) {
        int64_t i = sqlite3_column_int64(rows, 0);
        assert(i >= 0 && i <= top);
        out->p[i / 8] |= (unsigned char)(1u << (i % 8));
        r = 0;
    }
    return r;
}

static int damaged(struct unpacking *u, int64_t package) {
    return err_set(u->err, ERR_INPUT, "advisory database: package %lld is damaged", (long long)package);
}

static int is_touched(struct unpacking *u, int64_t package, struct str blob, bool *out) {
    struct cursor in = cursor_over(blob);
    *out = has_bit(&u->touched, package);
    for (struct affected_group group; !*out && affected_next_group(&in, &group);) {
        for (struct affected_member m; !*out && affected_next_member(&group, &m);) {
            *out = has_bit(&u->dropped, m.advisory);
        }
        in.failed |= group.members.failed;
    }
    return in.failed ? damaged(u, package) : 0;
}

static int put_member(struct unpacking *u, int64_t package, const struct affected_member *m,
                      struct str data) {
    sqlite3_bind_int64(u->put, 1, package);
    sqlite3_bind_int64(u->put, 2, m->advisory);
    sqlite3_bind_int64(u->put, 3, m->part);
    db_bind_blob(u->put, 4, data);
    return db_run(u->put, u->err);
}

static int unpack_package(struct unpacking *u, int64_t package, struct str blob) {
    struct cursor in = cursor_over(blob);
    int r = 0;
    for (struct affected_group group; r == 0 && affected_next_group(&in, &group);) {
        for (struct affected_member m; r == 0 && affected_next_member(&group, &m);) {
            r = has_bit(&u->dropped, m.advisory) ? 0 : put_member(u, package, &m, group.data);
        }
        in.failed |= group.members.failed;
    }
    if (r == 0 && in.failed) {
        return damaged(u, package);
    }
    sqlite3_bind_int64(u->remove, 1, package);
    return r < 0 ? r : db_run(u->remove, u->err);
}

static int unpack_all(struct unpacking *u, sqlite3 *db) {
    _cleanup_(db_finalizep) sqlite3_stmt *rows = NULL;
    int r = db_prepare(db, &rows, "SELECT package, data FROM affected", u->err);
    while (r == 0 && (r = db_step(rows, u->err)) == 1) {
        int64_t package = sqlite3_column_int64(rows, 0);
        struct str blob = db_blob(rows, 1);
        bool touched;
        r = is_touched(u, package, blob, &touched);
        r = r < 0 || !touched ? r : unpack_package(u, package, blob);
    }
    return r;
}

int affected_unpack(sqlite3 *db, struct err *err) {
    _cleanup_(db_finalizep) sqlite3_stmt *put = NULL, *remove = NULL;
    struct unpacking u = {.arena = arena_new(LIMIT_UPDATE), .err = err};
    int r = db_execute(db, "CREATE TEMP TABLE stale (package INTEGER PRIMARY KEY)", err);
    r = r < 0
            ? r
            : db_prepare(db, &put,
                         "INSERT INTO temp.pending (package, advisory, part, data) VALUES (?, ?, ?, ?)", err);
    r = r < 0 ? r : db_prepare(db, &remove, "INSERT INTO temp.stale (package) VALUES (?)", err);
    u.put = put;
    u.remove = remove;
    r = r < 0 ? r
              : load_bits(&u, db, "SELECT max(id) FROM temp.dropped", "SELECT id FROM temp.dropped",
                          &u.dropped);
    r = r < 0 ? r
              : load_bits(&u, db, "SELECT max(package) FROM temp.pending", "SELECT package FROM temp.pending",
                          &u.touched);
    r = r < 0 ? r : unpack_all(&u, db);
    arena_free(&u.arena);
    return r < 0 ? r
                 : db_execute(db,
                              "DELETE FROM affected WHERE package IN (SELECT package FROM temp.stale);"
                              "DROP TABLE temp.stale",
                              err);
}

/* ---- putting together */

struct packing {
    sqlite3_stmt *put;
    int64_t package, last;
    struct buf blob, data, members; /* of the package; of the group */
    struct err *err;
};

/* What does not fit or finds no memory in a group has failed in its package too. */
static void end_group(struct packing *p) {
    p->blob.failed |= p->data.failed || p->members.failed;
    if (p->members.n) {
        wire_uvarint(&p->blob, p->data.n);
        buf_str(&p->blob, buf_view(&p->data));
        wire_uvarint(&p->blob, p->members.n);
        buf_str(&p->blob, buf_view(&p->members));
    }
    buf_clear(&p->members);
    p->last = 0;
}

static int end_package(struct packing *p) {
    end_group(p);
    if (p->blob.failed) {
        return p->blob.n > LIMIT_PACKAGE_ADVISORIES - LIMIT_OSV_RECORD
                   ? err_set(p->err, ERR_LIMIT, "the advisories of one package take more than %zu bytes",
                             (size_t)LIMIT_PACKAGE_ADVISORIES)
                   : err_memory(p->err);
    }
    if (!p->blob.n) {
        return 0;
    }
    sqlite3_bind_int64(p->put, 1, p->package);
    db_bind_blob(p->put, 2, buf_view(&p->blob));
    int r = db_run(p->put, p->err);
    buf_clear(&p->blob);
    return r;
}

static int take_row(struct packing *p, sqlite3_stmt *row) {
    int64_t package = sqlite3_column_int64(row, 0), advisory = sqlite3_column_int64(row, 1);
    struct str data = db_blob(row, 3);
    int r = package != p->package ? end_package(p) : 0;
    if (package != p->package || !str_eq(data, buf_view(&p->data))) {
        end_group(p);
        buf_clear(&p->data);
        buf_str(&p->data, data);
    }
    p->package = package;
    wire_uvarint(&p->members, (uint64_t)(advisory - p->last));
    wire_uvarint(&p->members, (uint64_t)sqlite3_column_int64(row, 2));
    p->last = advisory;
    return r;
}

int affected_pack(sqlite3 *db, struct err *err) {
    _cleanup_(db_finalizep) sqlite3_stmt *rows = NULL, *put = NULL;
    struct packing p = {.blob = buf_new(LIMIT_PACKAGE_ADVISORIES),
                        .data = buf_new(LIMIT_OSV_RECORD),
                        .members = buf_new(LIMIT_PACKAGE_ADVISORIES),
                        .err = err};
    int r = db_prepare(db, &rows,
                       "SELECT package, advisory, part, data FROM temp.pending"
                       " ORDER BY package, data, advisory, part",
                       err);
    r = r < 0 ? r : db_prepare(db, &put, "INSERT INTO affected (package, data) VALUES (?, ?)", err);
    p.put = put;
    while (r == 0 && (r = db_step(rows, err)) == 1) {
        r = take_row(&p, rows);
    }
    r = r < 0 ? r : end_package(&p);
    buf_free(&p.blob);
    buf_free(&p.data);
    buf_free(&p.members);
    sqlite3_reset(rows);
    return r < 0 ? r : db_execute(db, "DELETE FROM temp.pending", err);
}
