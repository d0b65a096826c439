/* The report for machines: docs/report.schema.json is its manual. Every member is always there, null when it
 * is not known; lists have the order of the store. */
#include "base/clock.h"
#include "doc/json_write.h"
#include "report/decisions.h"
#include "report/fixes.h"
#include "report/formats.h"
#include "report/json_parts.h"
#include "report/view.h"

static void put_null(struct json_writer *w, struct str key) {
    json_member_raw(w, key, STR("null"));
}

static void put_str(struct json_writer *w, struct str key, struct str s) {
    if (s.n) {
        json_member_str(w, key, s);
    } else {
        put_null(w, key);
    }
}

static void put_int(struct json_writer *w, struct str key, int64_t i) {
    json_key(w, key);
    json_int(w, i);
}

/* null for 0, which stands for "none" in lines, layers and sizes. */
static void put_some(struct json_writer *w, struct str key, int64_t i) {
    if (i) {
        put_int(w, key, i);
    } else {
        put_null(w, key);
    }
}

static void put_bool(struct json_writer *w, struct str key, bool b) {
    json_member_raw(w, key, b ? STR("true") : STR("false"));
}

/* null below 0. */
static void put_double(struct json_writer *w, struct str key, double d) {
    if (d >= 0) {
        json_key(w, key);
        json_double(w, d);
    } else {
        put_null(w, key);
    }
}

static void put_time(struct json_writer *w, struct str key, int64_t seconds) {
    char time[CLOCK_TEXT] = "";
    if (seconds > 0) {
        clock_format(seconds, time);
    }
    put_str(w, key, str_c(time));
}

static void put_strings(struct json_writer *w, struct str key, const struct str *p, size_t n) {
    json_key(w, key);
    json_begin_array(w);
    for (size_t i = 0; i < n; i++) {
        json_str(w, p[i]);
    }
    json_end(w);
}

static void put_severities(struct json_writer *w, const size_t n[SEVERITIES]) {
    json_key(w, STR("by_severity"));
    json_begin_object(w);
    for (int i = SEVERITY_CRITICAL; i >= SEVERITY_UNKNOWN; i--) {
        put_int(w, str_c(severity_name((enum severity)i)), (int64_t)n[i]);
    }
    json_end(w);
}

/* Signatures are counted and never verified, which is said. */
static void put_documents(struct json_writer *w, const struct view *view) {
    json_key(w, STR("documents"));
    json_begin_array(w);
    for (size_t i = 0; i < view->documents_n; i++) {
        const struct view_document *d = &view->documents[i];
        json_begin_object(w);
        put_str(w, STR("format"), d->format);
        put_str(w, STR("producer"), d->producer);
        put_str(w, STR("digest"), d->digest);
        put_str(w, STR("found"), d->way);
        put_str(w, STR("signature"), d->is_signed ? STR("not_verified") : STR("none"));
        put_bool(w, STR("is_bill"), d->is_bill);
        put_bool(w, STR("is_vex"), d->is_vex);
        json_end(w);
    }
    json_end(w);
}

static void put_run(struct json_writer *w, const struct view *view) {
    json_key(w, STR("run"));
    json_begin_object(w);
    put_str(w, STR("target"), view->run.target);
    put_time(w, STR("started"), view->run.started);
    put_time(w, STR("finished"), view->run.finished);
    put_double(w, STR("seconds"), view->seconds);
    put_bool(w, STR("is_complete"), view->run.is_complete);
    put_int(w, STR("cached_layers"), view->cached_layers);
    json_key(w, STR("advisories"));
    if (view->advisories.is_known) {
        json_begin_object(w);
        put_time(w, STR("built"), view->advisories.built);
        put_time(w, STR("newest"), view->advisories.newest);
        put_bool(w, STR("is_snapshot"), view->advisories.is_snapshot);
        put_strings(w, STR("lacks"), view->advisories.lacks, view->advisories.lacks_n);
        json_end(w);
    } else {
        json_null(w);
    }
    json_key(w, STR("cage"));
    if (view->cage.is_known) {
        json_begin_object(w);
        put_bool(w, STR("is_on"), view->cage.is_on);
        put_strings(w, STR("lacks"), view->cage.lacks, view->cage.lacks_n);
        json_end(w);
    } else {
        json_null(w);
    }
    put_documents(w, view);
    json_end(w);
}

static void put_target(struct json_writer *w, const struct view *view) {
    const struct view_target *target = &view->target;
    json_key(w, STR("target"));
    json_begin_object(w);
    put_str(w, STR("kind"), str_c(asset_kind_name(target->asset.kind)));
    put_str(w, STR("name"), target->asset.name);
    put_str(w, STR("key"), target->asset.key);
    put_str(w, STR("digest"), target->digest);
    put_str(w, STR("platform"), target->platform);
    put_time(w, STR("created"), target->created);
    put_some(w, STR("size"), target->size);
    put_str(w, STR("base"), target->base);
    put_int(w, STR("base_layers"), target->base_layers);
    put_str(w, STR("registry"), target->registry);
    put_str(w, STR("repository"), target->repository);
    put_bool(w, STR("is_pinned"), target->is_pinned);
    json_key(w, STR("os"));
    if (view->os.name.n) {
        json_begin_object(w);
        put_str(w, STR("name"), view->os.name);
        put_str(w, STR("version"), view->os.version);
        json_end(w);
    } else {
        json_null(w);
    }
    json_end(w);
}

static void put_appearing(struct json_writer *w, const struct doc *list) {
    json_key(w, STR("appearing"));
    json_begin_array(w);
    for (size_t i = 0; i < doc_count(list); i++) {
        const struct doc *issue = doc_at(list, i);
        json_begin_object(w);
        put_str(w, STR("rule"), doc_text(issue, "rule"));
        put_str(w, STR("severity"), doc_text(issue, "severity"));
        put_str(w, STR("type"), doc_text(issue, "type"));
        put_str(w, STR("name"), doc_text(issue, "name"));
        put_str(w, STR("version"), doc_text(issue, "version"));
        json_end(w);
    }
    json_end(w);
}

static void put_rebuild(struct json_writer *w, const struct view_rebuild *rebuild) {
    if (!rebuild->is_there) {
        put_null(w, STR("rebuild"));
        return;
    }
    json_key(w, STR("rebuild"));
    json_begin_object(w);
    put_str(w, STR("name"), rebuild->name);
    put_str(w, STR("version"), rebuild->version);
    put_str(w, STR("reference"), rebuild->reference);
    put_str(w, STR("digest"), rebuild->digest);
    put_time(w, STR("created"), rebuild->created);
    put_bool(w, STR("is_known"), rebuild->is_known);
    put_int(w, STR("removes"), (int64_t)rebuild->removes);
    put_int(w, STR("stays"), rebuild->is_known ? (int64_t)rebuild->stays : 0);
    put_int(w, STR("appears"), (int64_t)rebuild->appears);
    put_appearing(w, rebuild->appearing);
    json_end(w);
}

/* null for what is no image. */
static void put_base(struct json_writer *w, const struct view *view) {
    const struct view_base *base = &view->target.base_image;
    if (view->target.asset.kind != ASSET_IMAGE) {
        put_null(w, STR("base"));
        return;
    }
    json_key(w, STR("base"));
    json_begin_object(w);
    put_str(w, STR("name"), base->name);
    put_str(w, STR("version"), base->version);
    put_str(w, STR("reference"), base->reference);
    put_str(w, STR("digest"), base->digest);
    put_bool(w, STR("is_pinned"), base->is_pinned);
    put_time(w, STR("created"), base->created);
    put_int(w, STR("layers"), view->target.base_layers);
    put_str(w, STR("named_by"), base->named_by);
    put_str(w, STR("layers_by"), base->layers_by);
    put_str(w, STR("file"), base->file);
    put_rebuild(w, &view->rebuild);
    json_end(w);
}

static void put_summary(struct json_writer *w, const struct view *view) {
    json_key(w, STR("summary"));
    json_begin_object(w);
    put_bool(w, STR("is_blocked"), view->is_blocked);
    put_str(w, STR("fail_on"),
            view->options.has_fail_on ? str_c(severity_name(view->options.fail_on)) : STR_NONE);
    put_int(w, STR("packages"), (int64_t)view->packages_total);
    put_int(w, STR("open"), (int64_t)view->statuses[FINDING_OPEN]);
    put_severities(w, view->severities);
    put_int(w, STR("exploited"), (int64_t)view->exploited);
    put_int(w, STR("unfixed"), (int64_t)view->unfixed);
    put_int(w, STR("not_affected"), (int64_t)view->statuses[FINDING_NOT_AFFECTED]);
    put_int(w, STR("undecided"), (int64_t)view->statuses[FINDING_UNDECIDED]);
    put_int(w, STR("suppressed"), (int64_t)view->statuses[FINDING_SUPPRESSED]);
    put_int(w, STR("removed"), (int64_t)view->statuses[FINDING_REMOVED]);
    put_int(w, STR("problems"), (int64_t)view->problems.n);
    json_end(w);
}

static void put_fixes(struct json_writer *w, const struct fix_list *fixes) {
    json_key(w, STR("fixes"));
    json_begin_array(w);
    for (size_t i = 0; i < fixes->n; i++) {
        const struct fix *fix = &fixes->p[i];
        json_begin_object(w);
        put_str(w, STR("kind"), str_c(fix_kind_name(fix->kind)));
        put_str(w, STR("action"), fix->action);
        put_str(w, STR("package"), fix->package);
        put_str(w, STR("from"), fix->from);
        put_str(w, STR("to"), fix->to);
        put_int(w, STR("packages"), (int64_t)fix->packages);
        put_int(w, STR("removes"), (int64_t)fix->removes);
        put_severities(w, fix->severities);
        put_int(w, STR("exploited"), (int64_t)fix->exploited);
        json_end(w);
    }
    json_end(w);
}

static void put_layers(struct json_writer *w, const struct view *view) {
    json_key(w, STR("layers"));
    json_begin_array(w);
    for (size_t i = 0; i < view->layers.n; i++) {
        const struct view_layer *layer = &view->layers.p[i];
        json_begin_object(w);
        put_int(w, STR("index"), layer->index);
        put_str(w, STR("diff_id"), layer->diff_id);
        put_str(w, STR("digest"), layer->digest);
        put_int(w, STR("size"), layer->size);
        put_bool(w, STR("is_base"), layer->is_base);
        put_str(w, STR("created_by"), layer->created_by);
        json_end(w);
    }
    json_end(w);
}

static void put_package(struct json_writer *w, const struct package_record *record) {
    const struct package *package = &record->package;
    json_begin_object(w);
    put_str(w, STR("type"), str_c(package_type_name(package->type)));
    put_str(w, STR("name"), package->name);
    put_str(w, STR("version"), package->version);
    put_str(w, STR("purl"), record->purl);
    put_str(w, STR("arch"), package->arch);
    put_str(w, STR("source_name"), package->source_name);
    put_str(w, STR("source_version"), package->source_version);
    put_str(w, STR("licence"), package->licence);
    put_str(w, STR("vendor"), package->vendor);
    put_str(w, STR("ecosystem"), record->ecosystem);
    put_str(w, STR("owner"), record->owner);
    put_str(w, STR("path"), record->path);
    put_some(w, STR("line"), package->line);
    put_some(w, STR("layer"), record->layer);
    put_bool(w, STR("is_in_base"), record->is_in_base);
    put_bool(w, STR("is_direct"), package->flags & PACKAGE_IS_DIRECT);
    put_bool(w, STR("is_development"), package->flags & PACKAGE_IS_DEVELOPMENT);
    put_bool(w, STR("is_installed"), package->flags & PACKAGE_IS_INSTALLED);
    json_end(w);
}

static void put_epss(struct json_writer *w, const struct view_finding *finding) {
    if (finding->epss < 0) {
        put_null(w, STR("epss"));
        return;
    }
    json_key(w, STR("epss"));
    json_begin_object(w);
    put_double(w, STR("score"), finding->epss);
    put_double(w, STR("percentile"), finding->epss_percentile);
    json_end(w);
}

static struct str status_word(enum finding_status status) {
    return status == FINDING_NOT_AFFECTED ? STR("not_affected") : str_c(finding_status_name(status));
}

static void put_faults(struct json_writer *w, const struct view_decision *d) {
    json_key(w, STR("undecided"));
    json_begin_array(w);
    for (size_t i = 0; i < d->faults_n; i++) {
        json_begin_object(w);
        put_str(w, STR("guardrail"), d->faults[i].guardrail);
        put_str(w, STR("reason"), d->faults[i].reason);
        json_end(w);
    }
    json_end(w);
}

static void put_decision(struct json_writer *w, const struct view_finding *finding) {
    const struct view_decision *d = finding->decision;
    if (!d) {
        put_null(w, STR("decision"));
        return;
    }
    json_key(w, STR("decision"));
    json_begin_object(w);
    put_str(w, STR("by"), d->by);
    put_str(w, STR("guardrail"), d->guardrail);
    put_str(w, STR("file"), d->file);
    put_some(w, STR("line"), d->line);
    put_str(w, STR("reason"), d->reason);
    put_str(w, STR("owner"), d->owner);
    put_str(w, STR("until"), d->until);
    put_faults(w, d);
    json_end(w);
}

static void put_vex(struct json_writer *w, const struct view_vex *vex) {
    if (!vex) {
        put_null(w, STR("vex"));
        return;
    }
    json_key(w, STR("vex"));
    json_begin_object(w);
    put_str(w, STR("status"), vex->status);
    put_str(w, STR("justification"), vex->justification);
    put_str(w, STR("detail"), vex->detail);
    put_str(w, STR("author"), vex->author);
    put_str(w, STR("time"), vex->time);
    put_str(w, STR("file"), vex->file);
    put_some(w, STR("line"), vex->line);
    json_end(w);
}

static void put_guardrails(struct json_writer *w, const struct view *view) {
    json_key(w, STR("guardrails"));
    json_begin_array(w);
    for (size_t i = 0; i < view->guardrails->n; i++) {
        const struct view_guardrail *g = &view->guardrails->p[i];
        json_begin_object(w);
        put_str(w, STR("name"), g->name);
        put_str(w, STR("by"), g->by);
        put_str(w, STR("file"), g->file);
        put_str(w, STR("action"), g->action);
        put_int(w, STR("decided"), (int64_t)g->decided);
        json_end(w);
    }
    json_end(w);
}

static void put_commit(struct json_writer *w, struct str key, const struct view_commit *commit) {
    if (!commit->id.n) {
        put_null(w, key);
        return;
    }
    json_key(w, key);
    json_begin_object(w);
    put_str(w, STR("commit"), commit->id);
    put_str(w, STR("date"), commit->date);
    put_str(w, STR("author"), commit->author);
    json_end(w);
}

static void put_history(struct json_writer *w, const struct view_secret *secret) {
    if (!secret->has_history) {
        put_null(w, STR("history"));
        return;
    }
    json_key(w, STR("history"));
    json_begin_object(w);
    put_bool(w, STR("is_in_head"), secret->is_in_head);
    put_commit(w, STR("since"), &secret->since);
    put_commit(w, STR("removed"), &secret->removed);
    json_end(w);
}

static void put_secret(struct json_writer *w, const struct view_secret *secret) {
    if (!secret) {
        put_null(w, STR("secret"));
        return;
    }
    json_key(w, STR("secret"));
    json_begin_object(w);
    put_str(w, STR("preview"), secret->preview);
    put_str(w, STR("hash"), secret->hash);
    put_str(w, STR("proof"), secret->proof);
    put_str(w, STR("place"), secret->place);
    put_some(w, STR("hidden_by_layer"), secret->hidden_by);
    put_history(w, secret);
    json_end(w);
}

static void put_finding(struct json_writer *w, const struct view_row *row,
                        const struct view_finding *finding) {
    const struct finding *f = &finding->f;
    json_begin_object(w);
    put_str(w, STR("kind"), str_c(finding_kind_name(f->kind)));
    put_str(w, STR("rule"), f->rule);
    put_strings(w, STR("aliases"), finding->aliases, finding->aliases_n);
    put_str(w, STR("title"), f->title);
    put_str(w, STR("status"), status_word(f->status));
    put_str(w, STR("reason"), finding->reason);
    put_int(w, STR("group"), (int64_t)row->group + 1);
    put_bool(w, STR("is_repeat"), row->is_repeat);
    put_bool(w, STR("blocks"), view_blocks(row));
    put_str(w, STR("action"), f->action ? str_c(finding_action_name(f->action)) : STR_NONE);
    put_decision(w, finding);
    put_vex(w, finding->vex);
    put_str(w, STR("severity"), str_c(severity_name(f->severity)));
    put_double(w, STR("score"), f->score);
    put_str(w, STR("vector"), finding->vector);
    put_bool(w, STR("is_exploited"), finding->is_exploited);
    put_str(w, STR("exploited_since"), finding->exploited_since);
    put_epss(w, finding);
    put_str(w, STR("asset_kind"), str_c(asset_kind_name(finding->asset->kind)));
    put_str(w, STR("name"), finding->asset->name);
    put_str(w, STR("version"), finding->asset->version);
    put_str(w, STR("purl"), finding->package ? finding->package->record.purl : STR_NONE);
    put_str(w, STR("fixed"), f->fixed);
    put_str(w, STR("upgrade"), finding->upgrade);
    put_str(w, STR("last_affected"), finding->last_affected);
    put_str(w, STR("path"), f->path);
    put_some(w, STR("line"), f->line);
    put_some(w, STR("column"), f->column);
    put_str(w, STR("resource"), finding->resource);
    put_str(w, STR("item"), finding->item);
    put_str(w, STR("message"), finding->message);
    put_secret(w, finding->secret);
    put_some(w, STR("layer"), f->layer);
    put_some(w, STR("removed_in"), finding->package ? finding->package->record.removed_in : 0);
    put_bool(w, STR("is_in_base"), f->is_in_base);
    put_bool(w, STR("rebuild_removes"), row->vanishes);
    put_str(w, STR("fingerprint"), f->fingerprint);
    json_end(w);
}

/* What findings of checks have in common, once. */
static void put_rules(struct json_writer *w, const struct view *view) {
    json_key(w, STR("rules"));
    json_begin_array(w);
    for (size_t i = 0; i < view->rules.n; i++) {
        const struct view_rule *rule = &view->rules.p[i];
        json_begin_object(w);
        put_str(w, STR("id"), rule->id);
        put_str(w, STR("title"), rule->title);
        put_str(w, STR("why"), rule->why);
        put_str(w, STR("fix"), rule->fix);
        json_key(w, STR("controls"));
        if (rule->controls) {
            json_write_doc(w, rule->controls);
        } else {
            json_begin_object(w);
            json_end(w);
        }
        put_strings(w, STR("references"), rule->references, rule->references_n);
        json_end(w);
    }
    json_end(w);
}

static void put_problems(struct json_writer *w, const struct view *view) {
    json_key(w, STR("problems"));
    json_begin_array(w);
    for (size_t i = 0; i < view->problems.n; i++) {
        json_begin_object(w);
        put_str(w, STR("place"), view->problems.p[i].place);
        put_str(w, STR("message"), view->problems.p[i].message);
        put_bool(w, STR("is_incomplete"), view->problems.p[i].is_incomplete);
        json_end(w);
    }
    json_end(w);
}

static void put_account(struct json_writer *w, const struct doc *d);

/* In this report's spelling; null for 0 where it stands for "none". */
static void put_account_member(struct json_writer *w, const struct doc_member *member) {
    static const struct {
        const char *stored, *key;
        bool is_place;
    } names[] = {{"isInBase", "is_in_base", false},
                 {"isCut", "is_cut", false},
                 {"removedIn", "removed_in", true},
                 {"layer", "layer", true}};
    struct str key = member->key;
    bool is_none = false;
    int64_t number;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (str_eq(member->key, str_c(names[i].stored))) {
            key = str_c(names[i].key);
            is_none = names[i].is_place && doc_int(member->value, &number) && number == 0;
        }
    }
    json_key(w, key);
    put_account(w, is_none ? NULL : member->value);
}

/* As the store has it, three levels deep. */
static void put_account(struct json_writer *w, const struct doc *d) {
    if (!d || (d->kind == DOC_STRING && !d->s.n)) {
        json_null(w);
    } else if (d->kind == DOC_LIST) {
        json_begin_array(w);
        for (size_t i = 0; i < d->list.n; i++) {
            put_account(w, d->list.items[i]);
        }
        json_end(w);
    } else if (d->kind == DOC_MAP) {
        json_begin_object(w);
        for (size_t i = 0; i < d->map.n; i++) {
            put_account_member(w, &d->map.members[i]);
        }
        json_end(w);
    } else {
        json_write_doc(w, d);
    }
}

static void put_files(struct json_writer *w, const struct view *view) {
    json_key(w, STR("files"));
    put_account(w, view->target.files);
}

static int put_findings(struct json_writer *w, struct view *view, struct str key, bool are_removed,
                        struct err *err) {
    int code = 0;
    json_key(w, key);
    json_begin_array(w);
    for (size_t i = 0; code == 0 && i < view->rows_n; i++) {
        if ((view->rows[i].status == FINDING_REMOVED) == are_removed) {
            put_finding(w, &view->rows[i], view_show(view, &view->rows[i]));
            code = view_drain(view, w->out, err);
        }
    }
    json_end(w);
    return code;
}

static int put_lists(struct json_writer *w, struct view *view, struct err *err) {
    int code = 0;
    put_layers(w, view);
    put_files(w, view);
    json_key(w, STR("packages"));
    json_begin_array(w);
    for (size_t i = 0; code == 0 && i < view->visible_n; i++) {
        put_package(w, &view->packages.p[i].record);
        code = view_drain(view, w->out, err);
    }
    json_end(w);
    code = code == 0 ? put_findings(w, view, STR("findings"), false, err) : code;
    code = code == 0 ? put_findings(w, view, STR("removed"), true, err) : code;
    put_rules(w, view);
    put_problems(w, view);
    return code;
}

static int put_members(struct json_writer *w, struct view *view, struct err *err) {
    struct fix_list fixes;
    int code = fixes_find(view, &fixes, err);
    if (code < 0) {
        return code;
    }
    put_str(w, STR("schema_version"), STR("1.5"));
    json_key(w, STR("tool"));
    json_begin_object(w);
    put_str(w, STR("name"), STR("plimsoll"));
    put_str(w, STR("version"), view->run.version);
    json_end(w);
    put_run(w, view);
    put_target(w, view);
    put_base(w, view);
    put_summary(w, view);
    put_guardrails(w, view);
    put_fixes(w, &fixes);
    return 0;
}

int report_json(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
                struct err *err) {
    _cleanup_(view_free) struct view view = {0};
    struct json_writer w = json_writer_new(out, 2);
    struct report_options own = *options;
    own.shows_removed = true;
    int code = view_load_all(&view, store, run, &own, err);
    if (code < 0) {
        return code;
    }
    json_begin_object(&w);
    if ((code = put_members(&w, &view, err)) < 0) {
        return code;
    }
    code = put_lists(&w, &view, err);
    json_end(&w);
    buf_byte(out, '\n');
    if (code < 0 || (code = view_failure(&view, err)) < 0) {
        return code;
    }
    return json_finish(&w, err);
}

int json_put_head(struct json_writer *w, struct view *view, struct err *err) {
    json_begin_object(w);
    int code = put_members(w, view, err);
    if (code < 0) {
        return code;
    }
    put_layers(w, view);
    put_files(w, view);
    put_rules(w, view);
    put_problems(w, view);
    json_end(w);
    return json_finish(w, err);
}

void json_put_finding(struct json_writer *w, struct view *view, size_t row) {
    put_finding(w, &view->rows[row], view_show(view, &view->rows[row]));
}

void json_put_package(struct json_writer *w, const struct view *view, size_t package) {
    put_package(w, &view->packages.p[package].record);
}
