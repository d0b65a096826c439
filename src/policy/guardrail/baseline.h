/* What was known before: the findings of a report or of a stored run, by their fingerprints. */
#ifndef PLIMSOLL_POLICY_GUARDRAIL_BASELINE_H
#define PLIMSOLL_POLICY_GUARDRAIL_BASELINE_H

#include "base/map.h"
#include "model/store.h"

struct baseline {
    struct str name;            /* "old.json", "run 12", "main (0123456789ab)" */
    struct map open, undecided; /* fingerprints */
};

/* Nothing was known. */
struct baseline baseline_empty(struct arena *arena);
/* A report that plimsoll wrote with --format json; it is parsed in the cage. All lives in arena. */
int baseline_of_report(struct arena *arena, const char *path, struct baseline *out, struct err *err);
/* A run of the store. ERR_ABSENT: there is none. */
int baseline_of_run(struct arena *arena, struct store *store, int64_t run, struct baseline *out,
                    struct err *err);

/* An undecided finding is known also when it was open; an open one not when it was undecided. */
bool baseline_knows(const struct baseline *baseline, const struct finding *finding);

#endif
