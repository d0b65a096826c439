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
    VEC(const struct view_row *) rows;       /* one an issue */
    VEC(const struct view_finding *) places; /* one a package; none of checks */
};

struct group_list {
    struct group *p;
    size_t n;
    size_t issues;
};

/* Gives each row of the view its group and issue while they are loaded, in any order. */
struct groups_numbering {
    struct view *view;
    struct map groups, issues; /* key → number + 1 */
    uint32_t *of_package;      /* by the package's place in the view: its group + 1 */
    struct buf key;
    VEC(struct view_group) found;
};
int groups_numbering_begin(struct groups_numbering *numbering, struct view *view);
int groups_number(struct groups_numbering *numbering, struct view_row *row,
                  const struct view_finding *finding, struct err *err);
/* When the view's rows are all there and in their order: numbers groups and issues by it, marks repeats and
 * hands the groups to the view. */
int groups_number_in_order(struct groups_numbering *numbering, struct err *err);
void groups_numbering_end(struct groups_numbering *numbering);

typedef bool group_filter(const struct view_row *row);

/* Of the rows that the filter lets through. Lives in the view's arena. */
int groups_find(struct view *view, group_filter *filter, struct group_list *out, struct err *err);

#endif
