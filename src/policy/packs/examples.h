/* The examples in a check are its tests. */
#ifndef PLIMSOLL_POLICY_PACKS_EXAMPLES_H
#define PLIMSOLL_POLICY_PACKS_EXAMPLES_H

#include "content/check.h"
#include "policy/judge.h"

struct example_result {
    const struct check_example *example;
    bool is_good;
    struct str problem; /* why it is not: "expected fail at line 3, found pass" */
};

/* Runs the i-th example of the check. The result lives in arena. Negative only without memory. */
int example_run(struct arena *arena, const struct check *check, size_t i, struct example_result *out,
                struct err *err);

#endif
