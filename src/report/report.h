/* Report formats: one file each, one row in report/formats.c. A report reads the store and nothing else. */
#ifndef PLIMSOLL_REPORT_REPORT_H
#define PLIMSOLL_REPORT_REPORT_H

#include "base/buf.h"
#include "base/err.h"
#include "model/store.h"

/* What a snapshot for GitHub is of, and which job makes it. */
struct report_github {
    struct str sha, ref; /* commit; "refs/heads/main" */
    struct str job,
        correlator; /* job: the run's id; the next snapshot of the same correlator replaces this */
    struct str repository, run; /* their pages; empty outside of a workflow */
};

struct template;

struct report_options {
    bool has_colour;       /* the output is a terminal that wants it */
    unsigned width;        /* columns of the terminal; 0: do not fold */
    bool all;              /* every finding, not only critical and high */
    bool is_quiet;         /* only what blocks */
    bool explains;         /* which guardrail decided, and which were asked */
    bool shows_suppressed; /* not affected, undecided and suppressed findings too */
    bool shows_removed;    /* findings on what later layers take away too */
    enum severity least;   /* findings below are left out; SEVERITY_UNKNOWN: none */
    bool ignores_unfixed;
    bool has_fail_on; /* --fail-on was given, which is a guardrail; only said */
    enum severity fail_on;
    struct report_github github;
    const struct template *template; /* report/template/template.h; NULL: none was given */
    /* Takes what is written so far and empties out, for reports too large to be held; NULL: all stays in out.
     */
    int (*drain)(void *ctx, struct buf *out, struct err *err);
    void *drain_ctx;
};

struct report_format {
    const char *name, *title;
    int (*write)(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
                 struct err *err);
    bool reads_needs; /* edges between packages, which are kept only for those who read them */
};

extern const struct report_format report_formats[];
extern const size_t report_formats_n;

/* NULL when there is none of that name. */
const struct report_format *report_format_of(struct str name);

/* True when guardrails block one of the run's findings: what gives exit code 1. */
int report_is_blocked(struct store *store, int64_t run, bool *blocked, struct err *err);

#endif
