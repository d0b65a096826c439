/* OpenVEX 0.2 (https://github.com/openvex/spec): what this scan decided about vulnerabilities, for those who
 * get what was scanned. Not affected, with the reason; what a person set aside, by an exception or a comment
 * in place, with the reason and the owner; undecided ones as under investigation; with --all open ones as
 * affected. Baselines and profiles say nothing of the vulnerability, so what they leave out is none of its
 * statements. */
#include "base/clock.h"
#include "base/hash.h"
#include "base/limits.h"
#include "doc/json_write.h"
#include "report/decisions.h"
#include "report/formats.h"
#include "report/words.h"

struct openvex {
    struct json_writer w;
    struct view *view;
    struct buf text;
    struct str time;
};

static void put(struct openvex *o, const char *key, struct str s) {
    json_key(&o->w, str_c(key));
    json_str(&o->w, s);
}

static bool is_set_aside(const struct view_finding *finding) {
    struct str by = finding->decision ? finding->decision->by : STR_NONE;
    return !by.n || str_eq(by, STR("exception")) || str_eq(by, STR("comment"));
}

/* NULL: nothing is said of it. */
static const char *status_of(const struct openvex *o, const struct view_finding *finding) {
    bool is_fixed = finding->vex && str_eq(finding->vex->status, STR("fixed"));
    switch (finding->f.status) {
    case FINDING_NOT_AFFECTED:
        return is_fixed ? "fixed" : "not_affected";
    case FINDING_SUPPRESSED:
        return is_set_aside(finding) ? "not_affected" : NULL;
    case FINDING_UNDECIDED:
        return "under_investigation";
    case FINDING_REMOVED:
        return NULL; /* the product does not have it */
    default:
        return o->view->options.all ? "affected" : NULL;
    }
}

/* The five that the specification has. What is not linked into a binary is not present in it. */
static struct str justification_of(const struct view_finding *finding) {
    static const char *const known[] = {
        "component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
        "vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist"};
    bool is_unlinked = !finding->vex && finding->f.status == FINDING_NOT_AFFECTED;
    for (size_t i = 0; finding->vex && i < ARRAY_SIZE(known); i++) {
        if (str_eq(finding->vex->justification, str_c(known[i]))) {
            return finding->vex->justification;
        }
    }
    return is_unlinked ? STR("vulnerable_code_not_present") : STR_NONE;
}

static void put_impact(struct openvex *o, const struct view_finding *finding) {
    const struct view_decision *d = finding->decision;
    words_begin(o->view, &o->text);
    struct str reason = d && d->reason.n ? d->reason : finding->reason;
    buf_str(&o->text, reason.n ? reason : STR("Judged not to apply."));
    if (d && d->owner.n) {
        buf_printf(&o->text, " (decided by %.*s)", STR_ARG(d->owner));
    }
    if (d && d->until.n) {
        buf_printf(&o->text, " (until %.*s)", STR_ARG(d->until));
    }
    put(o, "impact_statement", buf_view(&o->text));
}

static void put_action(struct openvex *o, const struct view_finding *finding) {
    words_begin(o->view, &o->text);
    words_fix(&o->text, finding);
    put(o, "action_statement", o->text.n ? buf_view(&o->text) : STR("No fixed version is known."));
}

static void put_vulnerability(struct openvex *o, const struct view_finding *finding) {
    json_key(&o->w, STR("vulnerability"));
    json_begin_object(&o->w);
    put(o, "name", finding->f.rule);
    if (finding->aliases_n) {
        json_key(&o->w, STR("aliases"));
        json_begin_array(&o->w);
        for (size_t i = 0; i < finding->aliases_n; i++) {
            json_str(&o->w, finding->aliases[i]);
        }
        json_end(&o->w);
    }
    json_end(&o->w);
}

static void put_product(struct openvex *o, const struct view_finding *finding) {
    struct str purl = finding->package->record.purl;
    json_key(&o->w, STR("products"));
    json_begin_array(&o->w);
    json_begin_object(&o->w);
    put(o, "@id", purl);
    json_key(&o->w, STR("identifiers"));
    json_begin_object(&o->w);
    put(o, "purl", purl);
    json_end(&o->w);
    json_end(&o->w);
    json_end(&o->w);
}

static void put_statement(struct openvex *o, const struct view_finding *finding) {
    const char *status = status_of(o, finding);
    if (!status || !finding->package || !finding->package->record.purl.n) {
        return;
    }
    json_begin_object(&o->w);
    put_vulnerability(o, finding);
    put_product(o, finding);
    put(o, "status", str_c(status));
    if (strcmp(status, "not_affected") == 0) {
        struct str justification = justification_of(finding);
        if (justification.n) {
            put(o, "justification", justification);
        }
        put_impact(o, finding);
    } else if (strcmp(status, "affected") == 0) {
        put_action(o, finding);
    } else if (finding->reason.n) {
        put(o, "status_notes", finding->reason);
    }
    put(o, "timestamp", o->time);
    json_end(&o->w);
}

/* The same of the same scan. */
static int put_id(struct openvex *o, struct err *err) {
    char hex[SHA256_HEX + 1];
    words_begin(o->view, &o->text);
    buf_printf(&o->text, "%.*s\n%.*s", STR_ARG(o->view->target.asset.key), STR_ARG(o->time));
    if (o->text.failed || sha256_hex(buf_view(&o->text), hex) < 0) {
        return err_memory(err);
    }
    words_begin(o->view, &o->text);
    buf_printf(&o->text, "urn:sha256:%s", hex);
    put(o, "@id", buf_view(&o->text));
    return 0;
}

static int put_document(struct openvex *o, struct err *err) {
    struct view *view = o->view;
    json_begin_object(&o->w);
    put(o, "@context", STR("https://openvex.dev/ns/v0.2.0"));
    int r = put_id(o, err);
    put(o, "author", STR("plimsoll"));
    put(o, "timestamp", o->time);
    json_key(&o->w, STR("version"));
    json_int(&o->w, 1);
    put(o, "tooling", view_format(view, "plimsoll %.*s", STR_ARG(view->run.version)));
    json_key(&o->w, STR("statements"));
    json_begin_array(&o->w);
    for (size_t i = 0; r == 0 && i < view->rows_n; i++) {
        if (view->rows[i].kind == FINDING_VULNERABILITY) {
            put_statement(o, view_show(view, &view->rows[i]));
            r = view_drain(view, o->w.out, err);
        }
    }
    if (r < 0) {
        return r;
    }
    json_end(&o->w);
    json_end(&o->w);
    buf_byte(o->w.out, '\n');
    r = view_failure(view, err);
    return r < 0 ? r : o->text.failed ? err_memory(err) : json_finish(&o->w, err);
}

int report_openvex(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
                   struct err *err) {
    _cleanup_(view_free) struct view view = {0};
    int r = view_load(&view, store, run, options, err);
    if (r < 0) {
        return r;
    }
    char time[CLOCK_TEXT];
    clock_format(MAX(view.run.started, (int64_t)0), time);
    struct openvex o = {
        .w = json_writer_new(out, 2), .view = &view, .text = buf_new(LIMIT_REPORT), .time = str_c(time)};
    r = put_document(&o, err);
    buf_free(&o.text);
    return r;
}
