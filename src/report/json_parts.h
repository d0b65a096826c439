/* The JSON report in pieces, for templates: all of it but the findings and packages, and one of either. */
#ifndef PLIMSOLL_REPORT_JSON_PARTS_H
#define PLIMSOLL_REPORT_JSON_PARTS_H

#include "doc/json_write.h"
#include "report/view.h"

int json_put_head(struct json_writer *w, struct view *view, struct err *err);
void json_put_finding(struct json_writer *w, struct view *view, size_t row);
void json_put_package(struct json_writer *w, const struct view *view, size_t package);

#endif
