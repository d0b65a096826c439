/* Hits to matches: which hits are the same vulnerability, and what they say of it together. */
#include "base/clock.h"
#include "base/map.h"
#include "vuln/cve.h"
#include "vuln/cvss.h"
#include "vuln/feed.h"
#include "vuln/hit.h"

/* ---- merging: sets of hits that share keys, each led by its earliest hit */

struct group {
    size_t *leader; /* of each hit; a hit that leads is its own */
};

static size_t find_leader(struct group *g, size_t i) {
    while (g->leader[i] != i) {
        g->leader[i] = g->leader[g->leader[i]];
        i = g->leader[i];
    }
    return i;
}

static void join(struct group *g, size_t a, size_t b) {
    a = find_leader(g, a);
    b = find_leader(g, b);
    g->leader[MAX(a, b)] = MIN(a, b);
}

static int group_hits(struct advisories *a, const struct hit_list *hits, struct group *out, struct err *err) {
    struct map seen = map_new(&a->scratch);
    out->leader = arena_array(&a->scratch, hits->n, sizeof *out->leader);
    if (!out->leader) {
        return err_memory(err);
    }
    for (size_t i = 0; i < hits->n; i++) {
        out->leader[i] = i;
        for (size_t k = 0; k < hits->p[i]->keys.n; k++) {
            bool is_new;
            uint64_t *slot = map_put(&seen, hits->p[i]->keys.p[k], &is_new);
            if (!slot) {
                return err_memory(err);
            }
            if (is_new) {
                *slot = i;
            } else {
                join(out, (size_t)*slot, i);
            }
        }
    }
    return 0;
}

/* ---- one match */

struct merger {
    struct advisories *advisories;
    struct arena *arena; /* of the caller */
    const struct hit **hits;
    size_t n;
    struct str version;
    struct match *out;
    struct err *err;
};

static unsigned id_rank(struct str id) {
    return str_starts(id, STR("CVE-")) ? 0 : str_starts(id, STR("GHSA-")) ? 1 : 2;
}

/* CVE before GHSA before others; of several the first by name, of others the one that came first. */
static struct str choose_id(const struct merger *m) {
    struct str best = m->hits[0]->keys.p[0];
    for (size_t i = 0; i < m->n; i++) {
        for (size_t k = 0; k < m->hits[i]->keys.n; k++) {
            struct str key = m->hits[i]->keys.p[k];
            unsigned rank = id_rank(key), best_rank = id_rank(best);
            if (rank < best_rank || (rank == best_rank && rank < 2 && str_cmp(key, best) < 0)) {
                best = key;
            }
        }
    }
    return best;
}

static int compare_ids(const void *a, const void *b) {
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* All ids but the chosen one, each once, sorted. */
static int list_aliases(struct merger *m) {
    size_t most = 0, n = 0;
    for (size_t i = 0; i < m->n; i++) {
        most += 1 + m->hits[i]->keys.n;
    }
    struct str *ids = arena_array(&m->advisories->scratch, most, sizeof *ids);
    struct osv_strings out = {arena_array(m->arena, most, sizeof *out.p), 0};
    if (!ids || !out.p) {
        return err_memory(m->err);
    }
    for (size_t i = 0; i < m->n; i++) {
        ids[n++] = m->hits[i]->record.id;
        for (size_t k = 0; k < m->hits[i]->keys.n; k++) {
            ids[n++] = m->hits[i]->keys.p[k];
        }
    }
    qsort(ids, n, sizeof *ids, compare_ids);
    for (size_t i = 0; i < n; i++) {
        if (str_eq(ids[i], m->out->id) || (i && str_eq(ids[i], ids[i - 1]))) {
            continue;
        }
        out.p[out.n] = arena_str(m->arena, ids[i]);
        if (!out.p[out.n++].p) {
            return err_memory(m->err);
        }
    }
    m->out->aliases = out.p;
    m->out->aliases_n = out.n;
    return 0;
}

struct best_vector {
    struct str text;
    struct cvss cvss;
};

/* Few vectors are those of most advisories. Without room it is read each time. */
static bool read_vector(struct advisories *a, struct str text, struct cvss *out) {
    const uint64_t *known = map_get(&a->vectors, text);
    if (known) {
        *out = *(const struct cvss *)(uintptr_t)*known;
        return true;
    }
    if (!cvss_read(text, out)) {
        return false;
    }
    struct str key = arena_str(&a->vectors_room, text);
    struct cvss *kept = arena_alloc(&a->vectors_room, sizeof *kept);
    uint64_t *slot = key.p && kept ? map_put(&a->vectors, key, NULL) : NULL;
    if (slot) {
        *kept = *out;
        *slot = (uint64_t)(uintptr_t)kept;
    }
    return true;
}

/* A vector of a later version of CVSS says more; of the same, the worse counts. a NULL: nothing is kept. */
static void try_vectors(struct advisories *a, const struct osv_strings *vectors, struct best_vector *best) {
    for (size_t i = 0; i < vectors->n; i++) {
        struct cvss cvss;
        bool is_read = a ? read_vector(a, vectors->p[i], &cvss) : cvss_read(vectors->p[i], &cvss);
        if (is_read && (!best->text.n || cvss.version > best->cvss.version ||
                        (cvss.version == best->cvss.version && cvss.score > best->cvss.score))) {
            *best = (struct best_vector){vectors->p[i], cvss};
        }
    }
}

static enum severity severity_of_word(struct str word) {
    static const struct {
        struct str word;
        enum severity severity;
    } words[] = {
        {STR("none"), SEVERITY_NONE},         {STR("negligible"), SEVERITY_LOW},
        {STR("unimportant"), SEVERITY_LOW},   {STR("low"), SEVERITY_LOW},
        {STR("moderate"), SEVERITY_MEDIUM},   {STR("medium"), SEVERITY_MEDIUM},
        {STR("important"), SEVERITY_HIGH},    {STR("high"), SEVERITY_HIGH},
        {STR("critical"), SEVERITY_CRITICAL},
    };
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (str_eq_nocase(word, words[i].word)) {
            return words[i].severity;
        }
    }
    return SEVERITY_UNKNOWN;
}

/* RustSec's "unsound" can turn into a vulnerability by what a program does; the others can't. */
static enum severity severity_of_informational(struct str word) {
    return str_eq(word, STR("unsound")) ? SEVERITY_LOW : SEVERITY_NONE;
}

/* A vector, else a bare number, else the worst word. */
static enum severity decide_severity(const struct best_vector *best, double score, enum severity word,
                                     struct str informational) {
    return best->text.n               ? best->cvss.severity
           : score >= 0               ? severity_of_score(score)
           : informational.n && !word ? severity_of_informational(informational)
                                      : word;
}

enum severity osv_severity(const struct osv_record *record) {
    struct best_vector best = {0};
    try_vectors(NULL, &record->vectors, &best);
    return decide_severity(&best, record->score, severity_of_word(record->word), record->informational);
}

static void set_severity(struct merger *m, struct best_vector *best) {
    double score = -1;
    enum severity word = SEVERITY_UNKNOWN;
    for (size_t i = 0; i < m->n; i++) {
        const struct hit *hit = m->hits[i];
        try_vectors(m->advisories, &hit->record.vectors, best);
        try_vectors(m->advisories, &hit->affected.vectors, best);
        score = MAX(score, hit->record.score);
        word = MAX(word, severity_of_word(hit->record.word));
    }
    m->out->score = best->text.n ? best->cvss.score : score;
    m->out->severity = decide_severity(best, score, word, m->out->informational);
}

/* Informational only when all say so. */
static void set_informational(struct merger *m) {
    for (size_t i = 0; i < m->n; i++) {
        m->out->informational = m->hits[i]->record.informational;
        if (!m->out->informational.n) {
            return;
        }
    }
}

static unsigned verdict_rank(const struct hit *hit) {
    return hit->verdict == MATCH_AFFECTED     ? (hit->knows_imports ? 3 : 1)
           : hit->verdict == MATCH_NOT_LINKED ? 2
                                              : 0;
}

/* A verdict that looked at what is linked knows more than one that only looked at versions; and a decided one
 * more than one that isn't. */
static void set_verdict(struct merger *m) {
    const struct hit *best = m->hits[0];
    for (size_t i = 1; i < m->n; i++) {
        best = verdict_rank(m->hits[i]) > verdict_rank(best) ? m->hits[i] : best;
    }
    m->out->verdict = best->verdict;
    m->out->reason = best->reason;
}

/* The first of the group's records that affects the package's version, by what was evaluated for it. */
static bool find_first(const struct merger *m, struct str *next) {
    for (size_t i = 0; i < m->n; i++) {
        if (m->hits[i]->range.is_affected) {
            *next = m->hits[i]->range.fixed;
            return true;
        }
    }
    return false;
}

/* The same of another version: true and its fixed version, which may be empty. */
static bool find_next(const struct merger *m, struct str version, struct str *next) {
    for (size_t i = 0; i < m->n; i++) {
        struct range_verdict verdict = hit_evaluate(m->hits[i], version);
        if (verdict.is_affected) {
            *next = verdict.fixed;
            return true;
        }
    }
    return false;
}

static void set_fixed(struct merger *m) {
    /* Each step goes up to a version that some record states; real chains have one or two. */
    enum { STEPS_MAX = 64 };
    struct str version = m->version, next;
    bool is_affected = find_first(m, &next);
    for (unsigned i = 0; i < STEPS_MAX && is_affected; i++) {
        if (!next.n) {
            version = m->version;
            break;
        }
        version = next;
        is_affected = find_next(m, version, &next);
    }
    bool is_clean = version.p != m->version.p && !is_affected;
    m->out->fixed = is_clean ? version : STR_NONE;
    for (size_t i = 0; i < m->n && !is_clean && !m->out->last_affected.n; i++) {
        m->out->last_affected = m->hits[i]->range.last_affected;
    }
}

/* Exploitation and its likelihood, by the CVE ids of the group. */
static int load_exploited(struct advisories *a, struct err *err) {
    sqlite3_stmt *rows = a->cached[LIST_EXPLOITED];
    int r = 0;
    while (r == 0 && (r = db_step(rows, err)) == 1) {
        struct str cve = arena_str(&a->dates, db_text(rows, 0));
        uint64_t *slot = cve.p ? map_put(&a->exploited, cve, NULL) : NULL;
        if (slot) {
            *slot = (uint64_t)sqlite3_column_int64(rows, 1);
        }
        r = slot ? 0 : err_memory(err);
    }
    sqlite3_reset(rows);
    a->has_exploited = r == 0;
    return r;
}

static int look_up_exploited(struct merger *m, struct str cve) {
    struct advisories *a = m->advisories;
    char since[CLOCK_TEXT];
    int r = a->has_exploited ? 0 : load_exploited(a, m->err);
    const uint64_t *date = r == 0 ? map_get(&a->exploited, cve) : NULL;
    if (!date || m->out->is_exploited) {
        return r;
    }
    clock_format((int64_t)*date, since);
    m->out->is_exploited = true;
    m->out->exploited_since = arena_str(m->arena, str_n(since, sizeof "2024-01-01" - 1));
    return m->out->exploited_since.p ? 0 : err_memory(m->err);
}

static int look_up_score(struct merger *m, struct str cve) {
    sqlite3_stmt *find = m->advisories->cached[FIND_SCORE];
    int64_t number;
    if (!cve_number(cve, &number)) {
        return 0;
    }
    sqlite3_bind_int64(find, 1, number);
    int r = db_step(find, m->err);
    double value = r == 1 ? (double)sqlite3_column_int64(find, 0) / EPSS_UNITS : -1;
    if (value > m->out->epss) {
        m->out->epss = value;
        m->out->epss_percentile = (double)sqlite3_column_int64(find, 1) / EPSS_UNITS;
    }
    sqlite3_reset(find);
    return MIN(r, 0);
}

static int look_up(struct merger *m, struct str cve) {
    int r = look_up_exploited(m, cve);
    return r == 0 && m->advisories->has_epss ? look_up_score(m, cve) : r;
}

static int set_exploited(struct merger *m) {
    m->out->epss = m->out->epss_percentile = -1;
    int r = id_rank(m->out->id) == 0 ? look_up(m, m->out->id) : 0;
    for (size_t i = 0; i < m->out->aliases_n && r == 0; i++) {
        r = id_rank(m->out->aliases[i]) == 0 ? look_up(m, m->out->aliases[i]) : 0;
    }
    return r;
}

static struct str find_title(const struct merger *m) {
    for (size_t i = 0; i < m->n; i++) {
        if (m->hits[i]->record.summary.n) {
            return m->hits[i]->record.summary;
        }
    }
    return STR_NONE;
}

/* What still points into scratch memory. */
static int keep(struct merger *m) {
    struct match *out = m->out;
    struct str *fields[] = {&out->title, &out->vector,        &out->reason,
                            &out->fixed, &out->last_affected, &out->informational};
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        *fields[i] = fields[i]->n ? arena_str(m->arena, *fields[i]) : STR("");
        if (!fields[i]->p) {
            return err_memory(m->err);
        }
    }
    return 0;
}

static int merge(struct merger *m) {
    struct best_vector best = {0};
    *m->out = (struct match){.id = arena_str(m->arena, choose_id(m)), .title = find_title(m)};
    if (!m->out->id.p) {
        return err_memory(m->err);
    }
    set_informational(m);
    set_severity(m, &best);
    m->out->vector = best.text;
    set_verdict(m);
    set_fixed(m);
    int r = list_aliases(m);
    if (r == 0) {
        r = set_exploited(m);
    }
    return r < 0 ? r : keep(m);
}

/* ---- all */

static int compare_matches(const void *pa, const void *pb) {
    static const int verdict_order[] = {[MATCH_AFFECTED] = 0, [MATCH_UNDECIDED] = 1, [MATCH_NOT_LINKED] = 2};
    const struct match *a = pa, *b = pb;
    int steps[] = {
        (int)b->is_exploited - (int)a->is_exploited,
        verdict_order[a->verdict] - verdict_order[b->verdict],
        (int)b->severity - (int)a->severity,
        (b->score > a->score) - (b->score < a->score),
    };
    for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
        if (steps[i]) {
            return steps[i];
        }
    }
    return str_cmp(a->id, b->id);
}

/* Hits sorted by their leaders, so that a group lies together. */
static const struct hit **sort_hits(struct advisories *a, const struct hit_list *hits, struct group *group,
                                    size_t **starts, size_t *groups) {
    const struct hit **sorted = arena_array(&a->scratch, hits->n, sizeof(struct hit *));
    size_t *start = arena_array(&a->scratch, hits->n + 2, sizeof *start);
    size_t *number = arena_array(&a->scratch, hits->n, sizeof *number);
    if (!sorted || !start || !number) {
        return NULL;
    }
    *groups = 0;
    for (size_t i = 0; i < hits->n; i++) {
        size_t leader = find_leader(group, i);
        number[i] = leader == i ? (*groups)++ : number[leader];
        start[number[i] + 2]++;
    }
    for (size_t g = 2; g < *groups + 2; g++) {
        start[g] += start[g - 1];
    }
    for (size_t i = 0; i < hits->n; i++) {
        sorted[start[number[i] + 1]++] = hits->p[i];
    }
    *starts = start;
    return sorted;
}

static int merge_all(struct merger *m, const struct hit_list *hits, struct match **out, size_t *n) {
    struct group group;
    size_t *starts = NULL, groups = 0;
    int r = group_hits(m->advisories, hits, &group, m->err);
    if (r < 0) {
        return r;
    }
    const struct hit **sorted = sort_hits(m->advisories, hits, &group, &starts, &groups);
    struct match *matches = arena_array(m->arena, groups, sizeof *matches);
    if (!sorted || !matches) {
        return err_memory(m->err);
    }
    for (size_t g = 0; g < groups && r == 0; g++) {
        m->hits = sorted + starts[g];
        m->n = starts[g + 1] - starts[g];
        m->out = &matches[g];
        r = merge(m);
    }
    qsort(matches, groups, sizeof *matches, compare_matches);
    *out = matches;
    *n = groups;
    return r;
}

int advisories_match(struct advisories *a, struct arena *arena, const struct package_record *record,
                     struct match **out, size_t *n, struct err *err) {
    struct query query;
    struct hit_list hits;
    *out = NULL;
    *n = 0;
    if (!record->ecosystem.n) {
        return 0;
    }
    arena_reset(&a->scratch);
    int r = hits_find(a, record, &query, &hits, err);
    if (r == 0 && hits.n) {
        struct merger m = {.advisories = a, .arena = arena, .version = query.version, .err = err};
        r = merge_all(&m, &hits, out, n);
    }
    return r < 0 ? err_at(err, "%.*s %.*s", STR_ARG(query.name), STR_ARG(query.version)) : 0;
}
