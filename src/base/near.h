/* "Did you mean": the candidate nearest to a word that is none of them.
 *
 *     struct near near = near_to(STR("severty"));
 *     for (...) near_offer(&near, names[i]);
 *     if (near.best.n) ...                                                                          */
#ifndef PLIMSOLL_BASE_NEAR_H
#define PLIMSOLL_BASE_NEAR_H

#include "base/str.h"

struct near {
    struct str word, best; /* best is empty until a candidate is near enough */
    size_t distance;       /* changed, added and left out letters between both */
};

/* At most 2 letters away, and less than half of the word. */
struct near near_to(struct str word);
void near_offer(struct near *near, struct str candidate);

#endif
