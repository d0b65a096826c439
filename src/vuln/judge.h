/* Judges the packages of a run by the advisories: reads them from the store, writes findings to it. */
#ifndef PLIMSOLL_VULN_JUDGE_H
#define PLIMSOLL_VULN_JUDGE_H

#include "model/store.h"
#include "vuln/advisories.h"
#include "vuln/vex/vex.h"

struct vuln_options {
    struct advisories *advisories;
    const struct vex *vex; /* NULL: nobody says anything */
    /* Of documents that came with the target: asked where vex says nothing. NULL: none. */
    const struct vex *attached;
    struct str image_name, image_digest, manifest_digest; /* of the run's image; empty when it is of none */
    bool has_removed; /* the run has packages that later layers take away, which are to be judged too */
};

/* What VEX documents say of this vulnerability of this package in the run's image; NULL: nothing. */
const struct vex_statement *vuln_ask_vex(const struct vuln_options *options,
                                         const struct package_record *record, const struct match *match);
/* Whether that sets it aside: not affected, or fixed. */
bool vuln_is_cleared(const struct vex_statement *said);

int vuln_judge(struct store *store, int64_t run, const struct vuln_options *options, struct err *err);

#endif
