/* SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), with the properties that code scanning
 * services sort by: "security-severity" and tags on rules, partialFingerprints on results. */
#include "base/clock.h"
#include "doc/json_write.h"
#include "report/decisions.h"
#include "report/formats.h"
#include "report/view.h"

#define SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

struct sarif {
    struct json_writer *w;
    struct view *view;
    struct map rules; /* id → index + 1 */
    VEC(const struct view_finding *) rule_findings;
    struct buf scratch;
    size_t results, left_out; /* written, and not for the limits of services */
    size_t bytes;             /* of results */
};

static void put(struct json_writer *w, const char *key, struct str s) {
    json_key(w, str_c(key));
    json_str(w, s);
}

static void put_text(struct json_writer *w, const char *key, struct str s) {
    json_key(w, str_c(key));
    json_begin_object(w);
    put(w, "text", s);
    json_end(w);
}

static void put_time(struct json_writer *w, const char *key, int64_t seconds) {
    if (seconds > 0) {
        char time[CLOCK_TEXT];
        clock_format(seconds, time);
        put(w, key, str_c(time));
    }
}

static bool is_written(const struct view *view, const struct view_row *row) {
    return view_row_is_open(row) || row->status == FINDING_SUPPRESSED || row->status == FINDING_REMOVED ||
           view->options.shows_suppressed;
}

/* ---- rules */

/* A rule has a group of its own when it is a check: its other findings need not be looked at. */
static int collect_rules(struct sarif *s, struct err *err) {
    struct view *view = s->view;
    bool *is_known = arena_array(&view->arena, view->groups_n + 1, sizeof *is_known);
    if (!is_known) {
        return err_memory(err);
    }
    size_t results = 0;
    for (size_t i = 0; i < view->rows_n && results < LIMIT_SARIF_RESULTS; i++) {
        struct view_row *row = &view->rows[i];
        results += is_written(view, row);
        if (!is_written(view, row) || (view_row_has_rule(row) && is_known[row->group])) {
            continue;
        }
        is_known[row->group] = true;
        struct str id = view_show(view, row)->f.rule;
        if (map_get(&s->rules, id)) {
            continue;
        }
        const struct view_finding *finding = view_keep(view, row);
        uint64_t *slot = map_put(&s->rules, finding->f.rule, NULL);
        const struct view_finding **rule = slot ? VEC_PUSH(&view->arena, &s->rule_findings) : NULL;
        if (!rule) {
            return err_memory(err);
        }
        *rule = finding;
        *slot = s->rule_findings.n;
    }
    return view_failure(view, err);
}

/* "9.8"; where no score is known the lowest of the severity's range. Empty when not even that is known. */
static struct str security_severity(struct view *view, const struct finding *f) {
    static const char *const lowest[SEVERITIES] = {"", "0.0", "0.1", "4.0", "7.0", "9.0"};
    return f->score >= 0 ? view_format(view, "%.1f", f->score) : str_c(lowest[f->severity]);
}

/* Texts are written piece by piece into the scratch buffer, and stand until its next use. */
static void add(struct sarif *s, const char *before, struct str text) {
    if (text.n) {
        buf_c(&s->scratch, before);
        buf_str(&s->scratch, text);
    }
}

static struct str finish_text(struct sarif *s) {
    s->view->failed |= s->scratch.failed;
    return buf_view(&s->scratch);
}

/* Bytes of a path or id as they may stand in a URI (RFC 3986, section 3.3). */
static struct str encode_uri(struct sarif *s, struct str path) {
    buf_clear(&s->scratch);
    for (size_t i = 0; i < path.n; i++) {
        char c = path.p[i];
        if (ascii_is_alnum(c) || c == '/' || c == '-' || c == '.' || c == '_' || c == '~') {
            buf_byte(&s->scratch, (unsigned char)c);
        } else {
            buf_printf(&s->scratch, "%%%02X", (unsigned char)c);
        }
    }
    return finish_text(s);
}

static void put_help_uri(struct sarif *s, struct str rule) {
    static const struct {
        const char *prefix, *uri;
    } places[] = {
        {"CVE-", "https://nvd.nist.gov/vuln/detail/"},
        {"GHSA-", "https://github.com/advisories/"},
        {"", "https://osv.dev/vulnerability/"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        if (str_starts(rule, str_c(places[i].prefix))) {
            struct str id = encode_uri(s, rule);
            put(s->w, "helpUri", view_format(s->view, "%s%.*s", places[i].uri, STR_ARG(id)));
            return;
        }
    }
}

static struct str title_of(const struct view_finding *finding) {
    return finding->f.title.n ? finding->f.title : finding->f.rule;
}

static struct str format_check_help(struct sarif *s, const struct view_finding *finding) {
    const struct view_rule *rule = finding->check;
    buf_clear(&s->scratch);
    add(s, "", title_of(finding));
    add(s, "\n\nSeverity: ", str_c(severity_name(finding->f.severity)));
    add(s, "\nWhy: ", rule ? rule->why : STR_NONE);
    add(s, "\nFix: ", rule ? rule->fix : STR_NONE);
    return finish_text(s);
}

static struct str format_help(struct sarif *s, const struct view_finding *finding) {
    const struct finding *f = &finding->f;
    if (view_has_rule(finding)) {
        return format_check_help(s, finding);
    }
    buf_clear(&s->scratch);
    add(s, "", title_of(finding));
    add(s, "\n\nSeverity: ", str_c(severity_name(f->severity)));
    if (f->score >= 0) {
        buf_printf(&s->scratch, ", CVSS %.1f", f->score);
    }
    if (finding->vector.n) {
        add(s, " (", finding->vector);
        buf_byte(&s->scratch, ')');
    }
    if (finding->is_exploited) {
        buf_c(&s->scratch, "\nKnown to be exploited");
        add(s, " since ", finding->exploited_since);
        buf_byte(&s->scratch, '.');
    }
    if (f->fixed.n) {
        add(s, "\nFix: upgrade ", finding->asset->name);
        add(s, " to ", f->fixed);
        buf_byte(&s->scratch, '.');
    } else {
        buf_c(&s->scratch, "\nNo fixed version is known.");
    }
    return finish_text(s);
}

static void put_rule(struct sarif *s, const struct view_finding *finding) {
    struct json_writer *w = s->w;
    json_begin_object(w);
    put(w, "id", finding->f.rule);
    put_text(w, "shortDescription", title_of(finding));
    if (!view_has_rule(finding)) {
        put_help_uri(s, finding->f.rule);
    } else if (finding->check && finding->check->references_n) {
        put(w, "helpUri", finding->check->references[0]);
    }
    put_text(w, "help", format_help(s, finding));
    json_key(w, STR("properties"));
    json_begin_object(w);
    struct str severity = security_severity(s->view, &finding->f);
    if (severity.n) {
        put(w, "security-severity", severity);
    }
    json_key(w, STR("tags"));
    json_begin_array(w);
    json_str(w, STR("security"));
    json_str(w, str_c(finding_kind_name(finding->f.kind)));
    if (finding->is_exploited) {
        json_str(w, STR("known-exploited"));
    }
    json_end(w);
    json_end(w);
    json_end(w);
}

static void put_tool(struct sarif *s) {
    struct json_writer *w = s->w;
    json_key(w, STR("tool"));
    json_begin_object(w);
    json_key(w, STR("driver"));
    json_begin_object(w);
    put(w, "name", STR("plimsoll"));
    if (s->view->run.version.n) {
        put(w, "semanticVersion", s->view->run.version);
    }
    json_key(w, STR("rules"));
    json_begin_array(w);
    for (size_t i = 0; i < s->rule_findings.n; i++) {
        put_rule(s, s->rule_findings.p[i]);
    }
    json_end(w);
    json_end(w);
    json_end(w);
}

/* ---- results */

static const char *level_of(const struct finding *f) {
    static const char *const levels[SEVERITIES] = {"warning", "note", "note", "warning", "error", "error"};
    bool is_judged = f->status == FINDING_OPEN || f->status == FINDING_SUPPRESSED;
    return is_judged ? levels[f->severity] : "none";
}

/* Section 3.27.9: anything but "fail" must have level "none". */
static const char *kind_of(enum finding_status status) {
    static const char *const kinds[FINDING_STATUSES] = {
        [FINDING_OPEN] = "fail",       [FINDING_NOT_AFFECTED] = "notApplicable", [FINDING_UNDECIDED] = "open",
        [FINDING_SUPPRESSED] = "fail", [FINDING_REMOVED] = "informational",
    };
    return kinds[status];
}

static struct str format_check_message(struct sarif *s, const struct view_finding *finding) {
    buf_clear(&s->scratch);
    add(s, "", title_of(finding));
    add(s, ": ", finding->resource.n ? finding->resource : finding->f.path);
    add(s, ", ", finding->item);
    buf_byte(&s->scratch, '.');
    add(s, " ", finding->message);
    add(s, " Not decided: ", finding->reason);
    return finish_text(s);
}

static struct str format_message(struct sarif *s, const struct view_finding *finding) {
    const struct finding *f = &finding->f;
    if (view_has_rule(finding)) {
        return format_check_message(s, finding);
    }
    buf_clear(&s->scratch);
    add(s, "", finding->asset->name);
    add(s, " ", finding->asset->version);
    add(s, " ", f->rule);
    add(s, ": ", str_c(severity_name(f->severity)));
    buf_c(&s->scratch, finding->is_exploited ? ", known to be exploited." : ".");
    if (f->title.n) {
        add(s, " ", f->title);
        buf_byte(&s->scratch, '.');
    }
    if (f->fixed.n) {
        add(s, " Fixed in ", f->fixed);
        buf_byte(&s->scratch, '.');
    }
    add(s, " ", finding->reason);
    if (finding->layer) {
        struct str instruction = view_layer_instruction(s->view, finding->layer);
        buf_printf(&s->scratch, " Layer %d%s", f->layer, f->is_in_base ? " (base)" : "");
        add(s, ": ", instruction);
        buf_c(&s->scratch, instruction.n ? "" : ".");
    }
    return finish_text(s);
}

static void put_logical_location(struct sarif *s, const struct view_finding *finding) {
    struct json_writer *w = s->w;
    json_key(w, STR("logicalLocations"));
    json_begin_array(w);
    json_begin_object(w);
    put(w, "name",
        view_is_secret(finding) && finding->f.path.n ? finding->f.path
        : view_has_rule(finding)                     ? finding->resource
                                                     : finding->asset->name);
    if (finding->package && finding->package->record.purl.n) {
        put(w, "fullyQualifiedName", finding->package->record.purl);
    }
    put(w, "kind",
        view_is_secret(finding)  ? STR("file")
        : view_has_rule(finding) ? STR("resource")
                                 : STR("module"));
    json_end(w);
    if (finding->layer) {
        json_begin_object(w);
        put(w, "name", view_format(s->view, "layer %d", finding->layer->index));
        put(w, "fullyQualifiedName", finding->layer->diff_id);
        put(w, "kind", STR("layer"));
        json_end(w);
    }
    json_end(w);
}

static void put_artifact(struct sarif *s, const struct view_finding *finding) {
    struct json_writer *w = s->w;
    struct str path = finding->f.path.n ? finding->f.path : s->view->target.asset.name;
    while (path.n && path.p[0] == '/') {
        path = str_from(path, 1); /* relative to the target's root */
    }
    json_key(w, STR("artifactLocation"));
    json_begin_object(w);
    put(w, "uri", encode_uri(s, path));
    json_end(w);
}

static void put_number(struct json_writer *w, const char *key, uint64_t number) {
    json_key(w, str_c(key));
    json_uint(w, number);
}

static void put_location(struct sarif *s, const struct view_finding *finding) {
    struct json_writer *w = s->w;
    json_key(w, STR("locations"));
    json_begin_array(w);
    json_begin_object(w);
    json_key(w, STR("physicalLocation"));
    json_begin_object(w);
    put_artifact(s, finding);
    if (finding->f.line) {
        json_key(w, STR("region"));
        json_begin_object(w);
        put_number(w, "startLine", finding->f.line);
        if (finding->f.column) {
            put_number(w, "startColumn", finding->f.column);
        }
        json_end(w);
    }
    json_end(w);
    put_logical_location(s, finding);
    json_end(w);
    json_end(w);
}

static void put_replacement(struct json_writer *w, const struct view_edit *edit) {
    json_begin_object(w);
    json_key(w, STR("deletedRegion"));
    json_begin_object(w);
    put_number(w, "startLine", edit->line);
    put_number(w, "startColumn", edit->column);
    put_number(w, "endLine", edit->end_line);
    put_number(w, "endColumn", edit->end_column);
    json_end(w);
    put_text(w, "insertedContent", edit->text);
    json_end(w);
}

/* Section 3.55 (fix). */
static void put_fixes(struct sarif *s, const struct view_finding *finding) {
    struct json_writer *w = s->w;
    if (!finding->edits_n) {
        return;
    }
    json_key(w, STR("fixes"));
    json_begin_array(w);
    json_begin_object(w);
    if (finding->check) {
        put_text(w, "description", finding->check->fix);
    }
    json_key(w, STR("artifactChanges"));
    json_begin_array(w);
    json_begin_object(w);
    put_artifact(s, finding);
    json_key(w, STR("replacements"));
    json_begin_array(w);
    for (size_t i = 0; i < finding->edits_n; i++) {
        put_replacement(w, &finding->edits[i]);
    }
    json_end(w);
    json_end(w);
    json_end(w);
    json_end(w);
    json_end(w);
}

static void put_suppression(struct json_writer *w, const struct view_finding *finding) {
    if (finding->f.status != FINDING_SUPPRESSED) {
        return;
    }
    json_key(w, STR("suppressions"));
    json_begin_array(w);
    json_begin_object(w);
    bool is_comment = finding->decision && str_eq(finding->decision->by, STR("comment"));
    put(w, "kind", is_comment ? STR("inSource") : STR("external"));
    put(w, "status", STR("accepted"));
    if (finding->reason.n) {
        put(w, "justification", finding->reason);
    }
    json_end(w);
    json_end(w);
}

static void put_result_properties(struct sarif *s, const struct view_finding *finding) {
    struct json_writer *w = s->w;
    json_key(w, STR("properties"));
    json_begin_object(w);
    put(w, "severity", str_c(severity_name(finding->f.severity)));
    if (finding->package) {
        put(w, "purl", finding->package->record.purl);
    }
    if (finding->f.fixed.n) {
        put(w, "fixed", finding->f.fixed);
    }
    if (finding->epss >= 0) {
        json_key(w, STR("epss"));
        json_double(w, finding->epss);
    }
    if (finding->f.layer) {
        json_key(w, STR("layer"));
        json_int(w, finding->f.layer);
        json_key(w, STR("isInBase"));
        json_bool(w, finding->f.is_in_base);
    }
    json_end(w);
}

static void put_result(struct sarif *s, const struct view_finding *finding) {
    struct json_writer *w = s->w;
    const uint64_t *rule = map_get(&s->rules, finding->f.rule);
    if (!rule) {
        return; /* of a finding that can't be read */
    }
    json_begin_object(w);
    put(w, "ruleId", finding->f.rule);
    json_key(w, STR("ruleIndex"));
    json_uint(w, *rule - 1);
    put(w, "kind", str_c(kind_of(finding->f.status)));
    put(w, "level", str_c(level_of(&finding->f)));
    put_text(w, "message", format_message(s, finding));
    put_location(s, finding);
    json_key(w, STR("partialFingerprints"));
    json_begin_object(w);
    put(w, "plimsollFinding/v1", finding->f.fingerprint);
    json_end(w);
    put_fixes(s, finding);
    put_suppression(w, finding);
    put_result_properties(s, finding);
    json_end(w);
}

/* ---- the run */

static void put_left_out(struct sarif *s) {
    if (s->left_out) {
        json_begin_object(s->w);
        put(s->w, "level", STR("warning"));
        put_text(s->w, "message",
                 view_format(s->view,
                             "%zu findings are left out, as services take no more: written are the worst %zu",
                             s->left_out, s->results));
        json_end(s->w);
    }
}

static void put_notifications(struct sarif *s) {
    struct json_writer *w = s->w;
    json_key(w, STR("toolExecutionNotifications"));
    json_begin_array(w);
    for (size_t i = 0; i < s->view->problems.n; i++) {
        const struct problem *problem = &s->view->problems.p[i];
        json_begin_object(w);
        put(w, "level", problem->is_incomplete ? STR("error") : STR("note"));
        put_text(w, "message",
                 view_format(s->view, "%.*s: %.*s", STR_ARG(problem->place), STR_ARG(problem->message)));
        json_end(w);
    }
    put_left_out(s);
    json_end(w);
}

static void put_invocation(struct sarif *s) {
    struct json_writer *w = s->w;
    json_key(w, STR("invocations"));
    json_begin_array(w);
    json_begin_object(w);
    json_key(w, STR("executionSuccessful"));
    json_bool(w, s->view->run.is_complete);
    put_time(w, "startTimeUtc", s->view->run.started);
    put_time(w, "endTimeUtc", s->view->run.finished);
    put_notifications(s);
    json_end(w);
    json_end(w);
}

static void put_run_properties(struct sarif *s) {
    struct json_writer *w = s->w;
    json_key(w, STR("properties"));
    json_begin_object(w);
    put(w, "target", s->view->target.asset.name);
    if (s->view->target.digest.n) {
        put(w, "digest", s->view->target.digest);
    }
    json_key(w, STR("isBlocked"));
    json_bool(w, s->view->is_blocked);
    json_end(w);
}

static int put_results(struct sarif *s, struct err *err) {
    struct view *view = s->view;
    int code = 0;
    json_key(s->w, STR("results"));
    json_begin_array(s->w);
    for (size_t i = 0; code == 0 && i < view->rows_n; i++) {
        if (!is_written(view, &view->rows[i])) {
            continue;
        }
        if (s->results == LIMIT_SARIF_RESULTS || s->bytes > LIMIT_SARIF_BYTES) {
            s->left_out++; /* they come worst first */
            continue;
        }
        size_t before = s->w->out->n;
        put_result(s, view_show(view, &view->rows[i]));
        s->results++;
        s->bytes += s->w->out->n - before;
        code = view_drain(view, s->w->out, err);
    }
    json_end(s->w);
    return code;
}

static int put_log(struct sarif *s, struct err *err) {
    struct json_writer *w = s->w;
    json_begin_object(w);
    put(w, "$schema", STR(SCHEMA));
    put(w, "version", STR("2.1.0"));
    json_key(w, STR("runs"));
    json_begin_array(w);
    json_begin_object(w);
    put(w, "columnKind", STR("utf16CodeUnits"));
    put_tool(s);
    int code = put_results(s, err);
    put_invocation(s);
    put_run_properties(s);
    json_end(w);
    json_end(w);
    json_end(w);
    return code;
}

int report_sarif(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
                 struct err *err) {
    _cleanup_(view_free) struct view view = {0};
    int code = view_load(&view, store, run, options, err);
    if (code < 0) {
        return code;
    }
    struct json_writer w = json_writer_new(out, 2);
    struct sarif s = {
        .w = &w, .view = &view, .rules = map_new(&view.arena), .scratch = buf_new(LIMIT_REPORT)};
    code = collect_rules(&s, err);
    if (code == 0) {
        code = put_log(&s, err);
        buf_byte(out, '\n');
    }
    if (code == 0 && (code = view_failure(&view, err)) == 0) {
        code = json_finish(&w, err);
    }
    buf_free(&s.scratch);
    return code;
}
