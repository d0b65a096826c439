#include "vuln/diff.h"

#include "base/limits.h"
#include "base/map.h"
#include "doc/json.h"

struct known {
    struct str id;
    enum severity severity;
    struct str fixed;
    bool is_set_aside; /* by the scan: VEX, or an exception */
    bool is_matched;
};

struct known_list {
    struct known *p;
    size_t n, cap;
};

struct diff {
    struct store *store;
    struct advisories *old, *new_one;
    struct vuln_options vuln; /* its VEX documents, and the run's image that they may name */
    difference_take *take;
    void *context;
    struct arena run_arena;              /* of the run's findings */
    struct map findings;                 /* "asset id" → struct known_list in run_arena */
    struct arena arena;                  /* of one package */
    const struct known_list *of_package; /* its findings */
};

/* ---- what was */

static struct str key_of(struct arena *arena, int64_t asset) {
    return arena_strf(arena, "%lld", (long long)asset);
}

static int push(struct arena *arena, struct known_list *list, struct known known, struct err *err) {
    struct known *slot = arena_push(arena, (void **)&list->p, &list->n, &list->cap, sizeof *slot);
    if (!slot) {
        return err_memory(err);
    }
    *slot = known;
    return 0;
}

static int remember(struct diff *d, const struct finding *f, bool is_set_aside, struct err *err) {
    struct str key = key_of(&d->run_arena, f->asset);
    uint64_t *slot = key.p ? map_put(&d->findings, key, NULL) : NULL;
    if (slot && !*slot) {
        struct known_list *list = arena_alloc(&d->run_arena, sizeof *list);
        *slot = (uint64_t)(uintptr_t)list;
        if (list) {
            *list = (struct known_list){0};
        }
    }
    if (!slot || !*slot) {
        return err_memory(err);
    }
    const struct known known = {
        .id = f->rule, .severity = f->severity, .fixed = f->fixed, .is_set_aside = is_set_aside};
    return push(&d->run_arena, (struct known_list *)(uintptr_t)*slot, known, err);
}

/* Not affected because somebody says so: what isn't linked is asked again. */
static int is_by_vex(struct diff *d, const struct finding *f, bool *out, struct err *err) {
    const struct doc *evidence;
    int r = json_parse(&d->run_arena, f->evidence, &evidence, err);
    *out = r == 0 && doc_get(evidence, STR("vex"));
    return r;
}

static int load_finding(struct diff *d, const struct finding *f, struct err *err) {
    bool is_set_aside = f->status == FINDING_SUPPRESSED;
    int r = f->status == FINDING_NOT_AFFECTED ? is_by_vex(d, f, &is_set_aside, err) : 0;
    return r < 0 || (f->status != FINDING_OPEN && !is_set_aside) ? r : remember(d, f, is_set_aside, err);
}

static int load_findings(struct diff *d, int64_t run, struct err *err) {
    struct finding_list list;
    int r = store_get_findings(d->store, &d->run_arena, run, &list, err);
    for (size_t i = 0; r == 0 && i < list.n; i++) {
        r = list.p[i].kind == FINDING_VULNERABILITY ? load_finding(d, &list.p[i], err) : 0;
    }
    return r;
}

static int find_findings(struct diff *d, const struct asset *asset, struct err *err) {
    static const struct known_list none;
    struct str key = key_of(&d->arena, asset->id);
    const uint64_t *slot = key.p ? map_get(&d->findings, key) : NULL;
    d->of_package = slot ? (const struct known_list *)(uintptr_t)*slot : &none;
    return key.p ? 0 : err_memory(err);
}

static bool is_of(const struct match *match, struct str id) {
    bool is_same = str_eq(match->id, id);
    for (size_t i = 0; i < match->aliases_n && !is_same; i++) {
        is_same = str_eq(match->aliases[i], id);
    }
    return is_same;
}

/* By the scan, whose documents may not be at hand, or by the documents that are given now. */
static bool is_set_aside(const struct diff *d, const struct package_record *record,
                         const struct match *match) {
    for (size_t i = 0; i < d->of_package->n; i++) {
        const struct known *known = &d->of_package->p[i];
        if (known->is_set_aside && is_of(match, known->id)) {
            return true;
        }
    }
    return vuln_is_cleared(vuln_ask_vex(&d->vuln, record, match));
}

static int list_matches(struct diff *d, struct advisories *a, const struct package_record *record,
                        struct match **out, size_t *n, struct err *err) {
    int r = advisories_match(a, &d->arena, record, out, n, err);
    size_t kept = 0;
    for (size_t i = 0; r == 0 && i < *n; i++) {
        if ((*out)[i].verdict == MATCH_AFFECTED) {
            (*out)[kept++] = (*out)[i];
        }
    }
    *n = r < 0 ? 0 : kept;
    return r;
}

static int list_findings(struct diff *d, const struct package_record *record, struct known_list *out,
                         struct err *err) {
    int r = 0;
    for (size_t i = 0; r == 0 && i < d->of_package->n; i++) {
        const struct match by_id = {.id = d->of_package->p[i].id};
        r = is_set_aside(d, record, &by_id) ? 0 : push(&d->arena, out, d->of_package->p[i], err);
    }
    return r;
}

static int list_known(struct diff *d, const struct package_record *record, struct known_list *out,
                      struct err *err) {
    struct match *matches;
    size_t n;
    *out = (struct known_list){0};
    if (!d->old) {
        return list_findings(d, record, out, err);
    }
    int r = list_matches(d, d->old, record, &matches, &n, err);
    for (size_t i = 0; r == 0 && i < n; i++) {
        const struct known known = {
            .id = matches[i].id, .severity = matches[i].severity, .fixed = matches[i].fixed};
        r = is_set_aside(d, record, &matches[i]) ? 0 : push(&d->arena, out, known, err);
    }
    return r;
}

/* ---- what is */

static struct known *find(struct known_list *list, const struct match *match) {
    for (size_t i = 0; i < list->n; i++) {
        if (!list->p[i].is_matched && is_of(match, list->p[i].id)) {
            return &list->p[i];
        }
    }
    return NULL;
}

/* One that is set aside stands for what was known by any of its ids, and is no change. */
static int compare(struct diff *d, const struct asset *asset, const struct package_record *record,
                   struct known_list *old, const struct match *match, struct err *err) {
    struct known *known = find(old, match);
    struct difference out = {.kind = known ? DIFFERENCE_CHANGES : DIFFERENCE_APPEARS,
                             .package = asset->key,
                             .id = match->id,
                             .new_severity = match->severity,
                             .new_fixed = match->fixed};
    if (known) {
        known->is_matched = true;
        out.old_severity = known->severity;
        out.old_fixed = known->fixed;
    }
    bool is_same = known && known->severity == match->severity && str_eq(known->fixed, match->fixed);
    return is_same || is_set_aside(d, record, match) ? 0 : d->take(d->context, &out, err);
}

static int tell_vanished(struct diff *d, const struct asset *asset, const struct known_list *old,
                         struct err *err) {
    int r = 0;
    for (size_t i = 0; i < old->n && r == 0; i++) {
        const struct known *known = &old->p[i];
        const struct difference out = {.kind = DIFFERENCE_VANISHES,
                                       .package = asset->key,
                                       .id = known->id,
                                       .old_severity = known->severity,
                                       .old_fixed = known->fixed};
        r = known->is_matched ? 0 : d->take(d->context, &out, err);
    }
    return r;
}

static int take_asset(void *context, const struct asset *asset, struct err *err) {
    struct diff *d = context;
    struct package_record record;
    struct known_list old;
    struct match *matches;
    size_t n = 0;
    arena_reset(&d->arena);
    int r = package_record_read(&d->arena, asset->properties, &record, err);
    if (r < 0 || record.owner.n) {
        return r;
    }
    r = find_findings(d, asset, err);
    r = r < 0 ? r : list_known(d, &record, &old, err);
    r = r < 0 ? r : list_matches(d, d->new_one, &record, &matches, &n, err);
    for (size_t i = 0; i < n && r == 0; i++) {
        r = compare(d, asset, &record, &old, &matches[i], err);
    }
    return r < 0 ? r : tell_vanished(d, asset, &old, err);
}

/* As the scan had it (inspect/record.c); a run of something else has no such asset. */
static int load_image(struct diff *d, const struct run *run, struct err *err) {
    struct asset asset;
    const struct doc *properties;
    int r = run->subject ? store_get_asset(d->store, &d->run_arena, run->subject, &asset, err) : ERR_ABSENT;
    if (r < 0 || asset.kind != ASSET_IMAGE) {
        return r == ERR_ABSENT ? 0 : r;
    }
    r = json_parse(&d->run_arena, asset.properties, &properties, err);
    if (r == 0) {
        d->vuln.image_name = asset.name;
        d->vuln.image_digest = doc_str(doc_get(properties, STR("digest")));
        d->vuln.manifest_digest = doc_str(doc_get(properties, STR("manifestDigest")));
    }
    return r;
}

int advisories_diff(struct store *store, const struct run *run, struct advisories *old,
                    struct advisories *new_one, const struct vex *vex, difference_take *take, void *context,
                    struct err *err) {
    struct diff d = {.store = store,
                     .old = old,
                     .new_one = new_one,
                     .vuln = {.vex = vex},
                     .take = take,
                     .context = context,
                     .run_arena = arena_new(LIMIT_UPDATE),
                     .arena = arena_new(LIMIT_DOC_BYTES)};
    d.findings = map_new(&d.run_arena);
    int r = vex ? load_image(&d, run, err) : 0;
    r = r < 0 ? r : load_findings(&d, run->id, err);
    r = r < 0 ? r : store_each_asset(store, run->id, ASSET_PACKAGE, take_asset, &d, err);
    arena_free(&d.run_arena);
    arena_free(&d.arena);
    return r;
}
