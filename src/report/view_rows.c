/* The rows of a view: one for each finding that is shown. They are read as they were put, in one pass, and
 * brought into their order here: to sort them SQLite would have to hold or spill them. */
#include "base/limits.h"
#include "report/decisions.h"
#include "report/groups.h"
#include "report/view_parts.h"

struct loading {
    struct view *view;
    struct groups_numbering numbering;
    struct arena arena; /* of `rules` */
    struct map rules;   /* name → number + 1 */
    VEC(struct str) names;
    size_t cap;
};

/* ---- one */

/* What blocks is always shown: the caller's guardrails speak of what is left out as well. */
static bool is_shown(const struct report_options *options, const struct finding *f) {
    if (f->action == ACTION_BLOCK) {
        return true;
    }
    if (f->severity < options->least) {
        return false;
    }
    return !(options->ignores_unfixed && f->kind == FINDING_VULNERABILITY && f->status == FINDING_OPEN &&
             !f->fixed.n);
}

static int keep_texts(struct arena *arena, struct finding *f, struct err *err) {
    struct str *texts[] = {&f->rule, &f->title, &f->path, &f->fixed, &f->fingerprint};
    f->evidence = f->decision = STR_NONE; /* read already */
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        *texts[i] = arena_str(arena, *texts[i]);
        if (!texts[i]->p) {
            return err_memory(err);
        }
    }
    return 0;
}

/* Ordinary runs have few enough to be kept as they come. */
static int keep_finding(struct view *view, const struct finding *f, struct view_row *row,
                        const struct view_finding **out, struct err *err) {
    struct view_finding *finding = arena_alloc(&view->arena, sizeof *finding);
    if (!finding) {
        return err_memory(err);
    }
    *finding = (struct view_finding){.f = *f};
    int code = view_complete(view, finding, err);
    if (code == 0) {
        bool is_upgrade = finding->upgrade.p == finding->f.fixed.p;
        code = keep_texts(&view->arena, &finding->f, err);
        finding->upgrade = is_upgrade ? finding->f.fixed : finding->upgrade;
        view->kept_n++;
    }
    *out = row->kept = finding;
    return code;
}

/* Of a finding of a rule only what the store says by itself: the rest is for when it is shown. */
static int pass_finding(struct view *view, const struct finding *f, const struct view_finding **out,
                        struct err *err) {
    view->shown = (struct view_finding){.f = *f, .asset = view_asset_of_rule(f->kind)};
    *out = &view->shown;
    arena_reset(&view->passing);
    arena_reset(&view->scratch);
    view->texts = &view->passing;
    int code = view_has_rule(&view->shown) ? decisions_load(view, &view->shown, &view->scratch, err)
                                           : view_complete(view, &view->shown, err);
    view->texts = &view->arena;
    return code;
}

static int number_rule(struct loading *loading, struct str rule, uint32_t *out, struct err *err) {
    const uint64_t *known = map_get(&loading->rules, rule);
    if (known) {
        *out = (uint32_t)*known - 1;
        return 0;
    }
    struct str name = arena_str(&loading->arena, rule);
    uint64_t *slot = name.p ? map_put(&loading->rules, name, NULL) : NULL;
    struct str *place = slot ? VEC_PUSH(&loading->arena, &loading->names) : NULL;
    if (!place) {
        return err_memory(err);
    }
    *place = name;
    *slot = loading->names.n;
    *out = (uint32_t)loading->names.n - 1;
    return 0;
}

static bool is_vanishing(const struct view_rebuild *rebuild, int64_t id) {
    size_t low = 0, high = rebuild->vanishing_n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rebuild->vanishing[middle] < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < rebuild->vanishing_n && rebuild->vanishing[low] == id;
}

static int take(struct loading *loading, const struct finding *f, struct err *err) {
    struct view *view = loading->view;
    if (!is_shown(&view->options, f)) {
        return 0;
    }
    assert(view->rows_n < loading->cap);
    struct view_row *row = &view->rows[view->rows_n++];
    const struct view_finding *finding = NULL;
    *row = (struct view_row){.id = f->id,
                             .asset = f->asset,
                             .score = f->score,
                             .kind = (uint8_t)f->kind,
                             .severity = (uint8_t)f->severity,
                             .status = (uint8_t)f->status,
                             .action = (uint8_t)f->action,
                             .has_fixed = f->fixed.n > 0,
                             .is_in_base = f->is_in_base,
                             .vanishes = is_vanishing(&view->rebuild, f->id)};
    int code = number_rule(loading, f->rule, &row->rule, err);
    if (code == 0) {
        code = view->kept_n < LIMIT_REPORT_KEPT ? keep_finding(view, f, row, &finding, err)
                                                : pass_finding(view, f, &finding, err);
    }
    if (code < 0) {
        return code;
    }
    row->is_exploited = finding->is_exploited;
    decisions_count(view, finding);
    return groups_number(&loading->numbering, row, finding, err);
}

/* ---- all of them */

static int take_all(struct loading *loading, struct err *err) {
    enum { AT_ONCE = 64 };
    struct view *view = loading->view;
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_REPORT_BATCH);
    struct finding_list list = {0};
    int64_t last = 0;
    int code = 0;
    do {
        arena_reset(&arena);
        code = store_get_findings_after(view->store, &arena, view->run.id, last, AT_ONCE, &list, err);
        for (size_t i = 0; code == 0 && i < list.n; i++) {
            last = list.p[i].id;
            code = take(loading, &list.p[i], err);
        }
    } while (code == 0 && list.n == AT_ONCE);
    return code;
}

/* Worst first, as store_get_findings() says. */
static int compare(const void *a, const void *b, void *names) {
    const struct view_row *x = a, *y = b;
    const struct str *rules = names;
    int order = y->is_exploited - x->is_exploited;
    order = order ? order : y->severity - x->severity;
    order = order ? order : (y->score > x->score) - (y->score < x->score);
    order = order || x->rule == y->rule ? order : str_cmp(rules[x->rule], rules[y->rule]);
    order = order ? order : (x->asset > y->asset) - (x->asset < y->asset);
    return order ? order : (x->id > y->id) - (x->id < y->id);
}

static void count(struct view *view, const struct view_row *row) {
    view->is_blocked |= view_blocks(row);
    if (row->is_repeat) {
        return;
    }
    view->statuses[row->status]++;
    if (view_row_is_open(row)) {
        view->severities[row->severity]++;
        view->exploited += row->is_exploited;
        view->checks += view_row_is_check(row);
        view->unfixed += !view_row_has_rule(row) && !row->has_fixed;
        view->rebuild.removes += row->vanishes;
        view->rebuild.stays += !row->vanishes && row->is_in_base && !view_row_has_rule(row);
    }
}

/* What later layers take away is counted, and listed only where that is asked for, or blocks. */
static void leave_removed_out(struct view *view) {
    size_t kept = 0;
    for (size_t i = 0; i < view->rows_n; i++) {
        if (view->rows[i].status != FINDING_REMOVED || view_blocks(&view->rows[i])) {
            view->rows[kept++] = view->rows[i];
        }
    }
    view->rows_n = kept;
}

static int load(struct loading *loading, struct err *err) {
    struct view *view = loading->view;
    int code = store_count_findings(view->store, view->run.id, &loading->cap, err);
    if (code < 0) {
        return code;
    }
    if (loading->cap > UINT32_MAX) {
        return err_set(err, ERR_LIMIT, "more findings than a report can number");
    }
    view->rows = arena_array(&view->arena, loading->cap + 1, sizeof *view->rows);
    if (!view->rows || groups_numbering_begin(&loading->numbering, view) < 0) {
        return err_memory(err);
    }
    if ((code = take_all(loading, err)) < 0) {
        return code;
    }
    qsort_r(view->rows, view->rows_n, sizeof *view->rows, compare, loading->names.p);
    if ((code = groups_number_in_order(&loading->numbering, err)) < 0) {
        return code;
    }
    for (size_t i = 0; i < view->rows_n; i++) {
        count(view, &view->rows[i]);
    }
    if (view->statuses[FINDING_REMOVED] && !view->options.shows_removed) {
        leave_removed_out(view);
    }
    return 0;
}

int view_load_rows(struct view *view, struct err *err) {
    struct loading loading = {.view = view, .arena = arena_new(LIMIT_REPORT_VIEW)};
    loading.rules = map_new(&loading.arena);
    int code = load(&loading, err);
    groups_numbering_end(&loading.numbering);
    arena_free(&loading.arena);
    return code;
}
