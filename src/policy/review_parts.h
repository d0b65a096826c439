/* What a review and the mending of a file share: the comments that set findings aside. Internal. */
#ifndef PLIMSOLL_POLICY_REVIEW_PARTS_H
#define PLIMSOLL_POLICY_REVIEW_PARTS_H

#include "policy/guardrail/suppression.h"
#include "policy/review.h"

struct review_comments {
    struct arena *arena;
    bool honours_others;
    int64_t now;
    struct suppression_list list;
};

int review_read_comments(struct review_comments *c, const struct fix_text *in, const struct resources *set,
                         struct err *err);
bool review_is_set_aside(const struct review_comments *c, const struct outcome *outcome);

#endif
