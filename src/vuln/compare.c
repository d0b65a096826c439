#include "vuln/compare.h"

#include "base/limits.h"
#include "base/map.h"
#include "base/wire.h"
#include "vuln/hit.h"
#include "vuln/seal.h"

struct sum {
    bool is_there;
    uint64_t head, rows; /* sums of hashes, as the order of rows is the file's own */
};

struct entry {
    struct compared_advisory out;
    struct sum old, new_one;
    bool differs;
    VEC(struct compared_package) old_packages, new_packages;
};

/* One of the two databases. */
struct side {
    sqlite3 *db;
    struct map entries; /* advisory's number to struct entry */
    bool is_new;
};

struct comparison {
    struct arena arena, scratch; /* of all; of one row */
    struct buf bytes;
    struct map by_id; /* source and id to struct entry */
    VEC(struct entry *) entries;
    struct map exploited; /* in the new database */
    struct side old, new_one;
    struct err *err;
};

static struct entry *entry_at(const uint64_t *slot) {
    return slot ? (struct entry *)(uintptr_t)*slot : NULL;
}

/* ---- sums: what is said, by entry */

static struct entry *find_entry(struct comparison *c, struct str source, struct str id) {
    buf_clear(&c->bytes);
    wire_str(&c->bytes, source);
    wire_str(&c->bytes, id);
    struct entry *known = entry_at(map_get(&c->by_id, buf_view(&c->bytes)));
    if (known || c->bytes.failed) {
        return known;
    }
    struct str key = arena_str(&c->arena, buf_view(&c->bytes));
    struct entry *entry = arena_alloc(&c->arena, sizeof *entry);
    struct entry **place = VEC_PUSH(&c->arena, &c->entries);
    uint64_t *slot = key.p && entry && place ? map_put(&c->by_id, key, NULL) : NULL;
    if (!slot) {
        return NULL;
    }
    *place = entry;
    *slot = (uint64_t)(uintptr_t)entry;
    entry->out.source = str_sub(key, 4, source.n);
    entry->out.id = str_sub(key, 8 + source.n, id.n);
    return entry;
}

static int put_number(struct comparison *c, struct side *side, int64_t number, struct entry *entry) {
    struct str key = arena_str(&c->arena, str_n((const char *)&number, sizeof number));
    uint64_t *slot = key.p ? map_put(&side->entries, key, NULL) : NULL;
    if (!slot) {
        return err_memory(c->err);
    }
    *slot = (uint64_t)(uintptr_t)entry;
    return 0;
}

static struct entry *get_number(const struct side *side, int64_t number) {
    return entry_at(map_get(&side->entries, str_n((const char *)&number, sizeof number)));
}

/* Of the head without its dates. */
static int sum_head(struct comparison *c, struct str data, uint64_t *out) {
    struct osv_record record;
    arena_reset(&c->scratch);
    int r = osv_decode_head(&c->scratch, data, &record, c->err);
    if (r < 0) {
        return r;
    }
    record.modified = record.published = 0;
    buf_clear(&c->bytes);
    osv_encode_head(&c->bytes, &record);
    *out += hash_bytes(buf_view(&c->bytes));
    return c->bytes.failed ? err_memory(c->err) : 0;
}

/* Several records of a vendor may be of one id. */
static int load_advisory(struct comparison *c, struct side *side, sqlite3_stmt *row) {
    struct entry *entry = find_entry(c, db_text(row, 1), db_text(row, 2));
    int r = entry ? put_number(c, side, sqlite3_column_int64(row, 0), entry) : err_memory(c->err);
    struct str data = db_blob(row, 3);
    if (r < 0 || !data.n) {
        return r;
    }
    struct sum *sum = side->is_new ? &entry->new_one : &entry->old;
    sum->is_there = true;
    r = sum_head(c, data, &sum->head);
    return r < 0 ? err_at(c->err, "%.*s", STR_ARG(entry->out.id)) : 0;
}

/* What one advisory says of one package. */
struct part {
    int64_t advisory;
    struct str ecosystem, name, data;
};

static uint64_t sum_of(struct comparison *c, const struct part *part) {
    buf_clear(&c->bytes);
    wire_str(&c->bytes, part->ecosystem);
    wire_str(&c->bytes, part->name);
    buf_str(&c->bytes, part->data);
    return hash_bytes(buf_view(&c->bytes));
}

static int load_part(struct comparison *c, struct side *side, const struct part *part) {
    struct entry *entry = get_number(side, part->advisory);
    uint64_t sum = sum_of(c, part);
    if (entry) {
        *(side->is_new ? &entry->new_one.rows : &entry->old.rows) += sum;
    }
    return c->bytes.failed ? err_memory(c->err) : 0;
}

/* ---- details of what differs */

static int push_alias(struct comparison *c, struct entry *entry, size_t cap, struct str id) {
    struct str *aliases = (struct str *)entry->out.aliases;
    for (size_t i = 0; i < entry->out.aliases_n; i++) {
        if (str_eq(aliases[i], id)) {
            return 0;
        }
    }
    assert(entry->out.aliases_n < cap);
    aliases[entry->out.aliases_n++] = arena_str(&c->arena, id);
    return aliases[entry->out.aliases_n - 1].p ? 0 : err_memory(c->err);
}

static bool is_exploited(const struct comparison *c, struct str id) {
    return map_get(&c->exploited, id) != NULL;
}

static int set_ids(struct comparison *c, struct entry *entry, const struct osv_record *record) {
    size_t cap = record->aliases.n + record->upstream.n;
    entry->out.aliases = arena_array(&c->arena, cap + 1, sizeof *entry->out.aliases);
    entry->out.aliases_n = 0;
    int r = entry->out.aliases ? 0 : err_memory(c->err);
    for (size_t i = 0; i < record->aliases.n && r == 0; i++) {
        r = push_alias(c, entry, cap, record->aliases.p[i]);
    }
    for (size_t i = 0; i < record->upstream.n && r == 0; i++) {
        r = push_alias(c, entry, cap, record->upstream.p[i]);
    }
    entry->out.is_exploited = is_exploited(c, entry->out.id);
    for (size_t i = 0; r == 0 && i < entry->out.aliases_n; i++) {
        entry->out.is_exploited |= is_exploited(c, entry->out.aliases[i]);
    }
    return r;
}

static int describe_advisory(struct comparison *c, struct side *side, sqlite3_stmt *row) {
    struct entry *entry = get_number(side, sqlite3_column_int64(row, 0));
    struct str data = db_blob(row, 3);
    struct osv_record record;
    if (!entry || !entry->differs || !data.n) {
        return 0;
    }
    arena_reset(&c->scratch);
    int r = osv_decode_head(&c->scratch, data, &record, c->err);
    if (r < 0) {
        return r;
    }
    struct compared_side *out = side->is_new ? &entry->out.new_one : &entry->out.old;
    out->severity = MAX(out->severity, osv_severity(&record));
    entry->out.title = record.summary.n ? arena_str(&c->arena, record.summary) : STR("");
    return entry->out.title.p ? set_ids(c, entry, &record) : err_memory(c->err);
}

/* The versions that repair it, as they stand, not more than a line holds. */
static struct str list_fixed(struct comparison *c, const struct osv_affected *affected) {
    enum { MOST = 6 };
    size_t n = 0;
    buf_clear(&c->bytes);
    for (size_t i = 0; i < affected->ranges_n; i++) {
        for (size_t k = 0; k < affected->ranges[i].n; k++) {
            const struct range_event *event = &affected->ranges[i].events[k];
            if (event->kind == RANGE_FIXED && ++n <= MOST) {
                buf_c(&c->bytes, n > 1 ? ", " : "");
                buf_str(&c->bytes, event->version);
            }
        }
    }
    buf_c(&c->bytes, n > MOST ? ", ..." : "");
    return c->bytes.failed ? STR_NONE : arena_str(&c->arena, buf_view(&c->bytes));
}

static int describe_part(struct comparison *c, struct side *side, const struct part *part) {
    struct entry *entry = get_number(side, part->advisory);
    struct osv_affected affected;
    if (!entry || !entry->differs) {
        return 0;
    }
    struct compared_package *package =
        side->is_new ? VEC_PUSH(&c->arena, &entry->new_packages) : VEC_PUSH(&c->arena, &entry->old_packages);
    arena_reset(&c->scratch);
    int r = package ? osv_decode_affected(&c->scratch, part->data, &affected, c->err) : err_memory(c->err);
    if (r < 0) {
        return r;
    }
    uint64_t sum = sum_of(c, part);
    *package = (struct compared_package){.ecosystem = arena_str(&c->arena, part->ecosystem),
                                         .name = arena_str(&c->arena, part->name),
                                         .fixed = list_fixed(c, &affected),
                                         .sum = sum};
    return package->ecosystem.p && package->name.p && package->fixed.p ? 0 : err_memory(c->err);
}

/* ---- passes over a database */

typedef int pass(struct comparison *c, struct side *side, sqlite3_stmt *row);

static int each_row(struct comparison *c, struct side *side, const char *sql, pass *take) {
    _cleanup_(db_finalizep) sqlite3_stmt *rows = NULL;
    int r = db_prepare(side->db, &rows, sql, c->err);
    while (r == 0 && (r = db_step(rows, c->err)) == 1) {
        r = take(c, side, rows);
    }
    return r;
}

typedef int part_pass(struct comparison *c, struct side *side, const struct part *part);

static int each_part_of(struct comparison *c, struct side *side, sqlite3_stmt *row, part_pass *take) {
    struct part part = {.ecosystem = db_text(row, 0), .name = db_text(row, 1)};
    struct cursor in = cursor_over(db_blob(row, 2));
    int r = 0;
    for (struct affected_group group; r == 0 && affected_next_group(&in, &group);) {
        part.data = group.data;
        for (struct affected_member m; r == 0 && affected_next_member(&group, &m);) {
            part.advisory = m.advisory;
            r = take(c, side, &part);
        }
        in.failed |= group.members.failed;
    }
    return r == 0 && in.failed
               ? err_set(c->err, ERR_INPUT, "%.*s: stored advisories are damaged", STR_ARG(part.name))
               : r;
}

static int each_part(struct comparison *c, struct side *side, part_pass *take) {
    _cleanup_(db_finalizep) sqlite3_stmt *rows = NULL;
    int r = db_prepare(
        side->db, &rows,
        "SELECT p.ecosystem, p.name, f.data FROM package p JOIN affected f ON f.package = p.id", c->err);
    while (r == 0 && (r = db_step(rows, c->err)) == 1) {
        r = each_part_of(c, side, rows, take);
    }
    return r;
}

static int both_passes(struct comparison *c, struct side *side, pass *advisory, part_pass *part) {
    int r = each_row(
        c, side, "SELECT a.id, s.ecosystem, a.name, a.data FROM advisory a JOIN source s ON s.id = a.source",
        advisory);
    return r < 0 ? r : each_part(c, side, part);
}

/* ---- what is exploited */

static int load_exploited(struct comparison *c, struct side *side, sqlite3_stmt *row) {
    struct entry *entry = find_entry(c, STR(COMPARE_EXPLOITED), db_text(row, 0));
    if (!entry) {
        return err_memory(c->err);
    }
    *(side->is_new ? &entry->new_one.is_there : &entry->old.is_there) = true;
    entry->out.title = STR("");
    return side->is_new && !map_put(&c->exploited, entry->out.id, NULL) ? err_memory(c->err) : 0;
}

/* ---- all */

static void judge(struct entry *entry) {
    const struct sum *old = &entry->old, *new_one = &entry->new_one;
    bool is_other = old->head != new_one->head || old->rows != new_one->rows;
    entry->out.old.is_there = old->is_there;
    entry->out.new_one.is_there = new_one->is_there;
    entry->differs = old->is_there != new_one->is_there || (old->is_there && is_other);
    entry->out.kind = !old->is_there       ? DIFFERENCE_APPEARS
                      : !new_one->is_there ? DIFFERENCE_VANISHES
                                           : DIFFERENCE_CHANGES;
}

static int by_package(const void *pa, const void *pb) {
    const struct compared_package *a = pa, *b = pb;
    int order = str_cmp(a->ecosystem, b->ecosystem);
    order = order ? order : str_cmp(a->name, b->name);
    return order ? order : (a->sum > b->sum) - (a->sum < b->sum);
}

/* Sorts both lists and leaves out what is in both. */
static void set_packages(struct entry *entry) {
    struct compared_package *a = entry->old_packages.p, *b = entry->new_packages.p;
    size_t a_n = entry->old_packages.n, b_n = entry->new_packages.n, i = 0, k = 0;
    struct compared_side *old = &entry->out.old, *new_one = &entry->out.new_one;
    *old = (struct compared_side){old->is_there, old->severity, a, 0};
    *new_one = (struct compared_side){new_one->is_there, new_one->severity, b, 0};
    if (a_n) {
        qsort(a, a_n, sizeof *a, by_package);
    }
    if (b_n) {
        qsort(b, b_n, sizeof *b, by_package);
    }
    while (i < a_n || k < b_n) {
        int order = i == a_n ? 1 : k == b_n ? -1 : by_package(&a[i], &b[k]);
        if (order < 0) {
            a[old->packages_n++] = a[i++];
        } else if (order > 0) {
            b[new_one->packages_n++] = b[k++];
        } else {
            i++;
            k++;
        }
    }
}

static enum severity worst_of(const struct compared_advisory *advisory) {
    return MAX(advisory->old.severity, advisory->new_one.severity);
}

static int by_weight(const void *pa, const void *pb) {
    const struct compared_advisory *a = &(*(struct entry *const *)pa)->out;
    const struct compared_advisory *b = &(*(struct entry *const *)pb)->out;
    int order = str_cmp(a->source, b->source);
    order = order ? order : (int)b->is_exploited - (int)a->is_exploited;
    order = order ? order : (int)worst_of(b) - (int)worst_of(a);
    return order ? order : str_cmp(a->id, b->id);
}

static int tell(struct comparison *c, compare_take *take, void *context) {
    size_t n = 0;
    int r = 0;
    for (size_t i = 0; i < c->entries.n; i++) {
        if (c->entries.p[i]->differs) {
            set_packages(c->entries.p[i]);
            c->entries.p[n++] = c->entries.p[i];
        }
    }
    if (n) {
        qsort(c->entries.p, n, sizeof(struct entry *), by_weight);
    }
    for (size_t i = 0; i < n && r == 0; i++) {
        r = take(context, &c->entries.p[i]->out, c->err);
    }
    return r;
}

static int run(struct comparison *c) {
    struct side *sides[] = {&c->old, &c->new_one};
    int r = 0;
    for (size_t i = 0; i < ARRAY_SIZE(sides) && r == 0; i++) {
        r = both_passes(c, sides[i], load_advisory, load_part);
        r = r < 0 ? r : each_row(c, sides[i], "SELECT cve FROM kev", load_exploited);
    }
    for (size_t i = 0; i < c->entries.n && r == 0; i++) {
        judge(c->entries.p[i]);
    }
    for (size_t i = 0; i < ARRAY_SIZE(sides) && r == 0; i++) {
        r = both_passes(c, sides[i], describe_advisory, describe_part);
    }
    return r;
}

static int open_side(struct comparison *c, struct side *side, const char *path, bool is_new) {
    side->is_new = is_new;
    side->entries = map_new(&c->arena);
    int r = seal_verify(path, c->err);
    return r < 0 ? r : db_open(&side->db, path, c->err);
}

int advisories_compare(const char *old_path, const char *new_path, compare_take *take, void *context,
                       struct err *err) {
    struct comparison c = {.arena = arena_new(LIMIT_COMPARISON),
                           .scratch = arena_new(LIMIT_DOC_BYTES),
                           .bytes = buf_new(LIMIT_OSV_RECORD),
                           .err = err};
    c.by_id = map_new(&c.arena);
    c.exploited = map_new(&c.arena);
    int r = open_side(&c, &c.old, old_path, false);
    r = r < 0 ? r : open_side(&c, &c.new_one, new_path, true);
    r = r < 0 ? r : run(&c);
    r = r < 0 ? r : tell(&c, take, context);
    db_closep(&c.old.db);
    db_closep(&c.new_one.db);
    buf_free(&c.bytes);
    arena_free(&c.scratch);
    arena_free(&c.arena);
    return r;
}
