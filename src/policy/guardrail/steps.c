#include "policy/guardrail/steps.h"

#include "base/limits.h"

/* ---- the list */

struct making {
    struct arena *arena;
    const struct guardrail_options *options;
    struct guardrail_steps *steps;
    struct err *err;
};

static int add(struct making *m, struct guardrail_step step) {
    struct guardrail_step *slot = VEC_PUSH(m->arena, m->steps);
    if (!slot) {
        return err_memory(m->err);
    }
    *slot = step;
    if (!step.rule || !step.rule->when.block.n) {
        return 0;
    }
    return cel_program_load(m->options->env, m->arena, step.rule->when.block, &slot->program, m->err);
}

static int add_rules(struct making *m, const struct guardrails *g, enum guardrail_step_kind kind) {
    int r = 0;
    for (size_t i = 0; r == 0 && g && i < g->rules_n; i++) {
        r = add(m, (struct guardrail_step){.kind = kind, .file = g->file, .rule = &g->rules[i]});
    }
    return r;
}

static int add_exceptions(struct making *m, const struct guardrails *g, enum guardrail_step_kind kind) {
    int r = 0;
    for (size_t i = 0; r == 0 && g && i < g->exceptions_n; i++) {
        r = add(m, (struct guardrail_step){.kind = kind, .file = g->file, .exception = &g->exceptions[i]});
    }
    return r;
}

static int add_callers(struct making *m) {
    const struct guardrails *callers = m->options->callers;
    int r = add_exceptions(m, callers, STEP_CALLERS_EXCEPTION);
    if (r == 0) {
        r = add_rules(m, callers, STEP_CALLERS_RULE);
    }
    return r == 0 && callers ? add_rules(m, guardrail_profile_rules(callers->profile), STEP_CALLERS_RULE) : r;
}

static int add_documents(struct making *m) {
    int r = 0;
    for (size_t i = 0; r == 0 && i < m->options->suppressions_n; i++) {
        const struct suppression *s = &m->options->suppressions[i];
        r = s->mistake.n
                ? 0
                : add(m, (struct guardrail_step){.kind = STEP_COMMENT, .file = s->path, .suppression = s});
    }
    return r;
}

static int add_fail_on(struct making *m) {
    if (!m->options->has_fail_on) {
        return 0;
    }
    struct guardrail_rule *rule = arena_alloc(m->arena, sizeof *rule);
    struct str name = arena_strf(m->arena, "--fail-on %s", severity_name(m->options->fail_on));
    if (!rule || !name.p) {
        return err_memory(m->err);
    }
    *rule = (struct guardrail_rule){.name = name, .least = m->options->fail_on, .action = ACTION_BLOCK};
    return add(m, (struct guardrail_step){.kind = STEP_FAIL_ON, .rule = rule});
}

static enum guardrail_profile profile_of(const struct guardrail_options *o) {
    return o->profile == PROFILE_NONE && o->folders ? o->folders->profile : o->profile;
}

int guardrail_steps_make(struct arena *arena, const struct guardrail_options *options,
                         struct guardrail_steps *out, struct err *err) {
    struct making m = {arena, options, out, err};
    const struct baseline *baseline = options->baseline;
    *out = (struct guardrail_steps){0};
    int r;
    if ((r = add_callers(&m)) < 0 ||
        (baseline &&
         (r = add(&m, (struct guardrail_step){.kind = STEP_BASELINE, .baseline = baseline})) < 0) ||
        (r = add_documents(&m)) < 0 || (r = add_exceptions(&m, options->folders, STEP_EXCEPTION)) < 0 ||
        (r = add_rules(&m, options->folders, STEP_RULE)) < 0 ||
        (r = add_rules(&m, guardrail_profile_rules(profile_of(options)), STEP_PROFILE)) < 0) {
        return r;
    }
    return add_fail_on(&m);
}

/* ---- asking */

static int need_values(struct guardrail_question *q, struct err *err) {
    if (q->has_values) {
        return 0;
    }
    q->has_values = true;
    q->subject.now = q->now;
    return subject_values(q->arena, &q->subject, q->values, err);
}

static void keep_fault(struct guardrail_question *q, const struct guardrail_rule *rule,
                       const struct cel_value *value) {
    if (q->faults_n < GUARDRAIL_FAULTS) {
        q->faults[q->faults_n++] = (struct guardrail_fault){rule, cel_str(value)};
    }
}

/* 1: it matches. */
static int ask_rule(struct guardrail_question *q, const struct guardrail_step *step, struct err *err) {
    const struct guardrail_rule *rule = step->rule;
    const struct finding *f = q->finding;
    bool wants_asking =
        f->status == FINDING_REMOVED || (f->status == FINDING_UNDECIDED && rule->action == ACTION_BLOCK);
    if (wants_asking && !rule->reads_status) {
        return 0;
    }
    if (!step->program) {
        return f->severity >= rule->least;
    }
    int r = need_values(q, err);
    if (r < 0) {
        return r;
    }
    struct cel_evaluation e = {.arena = q->arena,
                               .variables = q->values,
                               .variable_count = SUBJECT_FIELDS,
                               .cache = q->cache,
                               .budget = LIMIT_GUARDRAIL_STEPS};
    struct cel_value value = cel_eval(step->program, &e);
    if (cel_is_fault(&value)) {
        keep_fault(q, rule, &value);
    }
    return cel_is_true(&value);
}

static bool matches_alias(const struct guardrail_question *q, struct str id) {
    const struct cel_value *aliases = &q->values[SUBJECT_ALIASES];
    for (size_t i = 0; i < aliases->n; i++) {
        struct cel_value alias = cel_list_at(aliases, i);
        if (alias.kind == CEL_STRING && guardrail_glob(id, cel_str(&alias), true)) {
            return true;
        }
    }
    return false;
}

static int matches_id(struct guardrail_question *q, struct str id, struct err *err) {
    if (!id.n || guardrail_glob(id, q->finding->rule, true)) {
        return 1;
    }
    int r = need_values(q, err);
    return r < 0 ? r : matches_alias(q, id);
}

static bool matches_asset(const struct guardrail_question *q, struct str glob) {
    const struct asset *asset = q->subject.asset;
    struct str purl = cel_str(&q->values[SUBJECT_ASSET_PURL]);
    return guardrail_glob(glob, asset->key, false) || guardrail_glob(glob, asset->name, false) ||
           (purl.n && guardrail_glob(glob, purl, false));
}

static int ask_exception(struct guardrail_question *q, const struct guardrail_exception *e, struct err *err) {
    const struct finding *f = q->finding;
    if ((e->path.n && !guardrail_glob(e->path, f->path, false)) ||
        (e->fingerprint.n && !guardrail_glob(e->fingerprint, f->fingerprint, true))) {
        return 0;
    }
    int r = matches_id(q, e->id, err);
    if (r == 1 && e->asset.n) {
        r = need_values(q, err);
        r = r < 0 ? r : matches_asset(q, e->asset);
    }
    return r;
}

static int ask_suppression(struct guardrail_question *q, const struct suppression *s, struct err *err) {
    const struct finding *f = q->finding;
    if (suppression_covers(s, f->rule, f->path, f->line, f->asset)) {
        return 1;
    }
    if (f->kind != FINDING_VULNERABILITY || s->asset || !suppression_covers(s, s->id, f->path, f->line, 0)) {
        return 0;
    }
    int r = need_values(q, err);
    return r < 0 ? r : matches_alias(q, s->id);
}

static int64_t end_of(const struct guardrail_step *step) {
    return step->rule          ? step->rule->ends
           : step->exception   ? step->exception->ends
           : step->suppression ? step->suppression->ends
                               : 0;
}

static int ask(struct guardrail_question *q, const struct guardrail_step *step, struct err *err) {
    bool is_callers = step->kind == STEP_CALLERS_EXCEPTION || step->kind == STEP_CALLERS_RULE;
    int64_t ends = end_of(step);
    if ((q->is_left_out && !is_callers) || (ends && q->now >= ends)) {
        return 0;
    }
    if (step->rule) {
        return ask_rule(q, step, err);
    }
    if (step->exception) {
        return ask_exception(q, step->exception, err);
    }
    if (step->suppression) {
        return ask_suppression(q, step->suppression, err);
    }
    return q->finding->status != FINDING_REMOVED && baseline_knows(step->baseline, q->finding);
}

int guardrail_ask(const struct guardrail_steps *steps, struct guardrail_question *q, struct err *err) {
    for (size_t i = 0; i < steps->n; i++) {
        int r = ask(q, &steps->p[i], err);
        if (r < 0) {
            return r;
        }
        if (r > 0) {
            q->by = &steps->p[i];
            return 0;
        }
    }
    return 0;
}

/* ---- what a step says of itself */

const char *guardrail_step_name(const struct guardrail_step *step) {
    static const char *const names[STEP_KINDS] = {
        [STEP_CALLERS_EXCEPTION] = "guardrails",
        [STEP_CALLERS_RULE] = "guardrails",
        [STEP_BASELINE] = "baseline",
        [STEP_COMMENT] = "comment",
        [STEP_EXCEPTION] = "exception",
        [STEP_RULE] = "rule",
        [STEP_PROFILE] = "profile",
        [STEP_FAIL_ON] = "fail-on",
    };
    return names[step->kind];
}

bool guardrail_step_is_rule(const struct guardrail_step *step) {
    return step->rule != NULL;
}

enum finding_action guardrail_step_action(const struct guardrail_step *step) {
    return step->rule ? step->rule->action : ACTION_IGNORE;
}

static struct str first_of(const struct guardrail_exception *e) {
    return e->id.n ? e->id : e->path.n ? e->path : e->asset.n ? e->asset : e->fingerprint;
}

struct guardrail_term guardrail_step_term(const struct guardrail_step *step) {
    if (step->rule) {
        const struct guardrail_rule *r = step->rule;
        return (struct guardrail_term){.what = "the rule",
                                       .name = r->name,
                                       .file = step->file,
                                       .reason = r->reason,
                                       .owner = r->owner,
                                       .until = r->until,
                                       .line = r->at.line,
                                       .ends = r->ends};
    }
    if (step->exception) {
        const struct guardrail_exception *e = step->exception;
        return (struct guardrail_term){.what = "the exception",
                                       .name = first_of(e),
                                       .file = step->file,
                                       .reason = e->reason,
                                       .owner = e->owner,
                                       .until = e->until,
                                       .line = e->at.line,
                                       .ends = e->ends};
    }
    if (step->suppression) {
        const struct suppression *s = step->suppression;
        return (struct guardrail_term){.what = "the comment",
                                       .name = s->as,
                                       .file = s->path,
                                       .reason = s->reason,
                                       .until = s->until,
                                       .line = s->line,
                                       .ends = s->ends};
    }
    return (struct guardrail_term){.what = "the base", .name = step->baseline->name};
}
