/* Findings grouped as a reader deals with them: one group a package version.
 *
 * Packages of the distribution that come from one source package are one group (openssl: libssl3, openssl),
 * as are the same package's copies in several places. A rule stands once in a group. Worst first, as the
 * findings. */
#ifndef PLIMSOLL_REPORT_GROUPS_H
#define PLIMSOLL_REPORT_GROUPS_H

#include "report/view.h"

struct group {
    const struct view_finding *first;
    struct str name, version;
    struct str fixed; /* removes all of the group that can be removed; empty when nothing does */
    VEC(const struct view_finding *) rows;   /* one a rule */
    VEC(const struct view_finding *) places; /* one a package */
    size_t findings;
};

struct group_list {
    struct group *p;
    size_t n;
    size_t findings;
};

typedef bool group_filter(const struct view *view, const struct view_finding *finding);

/* Of the findings that the filter lets through. Lives in the view's arena. */
int groups_find(struct view *view, group_filter *filter, struct group_list *out, struct err *err);

#endif
