/* All that is asked of a finding, in one list; the first step that matches decides. */
#ifndef PLIMSOLL_POLICY_GUARDRAIL_STEPS_H
#define PLIMSOLL_POLICY_GUARDRAIL_STEPS_H

#include "policy/guardrail/apply.h"

enum guardrail_step_kind {
    STEP_CALLERS_EXCEPTION,
    STEP_CALLERS_RULE,
    STEP_BASELINE,
    STEP_COMMENT,
    STEP_EXCEPTION,
    STEP_RULE,
    STEP_PROFILE,
    STEP_FAIL_ON,
    STEP_KINDS
};

struct guardrail_step {
    enum guardrail_step_kind kind;
    struct str file;
    const struct guardrail_rule *rule;
    const struct guardrail_exception *exception;
    const struct suppression *suppression;
    const struct baseline *baseline;
    const struct cel_program *program; /* of rule; NULL when it has none */
};

struct guardrail_steps {
    struct guardrail_step *p;
    size_t n, cap;
};

/* Lives in arena; programs are found in options->env. */
int guardrail_steps_make(struct arena *arena, const struct guardrail_options *options,
                         struct guardrail_steps *out, struct err *err);

/* A rule whose expression was unknown, or failed. */
struct guardrail_fault {
    const struct guardrail_rule *rule;
    struct str reason;
};
enum { GUARDRAIL_FAULTS = 8 }; /* of one finding that are kept */

struct guardrail_question {
    const struct finding *finding;
    struct subject subject;
    bool is_left_out; /* by the options of the report */
    int64_t now;
    struct arena *arena;
    struct cel_cache *cache;
    /* The answer. */
    const struct guardrail_step *by; /* NULL: nothing spoke */
    struct guardrail_fault faults[GUARDRAIL_FAULTS];
    size_t faults_n;
    /* Kept while asking. */
    bool has_values;
    struct cel_value values[SUBJECT_FIELDS];
};

int guardrail_ask(const struct guardrail_steps *steps, struct guardrail_question *q, struct err *err);

/* ---- what a step says of itself */

struct guardrail_term {
    const char *what; /* "the exception", "the rule" */
    struct str name, file, reason, owner, until;
    uint32_t line;
    int64_t ends;
};
struct guardrail_term guardrail_step_term(const struct guardrail_step *step);
/* "guardrails", "exception", "baseline", "comment", "rule", "profile", "fail-on". */
const char *guardrail_step_name(const struct guardrail_step *step);
enum finding_action guardrail_step_action(const struct guardrail_step *step);
bool guardrail_step_is_rule(const struct guardrail_step *step);

#endif
