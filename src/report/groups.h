/* Findings grouped as a reader deals with them: one group a package version, one row a rule.
 *
 * The same rule at each place of a group is one issue; it is counted, and stands in a list, once. Groups come
 * worst first, as the findings. */
#ifndef PLIMSOLL_REPORT_GROUPS_H
#define PLIMSOLL_REPORT_GROUPS_H

#include "report/view.h"

struct group {
    const struct view_finding *first;
    const struct view_group *of;
    struct str fixed; /* removes all that is open and can be removed, shown or not; empty when nothing does */
    VEC(const struct view_finding *) rows;   /* one an issue */
    VEC(const struct view_finding *) places; /* one a package */
};

struct group_list {
    struct group *p;
    size_t n;
    size_t issues;
};

/* Gives each finding of the view its group and issue. */
int groups_number(struct view *view, struct err *err);

typedef bool group_filter(const struct view *view, const struct view_finding *finding);

/* Of the findings that the filter lets through. Lives in the view's arena. */
int groups_find(struct view *view, group_filter *filter, struct group_list *out, struct err *err);

#endif
