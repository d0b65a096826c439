#include "vuln/advisories.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "vuln/hit.h"
#include "vuln/sources.h"

static const char *const statements[ADVISORIES_STATEMENTS] = {
    [FIND_HITS] = "SELECT data FROM package JOIN affected ON package = id WHERE ecosystem = ? AND name = ?",
    [FIND_HEAD] = "SELECT name, data, source FROM advisory WHERE id = ?",
    [FIND_ECOSYSTEM] = "SELECT 1 FROM package WHERE ecosystem = ? LIMIT 1",
    [LIST_EXPLOITED] = "SELECT cve, since FROM kev",
    [FIND_SCORE] = "SELECT score, percentile FROM epss WHERE cve = ?",
};

/* Of each source by its number; sources are numbered from 1. */
static int load_ranks(struct advisories *a, struct err *err) {
    _cleanup_(db_finalizep) sqlite3_stmt *rows = NULL;
    int r = db_prepare(a->db, &rows, "SELECT id, ecosystem FROM source", err);
    while (r == 0 && (r = db_step(rows, err)) == 1) {
        const struct advisory_source *source = advisory_source_titled(db_text(rows, 1));
        struct source_rank *slot = source ? VEC_PUSH(&a->arena, &a->ranks) : NULL;
        if (source && !slot) {
            return err_memory(err);
        }
        if (slot) {
            *slot = (struct source_rank){sqlite3_column_int64(rows, 0), source->rank};
        }
        r = 0;
    }
    return r;
}

int advisories_open(struct advisories **out, const char *path, struct err *err) {
    _cleanup_(advisories_closep) struct advisories *a = mem_alloc_zero(sizeof *a);
    if (!a) {
        return err_memory(err);
    }
    a->scratch = arena_new(LIMIT_DOC_BYTES);
    a->group = arena_new(LIMIT_DOC_BYTES);
    a->arena = arena_new(MIB);
    a->dates = arena_new(LIMIT_FEED);
    a->vectors_room = arena_new(MIB);
    a->exploited = map_new(&a->dates);
    a->vectors = map_new(&a->vectors_room);
    int r = db_open(&a->db, path, err);
    /* One transaction for all look-ups: beginning one costs more than a look-up that finds nothing. */
    r = r == 0 ? db_execute(a->db, "BEGIN", err) : r;
    for (size_t i = 0; i < ADVISORIES_STATEMENTS && r == 0; i++) {
        r = db_prepare(a->db, &a->cached[i], statements[i], err);
    }
    r = r == 0 ? load_ranks(a, err) : r;
    int64_t has_epss = 0;
    r = r == 0 ? db_get_meta(a->db, "has_epss", &has_epss, err) : r;
    a->has_epss = has_epss;
    if (r == 0) {
        *out = TAKE_PTR(a);
    }
    return r;
}

void advisories_close(struct advisories *a) {
    if (!a) {
        return;
    }
    for (size_t i = 0; i < ADVISORIES_STATEMENTS; i++) {
        sqlite3_finalize(a->cached[i]);
    }
    db_closep(&a->db);
    arena_free(&a->scratch);
    arena_free(&a->group);
    arena_free(&a->dates);
    arena_free(&a->vectors_room);
    arena_free(&a->arena);
    mem_free(a);
}

void advisories_closep(struct advisories **a) {
    advisories_close(*a);
}

bool advisories_cover(struct advisories *advisories, struct str ecosystem) {
    struct err err;
    sqlite3_stmt *find = advisories->cached[FIND_ECOSYSTEM];
    db_bind(find, 1, ecosystem);
    int r = db_step(find, &err);
    sqlite3_reset(find);
    return r == 1;
}

/* Where a build that was not installed has its snapshot: beside the program. */
static char *path_beside_program(struct arena *arena) {
    char program[LIMIT_PATH];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program);
    struct str folder = str_dirname(str_n(program, n > 0 ? (size_t)n : 0));
    char *path = arena_printf(arena, "%.*s/share/advisories.db", STR_ARG(folder));
    return path && access(path, F_OK) == 0 ? path : NULL;
}

char *advisories_default_path(struct arena *arena) {
    const char *cache = file_cache_dir(arena), *share = getenv("PLIMSOLL_SHARE");
    char *path = cache ? arena_printf(arena, "%s/advisories.db", cache) : NULL;
    if (path && access(path, F_OK) == 0) {
        return path;
    }
    char *beside = path_beside_program(arena);
    if (beside) {
        return beside;
    }
    path = arena_printf(arena, "%s/advisories.db", share && *share ? share : PLIMSOLL_SHARE);
    return path && access(path, F_OK) == 0 ? path : NULL;
}

static int read_source(struct arena *arena, sqlite3_stmt *row, struct advisories_source *out,
                       struct err *err) {
    *out = (struct advisories_source){
        .ecosystem = arena_str(arena, db_text(row, 0)),
        .records = sqlite3_column_int64(row, 1),
        .newest = sqlite3_column_int64(row, 2),
        .note = arena_str(arena, db_text(row, 3)),
    };
    out->is_partial = str_starts(out->note, STR("partial"));
    return out->ecosystem.p && out->note.p ? 0 : err_memory(err);
}

static int read_sources(struct advisories *a, struct arena *arena, struct advisories_state *out,
                        struct err *err) {
    _cleanup_(db_finalizep) sqlite3_stmt *rows = NULL;
    VEC(struct advisories_source) sources = {0};
    int r = db_prepare(a->db, &rows, "SELECT ecosystem, records, newest, note FROM source ORDER BY id", err);
    while (r == 0 && (r = db_step(rows, err)) == 1) {
        struct advisories_source *source = VEC_PUSH(arena, &sources);
        r = source ? read_source(arena, rows, source, err) : err_memory(err);
        out->newest = source ? MAX(out->newest, source->newest) : 0;
    }
    out->sources = sources.p;
    out->sources_n = sources.n;
    return r;
}

int advisories_state(struct advisories *a, struct arena *arena, struct advisories_state *out,
                     struct err *err) {
    int64_t is_snapshot = 0, has_kev = 0, has_epss = 0;
    const struct {
        const char *key;
        int64_t *value;
    } fields[] = {
        {"built", &out->built},  {"is_snapshot", &is_snapshot}, {"has_kev", &has_kev},
        {"has_epss", &has_epss}, {"kev_date", &out->kev_date},  {"epss_date", &out->epss_date},
    };
    *out = (struct advisories_state){0};
    int r = 0;
    for (size_t i = 0; i < ARRAY_SIZE(fields) && r == 0; i++) {
        r = db_get_meta(a->db, fields[i].key, fields[i].value, err);
    }
    out->is_snapshot = is_snapshot;
    out->has_kev = has_kev;
    out->has_epss = has_epss;
    return r < 0 ? r : read_sources(a, arena, out, err);
}
