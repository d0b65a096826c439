/* The guardrails of a scan: where they come from, and what they are asked. */
#ifndef PLIMSOLL_CMD_SCAN_GUARDRAILS_H
#define PLIMSOLL_CMD_SCAN_GUARDRAILS_H

#include "cmd/command.h"
#include "infra/resource.h"
#include "inspect/inventory.h"
#include "policy/guardrail/apply.h"

struct scan_guardrails {
    struct arena *arena; /* lives as long as the scan */
    struct guardrails callers, folders;
    struct baseline baseline;
    struct str base_revision; /* the baseline is to be read at this revision of git; else empty */
    bool base_may_be_file;    /* it was named without "git:" */
    struct guardrail_options options;
    struct suppression_list suppressions; /* of the target at hand */
    bool honours_others, is_cut;
    struct buf summary;
};

/* Reads .plimsoll.yaml's keys and the files that options name. To be closed also when it fails. */
int scan_guardrails_open(struct scan_guardrails *g, struct arena *arena, const struct arguments *arguments,
                         struct store *store, struct err *err);
void scan_guardrails_close(struct scan_guardrails *g);

/* The same without a baseline, for what becomes one. g must live as long; to be closed. */
void scan_guardrails_of_base(const struct scan_guardrails *g, struct scan_guardrails *out);

/* What the target's documents say: comments, and annotations of resources that are in the store. */
int scan_guardrails_read_comments(struct scan_guardrails *g, const struct inventory *inventory,
                                  struct err *err);
int scan_guardrails_read_annotations(struct scan_guardrails *g, const struct resources *set, struct err *err);

/* Decides the run's findings and forgets the target. *summary is JSON for the run's properties, until the
 * next call; empty when there was nothing to ask. */
int scan_guardrails_apply(struct scan_guardrails *g, struct store *store, const struct run *run,
                          struct str *summary, struct err *err);

#endif
