#include "report/decisions.h"

#include "doc/json.h"

static struct str keep(struct view *view, const struct doc *map, struct str key) {
    struct str s = doc_str(doc_get(map, key)), copy = s.n ? arena_str(view->texts, s) : STR_NONE;
    view->failed |= s.n && !copy.p;
    return copy;
}

/* ---- which were asked */

int decisions_load_guardrails(struct view *view, const struct doc *properties, struct err *err) {
    const struct doc *rules = doc_path(properties, "guardrails.rules");
    size_t n = doc_count(rules);
    view->guardrails = arena_alloc(&view->arena, sizeof *view->guardrails);
    struct view_guardrail *p = arena_array(&view->arena, n + 1, sizeof *p);
    if (!view->guardrails || !p) {
        return err_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        const struct doc *rule = doc_at(rules, i);
        p[i] = (struct view_guardrail){keep(view, rule, STR("name")), keep(view, rule, STR("by")),
                                       keep(view, rule, STR("file")), keep(view, rule, STR("action")), 0};
    }
    *view->guardrails = (struct view_guardrails){.p = p, .n = n};
    return view->failed ? err_memory(err) : 0;
}

void decisions_count(struct view *view, const struct view_finding *finding) {
    const struct view_decision *d = finding->decision;
    struct view_guardrails *all = view->guardrails;
    for (size_t i = 0; d && i < all->n; i++) {
        struct view_guardrail *g = &all->p[i];
        if (str_eq(g->name, d->guardrail) && str_eq(g->by, d->by) && str_eq(g->file, d->file)) {
            all->blocking += !g->decided && finding->f.action == ACTION_BLOCK;
            g->decided++;
            return;
        }
    }
}

/* ---- what they said */

static int load_faults(struct view *view, const struct doc *list, struct view_decision *d, struct err *err) {
    size_t n = doc_count(list);
    d->faults = n ? arena_array(view->texts, n, sizeof *d->faults) : NULL;
    if (n && !d->faults) {
        return err_memory(err);
    }
    for (; d->faults_n < n; d->faults_n++) {
        const struct doc *fault = doc_at(list, d->faults_n);
        d->faults[d->faults_n] =
            (struct view_fault){keep(view, fault, STR("guardrail")), keep(view, fault, STR("reason"))};
    }
    return 0;
}

int decisions_load(struct view *view, struct view_finding *finding, struct arena *scratch, struct err *err) {
    const struct doc *root = NULL;
    if (!finding->f.decision.n) {
        return 0;
    }
    int code = json_parse(scratch, finding->f.decision, &root, err);
    if (code < 0) {
        return err_at(err, "decision of finding %lld in the store", (long long)finding->f.id);
    }
    struct view_decision *d = arena_alloc(view->texts, sizeof *d);
    if (!d) {
        return err_memory(err);
    }
    *d = (struct view_decision){.by = keep(view, root, STR("by")),
                                .guardrail = keep(view, root, STR("guardrail")),
                                .file = keep(view, root, STR("file")),
                                .reason = keep(view, root, STR("reason")),
                                .owner = keep(view, root, STR("owner")),
                                .until = keep(view, root, STR("until"))};
    (void)doc_int(doc_get(root, STR("line")), &d->line);
    finding->decision = d;
    if ((code = load_faults(view, doc_get(root, STR("undecided")), d, err)) < 0) {
        return code;
    }
    if (finding->f.status == FINDING_SUPPRESSED && !finding->reason.n) {
        finding->reason = decisions_say(view, finding);
    }
    return view->failed ? err_memory(err) : 0;
}

/* ---- in words */

static const char *verb_of(enum finding_action action) {
    static const char *const verbs[ACTIONS] = {[ACTION_NONE] = "",
                                               [ACTION_WARN] = "warned of by",
                                               [ACTION_BLOCK] = "blocked by",
                                               [ACTION_IGNORE] = "set aside by"};
    return verbs[action];
}

static struct str name_of(struct view *view, const struct view_decision *d) {
    static const struct {
        struct str by;
        const char *before, *behind;
    } forms[] = {
        {STR("rule"), "the rule '", "'"},           {STR("exception"), "the exception '", "'"},
        {STR("comment"), "the comment '", "'"},     {STR("profile"), "the profile's rule '", "'"},
        {STR("guardrails"), "the caller's '", "'"}, {STR("baseline"), "", ", where it was already"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
        if (str_eq(forms[i].by, d->by)) {
            return view_format(view, "%s%.*s%s", forms[i].before, STR_ARG(d->guardrail), forms[i].behind);
        }
    }
    return d->guardrail;
}

struct str decisions_say(struct view *view, const struct view_finding *finding) {
    const struct view_decision *d = finding->decision;
    if (!d || !d->by.n) {
        return STR_NONE;
    }
    struct str s = view_format(view, "%s %.*s", verb_of(finding->f.action), STR_ARG(name_of(view, d)));
    if (d->owner.n) {
        s = view_format(view, "%.*s of %.*s", STR_ARG(s), STR_ARG(d->owner));
    }
    if (d->until.n) {
        s = view_format(view, "%.*s until %.*s", STR_ARG(s), STR_ARG(d->until));
    }
    if (d->file.n && d->line) {
        s = view_format(view, "%.*s (%.*s:%lld)", STR_ARG(s), STR_ARG(d->file), (long long)d->line);
    }
    return d->reason.n ? view_format(view, "%.*s: %.*s", STR_ARG(s), STR_ARG(d->reason)) : s;
}
