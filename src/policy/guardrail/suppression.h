/* What sets a finding aside from inside of a document: comments and annotations.
 *
 *     # plimsoll:ignore ID[,ID…] [until=2027-01-31] [reason="…"]
 *
 * counts for its own line and the next one; above a Dockerfile's instruction for all of it. The words of
 * other scanners count when asked for:
 *
 *     # checkov:skip=ID[,ID…][:reason]           in a Dockerfile for the whole file
 *     # trivy:ignore:ID  # tfsec:ignore:ID       [:exp:2027-01-31] or [ exp:…]
 *     # hadolint ignore=ID[,ID…]                 # hadolint global ignore=…: the whole file
 *     # kics-scan ignore-line  ignore-block      every check; # kics-scan ignore: the whole file
 *     # kics-scan disable=ID[,ID…]               the whole file
 *     ignore-check.kube-linter.io/NAME: reason   annotations of an object
 *     checkov.io/skipN: ID=reason
 *
 * Their ids are brought to ours by content/compat; one that stands for none of ours stays as it is (CVE-…).
 */
#ifndef PLIMSOLL_POLICY_GUARDRAIL_SUPPRESSION_H
#define PLIMSOLL_POLICY_GUARDRAIL_SUPPRESSION_H

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"
#include "infra/resource.h"

struct suppression {
    struct str id;   /* ours, or "*" for every check */
    struct str as;   /* as it was written: "DL3008" */
    struct str tool; /* whose words: "plimsoll", "hadolint", ... */
    struct str reason, until;
    int64_t ends;    /* the second after the last day; 0: without an end */
    struct str path; /* of the document, and the comment's */
    uint32_t line;
    uint32_t from, to;  /* lines that it counts for; to 0: the whole file */
    int64_t asset;      /* of annotations: the resource; else 0 */
    struct str mistake; /* why it counts for nothing; empty when it does */
};

struct suppression_list {
    struct suppression *p;
    size_t n, cap;
};

/* Adds what a comment says, if it is for a scanner. path and text must live as long as the list. */
int suppression_read_comment(struct arena *arena, struct str path, uint32_t line, struct str text,
                             bool honours_others, struct suppression_list *list, struct err *err);
/* Adds what the annotations of a Kubernetes object say. Only other scanners have such. */
int suppression_read_annotations(struct arena *arena, struct str path, const struct doc *object,
                                 int64_t asset, struct suppression_list *list, struct err *err);

/* Once all comments are read, a file's in the order of its lines: one above another counts for what that one
 * does, and one above a Dockerfile's instruction for all of its lines. */
int suppression_widen(struct arena *arena, const struct resources *set, struct suppression_list *list,
                      struct err *err);

/* Whether it is about a finding of this rule (or one of its aliases) at this place. */
bool suppression_covers(const struct suppression *s, struct str rule, struct str path, uint32_t line,
                        int64_t asset);

/* ---- ids of other scanners (content/compat), sorted by theirs */

struct compat_row {
    struct str theirs, ours; /* ours: "PLM-A-1,PLM-A-2" */
};
extern const struct compat_row builtin_compat[];
extern const size_t builtin_compat_n;

/* "PLM-A-1,PLM-A-2"; empty when it stands for none of ours. Knows trivy's older spellings (AVD-DS-0002,
 * DS002). */
struct str compat_ours(struct str theirs);

#endif
