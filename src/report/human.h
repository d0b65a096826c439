/* The parts of the report for people, in the order in which they stand. Each prints nothing when it has
 * nothing to say. */
#ifndef PLIMSOLL_REPORT_HUMAN_H
#define PLIMSOLL_REPORT_HUMAN_H

#include "report/text.h"
#include "report/view.h"

/* What was scanned: two lines, folded at their parts. */
void human_header(struct text *t, struct view *view);
/* "shop/web:2.4   412 packages in 9 layers   nothing found   0.4 s" */
void human_nothing(struct text *t, struct view *view);
/* Whether it is blocked, and how many findings of each severity. */
void human_counts(struct text *t, struct view *view);
/* "attack surface: 2 shells, apt 4 MB, …"; what it is made of with --all. */
void human_surface(struct text *t, struct view *view);
/* "Do this first". */
int human_fixes(struct text *t, struct view *view, struct err *err);
/* The findings, grouped; *rest is how many open issues were left out. */
int human_findings(struct text *t, struct view *view, size_t *rest, struct err *err);
struct group;
/* One check with its places: human_checks.c. */
void human_check(struct text *t, struct view *view, const struct group *group);
/* "web.yaml:9  default/Pod/web, container web" */
void human_check_place(struct text *t, const struct view_finding *finding);
/* Not affected, undecided and suppressed ones, with their reasons. */
void human_set_aside(struct text *t, struct view *view);
/* Findings in what later layers delete or replace. */
void human_removed(struct text *t, struct view *view);
/* Which guardrails were asked, and what decided each finding (--explain). */
void human_explain(struct text *t, struct view *view);
void human_problems(struct text *t, struct view *view);

/* "base, layers 1-3"; a finding's path and line. */
struct str human_base_place(struct view *view);
/* "layer 8  COPY target/shop.war /app/"; empty when it is in none. */
struct str human_layer(struct view *view, const struct view_finding *finding);
struct str human_path(struct view *view, const struct view_finding *finding);

/* "210 MB". */
struct str human_size(struct view *view, int64_t bytes);

/* Ends the line under way, if there is one. */
void human_end_line(struct text *t);

#endif
