/* What another advisory database changes for a run in the store, from its package records alone: nothing is
 * scanned again. */
#ifndef PLIMSOLL_VULN_DIFF_H
#define PLIMSOLL_VULN_DIFF_H

#include "model/store.h"
#include "vuln/judge.h"

enum difference_kind { DIFFERENCE_APPEARS, DIFFERENCE_VANISHES, DIFFERENCE_CHANGES };

/* One vulnerability of one package. Texts live until take() returns. */
struct difference {
    enum difference_kind kind;
    struct str package; /* the asset's key: purl, "#" and the path */
    struct str id;
    enum severity old_severity, new_severity; /* of what is not there: unknown */
    struct str old_fixed, new_fixed;          /* empty: none is known */
};

typedef int difference_take(void *context, const struct difference *difference, struct err *err);

/* old NULL: the run's own findings stand for it. What the run set aside, and what vex does (NULL: nothing),
 * is so on both sides. Only what affects counts: undecided, not linked and set aside is as if it were not
 * there. */
int advisories_diff(struct store *store, const struct run *run, struct advisories *old,
                    struct advisories *new_one, const struct vex *vex, difference_take *take, void *context,
                    struct err *err);

#endif
