#include "vuln/hit.h"

#include "base/map.h"

/* Ecosystems whose advisories name source packages. */
static const struct str by_source[] = {
    STR("Debian"),      STR("Ubuntu"), STR("Alpine"),   STR("Wolfi"),  STR("Chainguard"),
    STR("Rocky Linux"), STR("SUSE"),   STR("openSUSE"), STR("Mageia"), STR("openEuler"),
};

static bool is_by_source(struct str ecosystem) {
    struct str base, suffix;
    str_cut(ecosystem, ':', &base, &suffix);
    for (size_t i = 0; i < ARRAY_SIZE(by_source); i++) {
        if (str_eq(by_source[i], base)) {
            return true;
        }
    }
    return false;
}

static struct query query_of(const struct package_record *record) {
    const struct package *p = &record->package;
    bool is_source = is_by_source(record->ecosystem);
    enum version_scheme scheme = VERSION_SEMVER;
    bool has_scheme = version_scheme_of(record->ecosystem, &scheme);
    return (struct query){
        .scheme = scheme,
        .has_scheme = has_scheme,
        .ecosystem = record->ecosystem,
        .name = is_source && p->source_name.n ? p->source_name : p->name,
        .version = is_source && p->source_version.n ? p->source_version : p->version,
        .package = p,
    };
}

struct str advisories_question(struct arena *arena, const struct package_record *record) {
    if (!is_by_source(record->ecosystem) || record->package.flags & PACKAGE_KNOWS_LINKED) {
        return STR("");
    }
    const struct query query = query_of(record);
    return arena_strf(arena, "%.*s%c%.*s%c%.*s", STR_ARG(query.ecosystem), 0, STR_ARG(query.name), 0,
                      STR_ARG(query.version));
}

struct range_verdict hit_evaluate(const struct hit *hit, struct str version) {
    const struct range_affected affected = {hit->affected.ranges, hit->affected.ranges_n,
                                            hit->affected.versions.p, hit->affected.versions.n};
    return hit->has_scheme ? range_evaluate_affected(hit->scheme, &affected, version)
                           : (struct range_verdict){.is_undecided = true};
}

/* ---- module streams */

static bool is_modular(struct str version) {
    return str_find(version, STR(".module")) >= 0 || str_find(version, STR("+module")) >= 0;
}

static struct str without_epoch(struct str version) {
    struct str epoch, rest;
    return str_cut(version, ':', &epoch, &rest) ? rest : version;
}

/* "18.12.1" is of stream "18"; "1.8" is not of "1.18". */
static bool is_of_stream(struct str version, struct str stream) {
    struct str rest = str_from(version, stream.n);
    return str_starts(version, stream) && (!rest.n || rest.p[0] == '.' || rest.p[0] == '-');
}

/* Whether the fixed version belongs to builds that the installed one is none of. The module's stream isn't
 * among a package's facts, but where its name is the version's beginning ("nodejs:18"), the version tells. */
static bool is_other_stream(const struct hit *hit, struct str installed) {
    if (!hit->record.module.n || !is_modular(hit->range.fixed)) {
        return false;
    }
    if (!is_modular(installed)) {
        return true;
    }
    struct str name, stream;
    str_cut(hit->record.module, ':', &name, &stream);
    return is_of_stream(without_epoch(hit->range.fixed), stream) &&
           !is_of_stream(without_epoch(installed), stream);
}

/* ---- verdicts */

static int undecided(struct advisories *a, struct hit *hit, const char *before, struct str what,
                     const char *after, struct err *err) {
    what = str_sub(what, 0, 200);
    hit->verdict = MATCH_UNDECIDED;
    hit->reason = arena_strf(&a->scratch, "%s%.*s%s", before, STR_ARG(what), after);
    return hit->reason.p ? 1 : err_memory(err);
}

static int map_linked(struct advisories *a, struct query *query, struct err *err) {
    if (query->linked) {
        return 0;
    }
    struct map *linked = arena_alloc(&a->scratch, sizeof *linked);
    if (!linked) {
        return err_memory(err);
    }
    *linked = map_new(&a->scratch);
    for (size_t i = 0; i < query->package->linked_n; i++) {
        if (!map_put(linked, query->package->linked[i], NULL)) {
            return err_memory(err);
        }
    }
    query->linked = linked;
    return 0;
}

/* The binary lists all packages that it holds; a defect in others is not in it. */
static int judge_imports(struct advisories *a, struct query *query, struct hit *hit, struct err *err) {
    const struct osv_affected *affected = &hit->affected;
    if (!affected->imports_n || !(query->package->flags & PACKAGE_KNOWS_LINKED)) {
        return 1;
    }
    int r = map_linked(a, query, err);
    if (r < 0) {
        return r;
    }
    hit->knows_imports = true;
    for (size_t i = 0; i < affected->imports_n; i++) {
        if (map_get(query->linked, affected->imports[i].path)) {
            return 1;
        }
    }
    hit->verdict = MATCH_NOT_LINKED;
    struct str path = affected->imports[0].path;
    hit->reason =
        affected->imports_n == 1
            ? arena_strf(&a->scratch, "the vulnerable package %.*s is not in the binary", STR_ARG(path))
            : arena_strf(&a->scratch, "none of the %zu vulnerable packages (%.*s, ...) is in the binary",
                         affected->imports_n, STR_ARG(path));
    return hit->reason.p ? 1 : err_memory(err);
}

/* What is scanned are images and hosts of Linux; an advisory for Windows or Java alone may still mean a
 * lockfile that is used there. */
static bool is_for_linux(const struct osv_affected *affected) {
    for (size_t i = 0; i < affected->platforms.n; i++) {
        if (str_eq_nocase(affected->platforms.p[i], STR("linux"))) {
            return true;
        }
    }
    return false;
}

static int judge_version(struct advisories *a, struct query *query, struct hit *hit, struct err *err) {
    if (!query->version.n) {
        return undecided(a, hit, "the package ", query->name, " states no version", err);
    }
    if (version_is_valid(hit->scheme, query->version)) {
        return undecided(a, hit, "the advisory ", hit->record.id, " states a version that is none", err);
    }
    return undecided(a, hit, "\"", query->version, "\" is not a version that can be compared", err);
}

/* Evaluates the version; false when it is surely not affected. */
static bool may_count(const struct query *query, struct hit *hit) {
    bool has_versions = hit->affected.ranges_n || hit->affected.versions.n;
    hit->scheme = query->scheme;
    hit->has_scheme = query->has_scheme;
    hit->range = hit_evaluate(hit, query->version);
    return !hit->has_scheme || !has_versions || hit->range.is_undecided || hit->range.is_affected;
}

/* 1: the hit counts; 0: the package is not affected. */
static int judge(struct advisories *a, struct query *query, struct hit *hit, struct err *err) {
    if (!hit->has_scheme) {
        return undecided(a, hit, "the versions of ", query->ecosystem, " have no order that is known", err);
    }
    if (!hit->affected.ranges_n && !hit->affected.versions.n) {
        return undecided(a, hit, "the advisory ", hit->record.id, " states no versions", err);
    }
    if (hit->range.is_undecided) {
        return judge_version(a, query, hit, err);
    }
    if (!hit->range.is_affected || is_other_stream(hit, query->version)) {
        return 0;
    }
    if (hit->affected.platforms.n && !is_for_linux(&hit->affected)) {
        return undecided(a, hit, "only on the platform ", hit->affected.platforms.p[0],
                         ", which is not known to be this one", err);
    }
    return judge_imports(a, query, hit, err);
}

/* ---- reading */

static unsigned rank_of(const struct advisories *a, int64_t source) {
    for (size_t i = 0; i < a->ranks.n; i++) {
        if (a->ranks.p[i].source == source) {
            return a->ranks.p[i].rank;
        }
    }
    return 0;
}

static int read_head(struct advisories *a, int64_t advisory, struct hit *out, struct err *err) {
    sqlite3_stmt *find = a->cached[FIND_HEAD];
    sqlite3_bind_int64(find, 1, advisory);
    int r = db_step(find, err);
    struct str id = r == 1 ? arena_str(&a->scratch, db_text(find, 0)) : STR_NONE;
    struct str head = r == 1 ? arena_str(&a->scratch, db_blob(find, 1)) : STR_NONE;
    out->rank = r == 1 ? rank_of(a, sqlite3_column_int64(find, 2)) : 0;
    sqlite3_reset(find);
    if (r <= 0) {
        return r < 0 ? r : err_set(err, ERR_INPUT, "advisory %lld is not there", (long long)advisory);
    }
    if (!id.p || !head.p) {
        return err_memory(err);
    }
    r = osv_decode_head(&a->scratch, head, &out->record, err);
    out->record.id = id;
    return r < 0 ? err_at(err, "%.*s", STR_ARG(id)) : 0;
}

/* The hit's own keys, and with one upstream id that as well. */
static int set_keys(struct advisories *a, struct hit *hit, struct err *err) {
    const struct osv_record *record = &hit->record;
    size_t cap = 2 + record->aliases.n;
    hit->keys = (struct osv_strings){arena_array(&a->scratch, cap, sizeof *hit->keys.p), 0};
    if (!hit->keys.p) {
        return err_memory(err);
    }
    hit->keys.p[hit->keys.n++] = record->id;
    for (size_t i = 0; i < record->aliases.n; i++) {
        hit->keys.p[hit->keys.n++] = record->aliases.p[i];
    }
    if (record->upstream.n == 1) {
        hit->keys.p[hit->keys.n++] = record->upstream.p[0];
    }
    return 0;
}

static int push_hit(struct advisories *a, struct hit_list *list, const struct hit *hit, struct err *err) {
    struct hit *copy = arena_alloc(&a->scratch, sizeof *copy);
    struct hit **slot = arena_push(&a->scratch, (void **)&list->p, &list->n, &list->cap, sizeof *slot);
    if (!copy || !slot) {
        return err_memory(err);
    }
    *copy = *hit;
    copy->number = list->n;
    *slot = copy;
    return 0;
}

/* An erratum for several vulnerabilities is one hit for each; its own id must not join them. */
static int push_bundle(struct advisories *a, struct hit_list *list, struct hit *hit, struct err *err) {
    int r = 0;
    for (size_t i = 0; i < hit->record.upstream.n && r == 0; i++) {
        hit->keys = (struct osv_strings){&hit->record.upstream.p[i], 1};
        r = push_hit(a, list, hit, err);
    }
    return r;
}

/* ---- who counts: a row of a vendor settles its ids, also when the package is not affected */

static int settle_id(struct query *query, struct str id, unsigned rank, struct err *err) {
    bool is_new;
    uint64_t *slot = map_put(query->settled, id, &is_new);
    if (!slot) {
        return err_memory(err);
    }
    *slot = is_new ? rank : MAX(*slot, rank);
    return 0;
}

static int settle_ids(struct query *query, const struct osv_strings *ids, unsigned rank, struct err *err) {
    int r = 0;
    for (size_t i = 0; i < ids->n && r == 0; i++) {
        r = settle_id(query, ids->p[i], rank, err);
    }
    return r;
}

static int settle(struct advisories *a, struct query *query, const struct hit *hit, struct err *err) {
    if (!query->settled) {
        query->settled = arena_alloc(&a->scratch, sizeof *query->settled);
        if (!query->settled) {
            return err_memory(err);
        }
        *query->settled = map_new(&a->scratch);
    }
    int r = settle_id(query, hit->record.id, hit->rank, err);
    r = r < 0 ? r : settle_ids(query, &hit->record.aliases, hit->rank, err);
    return r < 0 ? r : settle_ids(query, &hit->record.upstream, hit->rank, err);
}

static bool is_overruled(const struct query *query, const struct hit *hit) {
    for (size_t i = 0; i < hit->keys.n; i++) {
        const uint64_t *rank = map_get(query->settled, hit->keys.p[i]);
        if (rank && *rank > hit->rank) {
            return true;
        }
    }
    return false;
}

static void drop_overruled(const struct query *query, struct hit_list *list) {
    size_t kept = 0;
    for (size_t i = 0; i < list->n; i++) {
        if (!is_overruled(query, list->p[i])) {
            list->p[kept++] = list->p[i];
        }
    }
    list->n = kept;
}

/* What a group's members say, which counts for one whose own head does not speak against it. */
static int add_hit(struct advisories *a, struct query *query, const struct hit *said,
                   const struct affected_member *of, bool counts, struct hit_list *list, struct err *err) {
    struct hit hit = *said;
    hit.of = *of;
    int r = read_head(a, of->advisory, &hit, err);
    if (r == 0 && hit.rank) {
        r = settle(a, query, &hit, err);
    }
    if (r < 0 || !counts) {
        return r;
    }
    r = judge(a, query, &hit, err);
    if (r <= 0) {
        return r;
    }
    if (hit.record.upstream.n > 1) {
        return push_bundle(a, list, &hit, err);
    }
    r = set_keys(a, &hit, err);
    return r < 0 ? r : push_hit(a, list, &hit, err);
}

/* Most groups speak of other versions: they are read from the database's own bytes and forgotten at once.
 * What counts is read again, to stay. */
static int read_group(struct advisories *a, struct query *query, struct str data, struct hit *out,
                      bool *counts, struct err *err) {
    arena_reset(&a->group);
    int r = osv_decode_affected(&a->group, data, &out->affected, err);
    *counts = r == 0 && may_count(query, out);
    if (!*counts) {
        return r;
    }
    struct str copy = arena_str(&a->scratch, data);
    r = copy.p ? osv_decode_affected(&a->scratch, copy, &out->affected, err) : err_memory(err);
    *counts = r == 0 && may_count(query, out);
    return r;
}

/* Where vendors have a say, each member may settle something, also when the version is not affected. */
static int add_group(struct advisories *a, struct query *query, struct affected_group *group,
                     struct hit_list *list, struct err *err) {
    struct hit said = {0};
    bool counts;
    int r = read_group(a, query, group->data, &said, &counts, err);
    if (r < 0 || (!counts && !a->ranks.n)) {
        return r;
    }
    for (struct affected_member m; r == 0 && affected_next_member(group, &m);) {
        r = add_hit(a, query, &said, &m, counts, list, err);
    }
    return r;
}

static int compare_hits(const void *pa, const void *pb) {
    const struct hit *a = *(struct hit *const *)pa, *b = *(struct hit *const *)pb;
    int order = (a->of.advisory > b->of.advisory) - (a->of.advisory < b->of.advisory);
    order = order ? order : (a->of.part > b->of.part) - (a->of.part < b->of.part);
    return order ? order : (a->number > b->number) - (a->number < b->number);
}

/* In the order of advisories: of hits that are the same vulnerability the first leads. */
static int add_groups(struct advisories *a, struct query *query, struct str blob, struct hit_list *list,
                      struct err *err) {
    struct cursor in = cursor_over(blob);
    size_t start = list->n;
    int r = 0;
    for (struct affected_group group; r == 0 && affected_next_group(&in, &group);) {
        r = add_group(a, query, &group, list, err);
        in.failed |= group.members.failed;
    }
    if (r == 0 && in.failed) {
        return err_set(err, ERR_INPUT, "stored advisories: damaged at byte %zu", in.at);
    }
    if (r == 0 && list->n > start) {
        qsort(list->p + start, list->n - start, sizeof(struct hit *), compare_hits);
    }
    return r;
}

static int find_named(struct advisories *a, struct query *query, struct str name, struct hit_list *out,
                      struct err *err) {
    sqlite3_stmt *find = a->cached[FIND_HITS];
    db_bind(find, 1, query->ecosystem);
    db_bind(find, 2, name);
    int r = db_step(find, err);
    r = r == 1 ? add_groups(a, query, db_blob(find, 0), out, err) : r;
    sqlite3_reset(find);
    return r;
}

/* Red Hat states what is not repaired, or not affected, by source packages. */
static int find_by_source(struct advisories *a, struct query *query, struct hit_list *out, struct err *err) {
    if (!str_starts(query->ecosystem, STR("Red Hat:"))) {
        return 0;
    }
    struct str name = query->package->source_name.n ? query->package->source_name : query->name;
    struct str source = arena_strf(&a->scratch, "src:%.*s", STR_ARG(name));
    return source.p ? find_named(a, query, source, out, err) : err_memory(err);
}

int hits_find(struct advisories *a, const struct package_record *record, struct query *query,
              struct hit_list *out, struct err *err) {
    *query = query_of(record);
    *out = (struct hit_list){0};
    int r = find_named(a, query, query->name, out, err);
    r = r < 0 ? r : find_by_source(a, query, out, err);
    if (r == 0 && query->settled) {
        drop_overruled(query, out);
    }
    return r;
}
