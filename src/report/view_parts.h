/* What the files of the view share. */
#ifndef PLIMSOLL_REPORT_VIEW_PARTS_H
#define PLIMSOLL_REPORT_VIEW_PARTS_H

#include "doc/doc.h"
#include "report/view.h"

/* The rows of all findings that are shown, numbered and counted. */
int view_load_rows(struct view *view, struct err *err);

/* A JSON object of the store's; what and id say of which one. */
int view_parse(struct arena *arena, struct str json, const char *what, int64_t id, const struct doc **out,
               struct err *err);
double view_number(const struct doc *d, double otherwise);
/* The strings of a list, empty ones left out, as slices of the document. */
int view_read_strings(struct view *view, const struct doc *list, struct str **out, size_t *n,
                      struct err *err);

#endif
