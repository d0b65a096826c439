/* What the files of the view share. */
#ifndef PLIMSOLL_REPORT_VIEW_PARTS_H
#define PLIMSOLL_REPORT_VIEW_PARTS_H

#include "doc/doc.h"
#include "report/view.h"

/* The rows of all findings that are shown, in their order, numbered and counted. */
int view_load_rows(struct view *view, struct err *err);

/* A JSON object of the store's; what and id say of which one. */
int view_parse(struct arena *arena, struct str json, const char *what, int64_t id, const struct doc **out,
               struct err *err);
double view_number(const struct doc *d, double otherwise);
/* The strings of a list, empty ones left out, as slices of the document. */
int view_read_strings(struct view *view, const struct doc *list, struct str **out, size_t *n,
                      struct err *err);

/* What a finding of a rule is on, as far as reports need it. */
const struct asset *view_asset_of_rule(enum finding_kind kind);
/* All that finding->f does not say itself, into the arena of texts. The parsed documents are left behind:
 * they take several times the finding's memory. */
int view_complete(struct view *view, struct view_finding *finding, struct err *err);

#endif
