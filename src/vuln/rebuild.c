#include "vuln/rebuild.h"

#include "base/limits.h"
#include "base/map.h"

/* A package as findings are compared by. */
struct subject {
    enum package_type type;
    struct str name, version; /* of the source, of a distribution's package */
};

struct subjects {
    struct arena *arena;
    struct map by_asset; /* asset id → struct subject * */
};

struct comparing {
    struct arena *arena;
    struct subjects *old, *fresh;
    struct map open;  /* what is open on the other packages */
    struct map known; /* what the run says anything of */
    VEC(int64_t) vanishing;
    VEC(struct rebuild_issue) appearing;
};

static struct str id_key(const int64_t *id) {
    return str_n((const char *)id, sizeof *id);
}

static int put_subject(struct subjects *s, int64_t id, const struct package *package, struct err *err) {
    struct subject *subject = arena_alloc(s->arena, sizeof *subject);
    int64_t *kept = arena_alloc(s->arena, sizeof *kept);
    bool by_source = package_type_is_of_os(package->type) && package->source_name.n;
    if (!subject || !kept) {
        return err_memory(err);
    }
    *kept = id;
    subject->type = package->type;
    subject->name = arena_str(s->arena, by_source ? package->source_name : package->name);
    subject->version =
        arena_str(s->arena, package->source_version.n ? package->source_version : package->version);
    uint64_t *slot = map_put(&s->by_asset, id_key(kept), NULL);
    if (!slot || !subject->name.p || !subject->version.p) {
        return err_memory(err);
    }
    *slot = (uint64_t)(uintptr_t)subject;
    return 0;
}

static const struct subject *subject_of(const struct subjects *s, int64_t asset) {
    const uint64_t *slot = map_get(&s->by_asset, id_key(&asset));
    return slot ? (const struct subject *)(uintptr_t)*slot : NULL;
}

static int take_asset(void *ctx, const struct asset *asset, struct err *err) {
    _cleanup_(arena_free) struct arena scratch = arena_new(LIMIT_DOC_BYTES);
    struct package_record record;
    int r = package_record_read(&scratch, asset->properties, &record, err);
    return r == 0 ? put_subject(ctx, asset->id, &record.package, err) : r;
}

static struct str issue_key(struct arena *arena, struct str rule, const struct subject *subject) {
    return arena_strf(arena, "%.*s%c%d%c%.*s", STR_ARG(rule), 0, subject->type, 0, STR_ARG(subject->name));
}

/* ---- the other packages, judged in a store of their own */

static int put_packages(struct store *store, int64_t run, const struct package_record *packages, size_t n,
                        struct subjects *subjects, struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_RECORD);
    int r = 0;
    for (size_t i = 0; r == 0 && i < n; i++) {
        char key[32];
        int64_t id;
        snprintf(key, sizeof key, "%zu", i);
        buf_clear(&text);
        package_record_write(&text, &packages[i]);
        const struct asset asset = {.kind = ASSET_PACKAGE,
                                    .key = str_c(key),
                                    .name = packages[i].package.name,
                                    .version = packages[i].package.version,
                                    .properties = buf_view(&text)};
        r = text.failed ? err_memory(err) : store_put_asset(store, run, &asset, &id, err);
        r = r == 0 ? put_subject(subjects, id, &packages[i].package, err) : r;
    }
    return r;
}

static int take_open(void *ctx, const struct finding *f, struct err *err) {
    struct comparing *c = ctx;
    const struct subject *subject = subject_of(c->fresh, f->asset);
    if (f->kind != FINDING_VULNERABILITY || f->status != FINDING_OPEN || !subject) {
        return 0;
    }
    struct str key = issue_key(c->arena, f->rule, subject);
    return key.p && map_put(&c->open, key, NULL) ? 0 : err_memory(err);
}

/* ---- the run */

static int take_old(void *ctx, const struct finding *f, struct err *err) {
    struct comparing *c = ctx;
    const struct subject *subject = subject_of(c->old, f->asset);
    if (f->kind != FINDING_VULNERABILITY || !subject) {
        return 0;
    }
    struct str key = issue_key(c->arena, f->rule, subject);
    if (!key.p || !map_put(&c->known, key, NULL)) {
        return err_memory(err);
    }
    if (f->status != FINDING_OPEN || !f->is_in_base || map_get(&c->open, key)) {
        return 0;
    }
    int64_t *slot = VEC_PUSH(c->arena, &c->vanishing);
    if (slot) {
        *slot = f->id;
    }
    return slot ? 0 : err_memory(err);
}

static int take_fresh(void *ctx, const struct finding *f, struct err *err) {
    struct comparing *c = ctx;
    const struct subject *subject = subject_of(c->fresh, f->asset);
    if (f->kind != FINDING_VULNERABILITY || f->status != FINDING_OPEN || !subject) {
        return 0;
    }
    bool is_new = false;
    struct str key = issue_key(c->arena, f->rule, subject), rule = arena_str(c->arena, f->rule);
    if (!key.p || !rule.p || !map_put(&c->known, key, &is_new)) {
        return err_memory(err);
    }
    struct rebuild_issue *issue = is_new ? VEC_PUSH(c->arena, &c->appearing) : NULL;
    if (issue) {
        *issue = (struct rebuild_issue){rule, subject->name, subject->version, subject->type, f->severity};
    }
    return issue || !is_new ? 0 : err_memory(err);
}

static int by_id(const void *a, const void *b) {
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static int compare(struct comparing *c, struct store *store, int64_t run, struct store *other,
                   int64_t other_run, struct err *err) {
    int r = store_each_finding(other, other_run, take_open, c, err);
    r = r == 0 ? store_each_asset(store, run, ASSET_PACKAGE, take_asset, c->old, err) : r;
    r = r == 0 ? store_each_finding(store, run, take_old, c, err) : r;
    return r == 0 ? store_each_finding(other, other_run, take_fresh, c, err) : r;
}

int rebuild_compare(struct store *store, int64_t run, const struct package_record *packages, size_t n,
                    const struct vuln_options *options, struct arena *arena, struct rebuild *out,
                    struct err *err) {
    _cleanup_(store_closep) struct store *other = NULL;
    struct subjects old = {arena, map_new(arena)}, fresh = {arena, map_new(arena)};
    struct comparing c = {
        .arena = arena, .old = &old, .fresh = &fresh, .open = map_new(arena), .known = map_new(arena)};
    int64_t other_run = 0;
    *out = (struct rebuild){0};
    int r = store_open(&other, NULL, err);
    r = r == 0 ? store_begin(other, err) : r;
    r = r == 0 ? store_run_begin(other, &(struct run){.target = STR("base"), .properties = STR("{}")},
                                 &other_run, err)
               : r;
    r = r == 0 ? put_packages(other, other_run, packages, n, &fresh, err) : r;
    r = r == 0 ? vuln_judge(other, other_run, options, err) : r;
    r = r == 0 ? compare(&c, store, run, other, other_run, err) : r;
    if (r == 0) {
        if (c.vanishing.n) {
            qsort(c.vanishing.p, c.vanishing.n, sizeof *c.vanishing.p, by_id);
        }
        *out = (struct rebuild){c.vanishing.p, c.vanishing.n, c.appearing.p, c.appearing.n};
    }
    return r;
}
