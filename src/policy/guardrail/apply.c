#include "policy/guardrail/apply.h"

#include "base/limits.h"
#include "cel/cache.h"
#include "doc/json_write.h"
#include "policy/guardrail/steps.h"

enum { SECONDS_A_DAY = 24 * 60 * 60, WARNED_DAYS = 14 };

struct applying {
    struct store *store;
    const struct run *run;
    const struct guardrail_options *options;
    struct guardrail_steps steps;
    struct arena kept; /* of the whole run */
    struct arena page; /* of some findings */
    struct arena work; /* of one */
    struct map rules;  /* id → index + 1 in rule_list */
    struct rule_list rule_list;
    struct asset target, asset;
    struct cel_cache *cache;
    struct buf decision;
    struct err *err;
};

/* ---- what has ended, or soon will */

static int note(struct applying *a, struct str file, uint32_t line, struct str message) {
    _cleanup_(buf_free) struct buf place = buf_new(LIMIT_PATH + 16);
    buf_printf(&place, "%.*s:%u", STR_ARG(file), line);
    const struct problem problem = {.place = buf_view(&place), .message = message};
    return place.failed || !message.p ? err_memory(a->err)
                                      : store_put_problem(a->store, a->run->id, &problem, a->err);
}

static int note_end(struct applying *a, const struct guardrail_step *step) {
    struct guardrail_term term = guardrail_step_term(step);
    if (!term.ends) {
        return 0;
    }
    int64_t left = (term.ends - 1 - a->options->now) / SECONDS_A_DAY;
    const char *of = term.owner.n ? " of " : "";
    if (a->options->now >= term.ends) {
        return note(a, term.file, term.line,
                    arena_strf(&a->kept, "%s '%.*s'%s%.*s ended with %.*s and counts no more", term.what,
                               STR_ARG(term.name), of, STR_ARG(term.owner), STR_ARG(term.until)));
    }
    if (left >= WARNED_DAYS) {
        return 0;
    }
    return note(a, term.file, term.line,
                arena_strf(&a->kept, "%s '%.*s'%s%.*s ends with %.*s, in %lld day%s", term.what,
                           STR_ARG(term.name), of, STR_ARG(term.owner), STR_ARG(term.until), (long long)left,
                           left == 1 ? "" : "s"));
}

static int note_all(struct applying *a) {
    int r = 0;
    for (size_t i = 0; r == 0 && i < a->steps.n; i++) {
        r = note_end(a, &a->steps.p[i]);
    }
    for (size_t i = 0; r == 0 && i < a->options->suppressions_n; i++) {
        const struct suppression *s = &a->options->suppressions[i];
        r = s->mistake.n ? note(a, s->path, s->line, s->mistake) : 0;
    }
    return r;
}

/* ---- one finding */

static bool is_left_out(const struct applying *a, const struct finding *f) {
    const struct guardrail_options *o = a->options;
    bool is_unfixed = f->kind == FINDING_VULNERABILITY && f->status == FINDING_OPEN && !f->fixed.n;
    return f->severity < o->least || (o->ignores_unfixed && is_unfixed);
}

static struct str rule_properties(const struct applying *a, struct str id) {
    const uint64_t *at = map_get(&a->rules, id);
    return at ? a->rule_list.p[*at - 1].properties : STR_NONE;
}

static void put_faults(struct json_writer *w, const struct guardrail_question *q) {
    if (!q->faults_n) {
        return;
    }
    json_key(w, STR("undecided"));
    json_begin_array(w);
    for (size_t i = 0; i < q->faults_n; i++) {
        json_begin_object(w);
        json_member_text(w, STR("guardrail"), q->faults[i].rule->name);
        json_member_text(w, STR("reason"), q->faults[i].reason);
        json_end(w);
    }
    json_end(w);
}

static int write_decision(struct applying *a, const struct guardrail_question *q) {
    buf_clear(&a->decision);
    struct json_writer w = json_writer_new(&a->decision, 0);
    json_begin_object(&w);
    if (q->by) {
        struct guardrail_term term = guardrail_step_term(q->by);
        json_key(&w, STR("by"));
        json_str(&w, str_c(guardrail_step_name(q->by)));
        json_member_text(&w, STR("guardrail"), term.name);
        json_member_text(&w, STR("file"), term.file);
        if (term.line) {
            json_key(&w, STR("line"));
            json_uint(&w, term.line);
        }
        json_member_text(&w, STR("reason"), term.reason);
        json_member_text(&w, STR("owner"), term.owner);
        json_member_text(&w, STR("until"), term.until);
    }
    put_faults(&w, q);
    json_end(&w);
    return json_finish(&w, a->err);
}

static int load_asset(struct applying *a, int64_t id) {
    return a->asset.id == id ? 0 : store_get_asset(a->store, &a->work, id, &a->asset, a->err);
}

static int decide(struct applying *a, struct finding *f) {
    arena_reset(&a->work);
    a->asset.id = 0;
    int r = load_asset(a, f->asset);
    if (r < 0) {
        return r;
    }
    struct guardrail_question q = {.finding = f,
                                   .subject = {f, &a->asset, &a->target, rule_properties(a, f->rule)},
                                   .is_left_out = is_left_out(a, f),
                                   .now = a->options->now,
                                   .arena = &a->work,
                                   .cache = a->cache};
    if ((r = guardrail_ask(&a->steps, &q, a->err)) < 0 || (!q.by && !q.faults_n)) {
        return r;
    }
    f->action = q.by ? guardrail_step_action(q.by) : ACTION_NONE;
    f->status = f->action == ACTION_IGNORE ? FINDING_SUPPRESSED : f->status;
    if ((r = write_decision(a, &q)) < 0) {
        return r;
    }
    f->decision = buf_view(&a->decision);
    return store_decide_finding(a->store, f, a->err);
}

static int load_rules(struct applying *a) {
    int r = store_get_rules(a->store, &a->kept, a->run->id, &a->rule_list, a->err);
    a->rules = map_new(&a->kept);
    for (size_t i = 0; r == 0 && i < a->rule_list.n; i++) {
        uint64_t *at = map_put(&a->rules, a->rule_list.p[i].id, NULL);
        if (!at) {
            return err_memory(a->err);
        }
        *at = i + 1;
    }
    return r;
}

/* By the page, so that what is written does not move what is being read. */
static int decide_page(struct applying *a, int64_t *last, bool *is_end) {
    enum { PAGE = 256 };
    struct finding_list list;
    arena_reset(&a->page);
    int r = store_get_findings_after(a->store, &a->page, a->run->id, *last, PAGE, &list, a->err);
    for (size_t i = 0; r == 0 && i < list.n; i++) {
        struct finding *f = &list.p[i];
        *last = f->id;
        if (f->status == FINDING_OPEN || f->status == FINDING_UNDECIDED || f->status == FINDING_REMOVED) {
            r = decide(a, f);
        }
    }
    *is_end = r < 0 || list.n < PAGE;
    return r;
}

static int decide_all(struct applying *a) {
    int64_t last = 0;
    bool is_end = false;
    int r = load_rules(a);
    if (r == 0) {
        r = store_get_asset(a->store, &a->kept, a->run->subject, &a->target, a->err);
    }
    while (r == 0 && !is_end) {
        r = decide_page(a, &last, &is_end);
    }
    return r;
}

/* ---- what the run says of it */

static int write_summary(struct applying *a, struct buf *summary) {
    struct json_writer w = json_writer_new(summary, 0);
    json_begin_object(&w);
    json_key(&w, STR("rules"));
    json_begin_array(&w);
    for (size_t i = 0; i < a->steps.n; i++) {
        const struct guardrail_step *step = &a->steps.p[i];
        if (!guardrail_step_is_rule(step)) {
            continue;
        }
        struct guardrail_term term = guardrail_step_term(step);
        json_begin_object(&w);
        json_member_text(&w, STR("name"), term.name);
        json_member_text(&w, STR("by"), str_c(guardrail_step_name(step)));
        json_member_text(&w, STR("file"), term.file);
        json_member_text(&w, STR("action"), str_c(finding_action_name(guardrail_step_action(step))));
        json_end(&w);
    }
    json_end(&w);
    json_end(&w);
    return json_finish(&w, a->err);
}

bool guardrail_options_are_empty(const struct guardrail_options *o) {
    bool has_profile = o->profile > PROFILE_OFF;
    return !o->callers && !o->folders && !has_profile && !o->has_fail_on && !o->baseline &&
           !o->suppressions_n;
}

int guardrail_apply(struct store *store, const struct run *run, const struct guardrail_options *options,
                    struct buf *summary, struct err *err) {
    struct applying a = {.store = store,
                         .run = run,
                         .options = options,
                         .kept = arena_new(LIMIT_POLICY_PROGRAMS),
                         .page = arena_new(LIMIT_REPORT_VIEW),
                         .work = arena_new(LIMIT_POLICY_WORK),
                         .cache = cel_cache_new(NULL),
                         .decision = buf_new(LIMIT_DECISION),
                         .err = err};
    int r = guardrail_steps_make(&a.kept, options, &a.steps, err);
    if (r == 0) {
        r = note_all(&a);
    }
    if (r == 0 && a.steps.n) {
        r = decide_all(&a);
    }
    if (r == 0) {
        r = write_summary(&a, summary);
    }
    cel_cache_free(a.cache);
    buf_free(&a.decision);
    arena_free(&a.work);
    arena_free(&a.page);
    arena_free(&a.kept);
    return r;
}
