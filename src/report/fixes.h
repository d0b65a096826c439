/* "Do this first": the changes that remove findings, best first.
 *
 * - All findings of one package version become one upgrade, to the highest version that any of them needs;
 * the same upgrade of several versions or places of a package is one.
 * - Packages of the distribution that lie in base layers become one rebuild on a newer base. Where the newest
 * base is known, the rebuild is what it removes, and nothing else of the base is.
 * - Three or more other packages of the distribution become one run of its package manager.
 *
 * An issue counts once, in however many places the package lies.
 *
 * Rank: what is removed, weighted: exploited 200, critical 100, high 40, medium 10, anything else 1. */
#ifndef PLIMSOLL_REPORT_FIXES_H
#define PLIMSOLL_REPORT_FIXES_H

#include "report/view.h"

enum fix_kind { FIX_REBUILD, FIX_DISTRIBUTION, FIX_UPGRADE };

struct fix {
    enum fix_kind kind;
    struct str action;            /* for people: "lodash 4.17.20 → 4.17.21" */
    struct str package, from, to; /* FIX_UPGRADE; from is empty when several versions are installed */
    size_t removes;               /* issues, of which: */
    size_t severities[SEVERITIES], exploited;
    size_t packages, versions;        /* that change */
    const struct view_finding *first; /* where to look */
    size_t group;                     /* of the first, in the view's groups */
    int32_t lowest, highest;          /* layers */
    uint64_t weight;
};

struct fix_list {
    struct fix *p;
    size_t n;
};

/* Of the open findings that have a fixed version, or that a rebuild removes. Lives in the view's arena. */
int fixes_find(struct view *view, struct fix_list *out, struct err *err);

/* True when the first is an older version than the second, by the rules of the package's ecosystem. */
bool fixes_is_older(const struct package_record *record, struct str a, struct str b);

const char *fix_kind_name(enum fix_kind kind);

#endif
