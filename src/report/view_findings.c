/* The reading of one whole finding of a view. */
#include "base/limits.h"
#include "report/decisions.h"
#include "report/view_parts.h"

/* ---- one finding */

/* A string of the store's outlives the parsed document only as a copy. */
static struct str keep(struct view *view, const struct doc *d) {
    struct str s = doc_str(d), copy = s.n ? arena_str(view->texts, s) : STR_NONE;
    view->failed |= s.n && !copy.p;
    return copy;
}

static uint32_t place_number(const struct doc *edit, const char *key) {
    int64_t i = 0;
    return doc_int(doc_get(edit, str_c(key)), &i) && i > 0 && i <= INT32_MAX ? (uint32_t)i : 1;
}

static void read_edits(struct view *view, struct view_finding *finding, const struct doc *list) {
    size_t n = doc_count(list);
    struct view_edit *edits = n ? arena_array(view->texts, n, sizeof *edits) : NULL;
    for (size_t i = 0; edits && i < n; i++) {
        const struct doc *edit = doc_at(list, i);
        edits[i] = (struct view_edit){place_number(edit, "line"), place_number(edit, "column"),
                                      place_number(edit, "endLine"), place_number(edit, "endColumn"),
                                      keep(view, doc_get(edit, STR("text")))};
    }
    view->failed |= n && !edits;
    finding->edits = edits;
    finding->edits_n = edits ? n : 0;
}

static struct view_commit read_commit(struct view *view, const struct doc *commit) {
    return (struct view_commit){.id = keep(view, doc_get(commit, STR("commit"))),
                                .date = keep(view, doc_get(commit, STR("date"))),
                                .author = keep(view, doc_get(commit, STR("author")))};
}

static void read_secret(struct view *view, struct view_finding *finding, const struct doc *secret) {
    if (!view_is_secret(finding)) {
        return;
    }
    finding->secret = arena_alloc(view->texts, sizeof *finding->secret);
    if (!finding->secret) {
        view->failed = true;
        return;
    }
    *finding->secret = (struct view_secret){.preview = keep(view, doc_get(secret, STR("preview"))),
                                            .hash = keep(view, doc_get(secret, STR("hash"))),
                                            .proof = keep(view, doc_get(secret, STR("proof"))),
                                            .place = keep(view, doc_get(secret, STR("place")))};
    (void)doc_int(doc_get(secret, STR("hiddenBy")), &finding->secret->hidden_by);
    const struct doc *history = doc_get(secret, STR("history"));
    finding->secret->has_history = doc_is(history, DOC_MAP);
    finding->secret->is_in_head = doc_bool(doc_get(history, STR("isInHead")), false);
    finding->secret->since = read_commit(view, doc_get(history, STR("since")));
    finding->secret->removed = read_commit(view, doc_get(history, STR("removed")));
}

static void read_vex(struct view *view, struct view_finding *finding, const struct doc *said) {
    struct view_vex *vex = doc_is(said, DOC_MAP) ? arena_alloc(view->texts, sizeof *vex) : NULL;
    view->failed |= doc_is(said, DOC_MAP) && !vex;
    if (vex) {
        *vex = (struct view_vex){.status = keep(view, doc_get(said, STR("status"))),
                                 .justification = keep(view, doc_get(said, STR("justification"))),
                                 .detail = keep(view, doc_get(said, STR("detail"))),
                                 .author = keep(view, doc_get(said, STR("author"))),
                                 .time = keep(view, doc_get(said, STR("time"))),
                                 .file = keep(view, doc_get(said, STR("file")))};
        (void)doc_int(doc_get(said, STR("line")), &vex->line);
    }
    finding->vex = vex;
}

static int read_evidence(struct view *view, struct view_finding *finding, const struct doc *root,
                         struct err *err) {
    const struct doc *kev = doc_get(root, STR("kev")), *epss = doc_get(root, STR("epss"));
    finding->vector = keep(view, doc_get(root, STR("vector")));
    finding->reason = keep(view, doc_get(root, STR("reason")));
    finding->last_affected = keep(view, doc_get(root, STR("lastAffected")));
    const struct doc *upgrade = doc_get(root, STR("upgrade"));
    finding->upgrade = upgrade ? keep(view, upgrade) : finding->f.fixed;
    finding->resource = keep(view, doc_get(root, STR("resource")));
    finding->item = keep(view, doc_get(root, STR("item")));
    finding->message = keep(view, doc_get(root, STR("message")));
    const uint64_t *rule = view_has_rule(finding) ? map_get(&view->rules_by_id, finding->f.rule) : NULL;
    finding->check = rule ? &view->rules.p[*rule - 1] : NULL;
    read_secret(view, finding, doc_get(root, STR("secret")));
    read_edits(view, finding, doc_get(root, STR("fix")));
    read_vex(view, finding, doc_get(root, STR("vex")));
    finding->is_exploited = doc_is(kev, DOC_MAP);
    finding->exploited_since = keep(view, doc_get(kev, STR("since")));
    finding->epss = view_number(doc_get(epss, STR("score")), -1);
    finding->epss_percentile = view_number(doc_get(epss, STR("percentile")), -1);
    int code =
        view_read_strings(view, doc_get(root, STR("aliases")), &finding->aliases, &finding->aliases_n, err);
    for (size_t i = 0; code == 0 && i < finding->aliases_n; i++) {
        finding->aliases[i] = arena_str(view->texts, finding->aliases[i]);
        code = finding->aliases[i].p ? 0 : err_memory(err);
    }
    return code < 0 || !view->failed ? code : err_memory(err);
}

static struct str id_key(const int64_t *id) {
    return str_n((const char *)id, sizeof *id);
}

const struct asset *view_asset_of_rule(enum finding_kind kind) {
    static const struct asset resource = {.kind = ASSET_RESOURCE}, file = {.kind = ASSET_FILE};
    return kind == FINDING_SECRET ? &file : &resource;
}

static int find_asset(struct view *view, struct view_finding *finding, struct err *err) {
    const uint64_t *package = map_get(&view->packages_by_asset, id_key(&finding->f.asset));
    const uint64_t *layer =
        map_get(&view->layers_by_index, str_n((char *)&finding->f.layer, sizeof finding->f.layer));
    finding->layer = layer ? &view->layers.p[*layer - 1] : NULL;
    if (package) {
        finding->package = &view->packages.p[*package - 1];
        finding->asset = &finding->package->asset;
        return 0;
    }
    if (view_has_rule(finding)) {
        finding->asset =
            view_asset_of_rule(finding->f.kind); /* there may be very many, and the finding names them */
        return 0;
    }
    struct asset *asset = arena_alloc(view->texts, sizeof *asset);
    finding->asset = asset;
    return asset ? store_get_asset(view->store, view->texts, finding->f.asset, asset, err) : err_memory(err);
}

/* Of what a later layer takes away: by which. */
static int say_removed(struct view *view, struct view_finding *finding, struct err *err) {
    if (finding->f.status != FINDING_REMOVED || !finding->package || finding->reason.n) {
        return 0;
    }
    finding->reason =
        arena_strf(view->texts, "deleted or replaced in layer %d", finding->package->record.removed_in);
    return finding->reason.p ? 0 : err_memory(err);
}

int view_complete(struct view *view, struct view_finding *finding, struct err *err) {
    const struct doc *root = NULL;
    arena_reset(&view->scratch);
    int code =
        view_parse(&view->scratch, finding->f.evidence, "evidence of finding", finding->f.id, &root, err);
    if (code < 0 || (code = read_evidence(view, finding, root, err)) < 0 ||
        (code = decisions_load(view, finding, &view->scratch, err)) < 0) {
        return code;
    }
    code = find_asset(view, finding, err);
    return code == 0 ? say_removed(view, finding, err) : code;
}

/* Into the arena of texts. */
static int read_whole(struct view *view, int64_t id, struct view_finding *out, struct err *err) {
    *out = (struct view_finding){0};
    int code = store_get_finding(view->store, view->texts, id, &out->f, err);
    return code == 0 ? view_complete(view, out, err) : code;
}

const struct view_finding *view_show(struct view *view, const struct view_row *row) {
    static const struct asset none = {.kind = ASSET_RESOURCE};
    if (row->kept) {
        return row->kept;
    }
    arena_reset(&view->passing);
    view->texts = &view->passing;
    int code = read_whole(view, row->id, &view->shown, &view->failure);
    view->texts = &view->arena;
    if (code < 0) {
        view->shown = (struct view_finding){.asset = &none, .epss = -1, .epss_percentile = -1};
    }
    return &view->shown;
}

const struct view_finding *view_keep(struct view *view, struct view_row *row) {
    struct view_finding *finding = row->kept ? NULL : arena_alloc(&view->arena, sizeof *finding);
    if (row->kept) {
        return row->kept;
    }
    if (finding && read_whole(view, row->id, finding, &view->failure) == 0) {
        row->kept = finding;
        return finding;
    }
    view->failed |= !finding;
    return view_show(view, row);
}

struct str view_keep_text(struct view *view, const struct view_row *row, struct str text) {
    struct str kept = row->kept || !text.n ? text : arena_str(&view->arena, text);
    view->failed |= text.n && !kept.p;
    return kept;
}

int view_failure(const struct view *view, struct err *err) {
    if (view->failure.code < 0) {
        return err_set(err, view->failure.code, "%s", view->failure.message);
    }
    return view->failed ? err_memory(err) : 0;
}
