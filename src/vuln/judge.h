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
};

int vuln_judge(struct store *store, int64_t run, const struct vuln_options *options, struct err *err);

#endif
