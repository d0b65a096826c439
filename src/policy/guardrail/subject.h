/* What guardrails' expressions see: finding, asset and target, field by field.
 *
 * Each field is a variable of its own ("finding.severity", a string), so the checker knows its type and a
 * field that is not there is a mistake of the expression and not of the scan. docs/guardrails.md lists them:
 * `guardrail_fields` writes that list from the rows here, and a test holds the page to it.
 *
 * What is not known of a finding (its score, its chance of exploitation) is unknown in the sense of CEL. */
#ifndef PLIMSOLL_POLICY_GUARDRAIL_SUBJECT_H
#define PLIMSOLL_POLICY_GUARDRAIL_SUBJECT_H

#include "cel/cel.h"
#include "model/model.h"

enum subject_field {
    SUBJECT_RULE,
    SUBJECT_ALIASES,
    SUBJECT_KIND,
    SUBJECT_TITLE,
    SUBJECT_SEVERITY,
    SUBJECT_LEVEL,
    SUBJECT_SCORE,
    SUBJECT_STATUS,
    SUBJECT_EXPLOITED,
    SUBJECT_EPSS,
    SUBJECT_FIXED,
    SUBJECT_PATH,
    SUBJECT_LINE,
    SUBJECT_LAYER,
    SUBJECT_IN_BASE,
    SUBJECT_CONTROLS,
    SUBJECT_FINGERPRINT,
    SUBJECT_ASSET_KIND,
    SUBJECT_ASSET_KEY,
    SUBJECT_ASSET_NAME,
    SUBJECT_ASSET_VERSION,
    SUBJECT_ASSET_PURL,
    SUBJECT_ASSET_ECOSYSTEM,
    SUBJECT_ASSET_DIRECT,
    SUBJECT_ASSET_DEVELOPMENT,
    SUBJECT_TARGET_KIND,
    SUBJECT_TARGET_NAME,
    SUBJECT_TARGET_KEY,
    SUBJECT_TARGET_DIGEST,
    SUBJECT_TARGET_PLATFORM,
    SUBJECT_TARGET_REGISTRY,
    SUBJECT_TARGET_REPOSITORY,
    SUBJECT_TARGET_PINNED,
    SUBJECT_TARGET_AGE_DAYS,
    SUBJECT_TARGET_BASE,
    SUBJECT_BASE_NAME,
    SUBJECT_BASE_VERSION,
    SUBJECT_BASE_REFERENCE,
    SUBJECT_BASE_DIGEST,
    SUBJECT_BASE_PINNED,
    SUBJECT_BASE_AGE_DAYS,
    SUBJECT_BASE_LAYERS,
    SUBJECT_BASE_NAMED_BY,
    SUBJECT_FIELDS
};

struct subject_row {
    const char *name, *type; /* "finding.severity", "string" */
    const char *what;
};
extern const struct subject_row subject_rows[SUBJECT_FIELDS];

/* One finding with what it is on and in. properties may be empty. */
struct subject {
    const struct finding *finding;
    const struct asset *asset;
    const struct asset *target;
    struct str rule_properties; /* JSON, of the finding's rule */
    int64_t now;                /* for ages */
};

/* The environment of all guardrails' expressions; in an arena that lives as long as what is compiled. */
int subject_env_new(struct arena *arena, const struct cel_env **out, struct err *err);

/* The values in the order of the fields. They live in arena, and as long as the subject. */
int subject_values(struct arena *arena, const struct subject *subject,
                   struct cel_value values[SUBJECT_FIELDS], struct err *err);

/* Which fields an expression reads, and what it must not: a field that is not there, a map where a field is
 * wanted, an order of severities' words. The message says what there is; *at is the byte that it is about. */
struct subject_use {
    bool reads_status;
};
int subject_check(struct arena *arena, struct str expression, struct subject_use *use, size_t *at,
                  struct err *err);

#endif
