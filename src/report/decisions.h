/* What guardrails decided, as reports say it. */
#ifndef PLIMSOLL_REPORT_DECISIONS_H
#define PLIMSOLL_REPORT_DECISIONS_H

#include "report/view.h"

/* A rule that could not be asked, and why. */
struct view_fault {
    struct str guardrail, reason;
};

/* by: "rule", "exception", "comment", "profile", "guardrails", "baseline", "fail-on"; empty when nothing
 * spoke and only faults are there. */
struct view_decision {
    struct str by, guardrail, file, reason, owner, until;
    int64_t line;
    struct view_fault *faults;
    size_t faults_n;
};

struct view_guardrail {
    struct str name, by, file, action;
    size_t decided; /* findings, each place */
};

struct view_guardrails {
    struct view_guardrail *p;
    size_t n;
    size_t blocking; /* of them, those that block something */
};

/* From the run's properties, then from each finding's decision. */
int decisions_load_guardrails(struct view *view, const struct doc *properties, struct err *err);
int decisions_load(struct view *view, struct view_finding *finding, struct arena *scratch, struct err *err);
/* Counts the finding with the guardrail that decided it; once for each. */
void decisions_count(struct view *view, const struct view_finding *finding);

/* "blocked by the rule 'no criticals' of team-a until 2027-01-31 (.plimsoll.yaml:4): reason". */
struct str decisions_say(struct view *view, const struct view_finding *finding);

#endif
