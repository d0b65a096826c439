/* The HTML report's page, as content/report has it: its data comes between the two. */
#ifndef PLIMSOLL_REPORT_PAGE_H
#define PLIMSOLL_REPORT_PAGE_H

#include "base/str.h"

extern const struct str report_page_before, report_page_after;

#endif
