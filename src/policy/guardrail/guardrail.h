/* Guardrails: what of the findings blocks, what only warns, and what is set aside.
 *
 *     profile: baseline                          off, baseline or strict (content/guardrails)
 *     rules:
 *       - name: nothing exploited
 *         when: finding.exploited && finding.fixed != ''
 *         action: block                          or warn, ignore
 *         reason: …                              owner and until (the last day) can be said as well
 *     exceptions:
 *       - id: CVE-2024-*                         and path, asset or fingerprint: all that are said must match
 *         reason: …                              these three are required
 *         owner: team-shop
 *         until: 2027-01-31
 *     licences:
 *       deny: [AGPL-*, GPL-*]                    or allow: what else there is, is denied
 *       unknown: report                          or ignore
 *     images:
 *       bases: ["golden.example.com*"]           which bases images may stand on, and registries come from
 *       registries: [registry.example.com]
 *       base-days: 90                            a base is old after so many days
 *       digest: required                         images are named by their digest
 *     compat: {suppressions: true}               comments and annotations of other scanners count
 *
 * They come from several places, asked in this order (docs/guardrails.md):
 *
 *     the caller's own file (--guardrails)       what it says is final: nothing below can loosen it
 *     what is known (--baseline)
 *     comments in the documents                  set aside
 *     the folder's .plimsoll.yaml                its exceptions, then its rules
 *     the profile, then --fail-on
 *
 * In one place the first rule that matches decides. A rule whose expression is unknown or fails decides
 * nothing, and that is kept with the finding. An undecided finding is blocked only by a rule that reads
 * finding.status. */
#ifndef PLIMSOLL_POLICY_GUARDRAIL_GUARDRAIL_H
#define PLIMSOLL_POLICY_GUARDRAIL_GUARDRAIL_H

#include "content/check.h"
#include "policy/guardrail/subject.h"

struct guardrail_rule {
    struct str name;
    struct check_expression when; /* empty: every finding of at least this severity (--fail-on) */
    enum severity least;
    bool reads_status;
    enum finding_action action;
    struct str reason, owner, until; /* until: "2027-01-31", the last day; empty: without an end */
    int64_t ends;                    /* the second after that day; 0: never */
    struct doc_place at;
};

/* Globs: "*" stands for any text, "?" for one character. Empty ones match everything. */
struct guardrail_exception {
    struct str id, path, asset, fingerprint;
    struct str reason, owner, until;
    int64_t ends;
    struct doc_place at;
};

enum guardrail_profile { PROFILE_NONE, PROFILE_OFF, PROFILE_BASELINE, PROFILE_STRICT };

/* Which licences packages may have. A licence that a glob of deny matches, or that none of allow does where
 * there are any, is not allowed. Nothing is asked when all is empty. */
struct licence_rules {
    const struct str *allow, *deny; /* globs over SPDX ids: "GPL-*" */
    size_t allow_n, deny_n;
    bool reports_unknown; /* also packages that state none, or one that has no SPDX id */
    struct doc_place at;
};

/* What is asked of images and their bases (docs/base-images.md). */
struct image_rules {
    const struct str *bases, *registries; /* globs */
    size_t bases_n, registries_n;
    int64_t base_days; /* 0: not said */
    bool wants_pinned;
    struct doc_place at;
};

/* One file of them. */
struct guardrails {
    struct str file; /* for messages; of a profile its name */
    enum guardrail_profile profile;
    const struct guardrail_rule *rules;
    size_t rules_n;
    const struct guardrail_exception *exceptions;
    size_t exceptions_n;
    bool honours_others; /* compat.suppressions */
    struct licence_rules licences;
    struct image_rules images;
};

/* A file as it was read: its text, for the places of mistakes in expressions, and its root. */
struct guardrail_file {
    struct str name, text;
    const struct doc *root; /* NULL: empty */
};

/* Takes the keys of guardrails; is_alone: others are mistakes. "a.yaml:14:11: …", ERR_INPUT. What is taken
 * lives in arena, strings are those of the document. env is subject_env_new()'s. */
int guardrails_read(struct arena *arena, const struct cel_env *env, const struct guardrail_file *file,
                    bool is_alone, struct guardrails *out, struct err *err);
/* True for a key at the top of .plimsoll.yaml that is guardrails_read()'s. */
bool guardrails_has_key(struct str key);
/* The i-th of them; empty past the last. */
struct str guardrails_key(size_t i);

/* "off", "baseline", "strict"; false for others. */
bool guardrail_profile_of(struct str name, enum guardrail_profile *out);
const char *guardrail_profile_name(enum guardrail_profile profile);
/* The rules of a profile; NULL for PROFILE_NONE and PROFILE_OFF. */
const struct guardrails *guardrail_profile_rules(enum guardrail_profile profile);

/* The built-in profiles, in the order of their names. Defined by the generated file. */
extern const struct guardrails builtin_guardrails[];
extern const size_t builtin_guardrails_n;

/* Whether a glob matches the whole of s; ids are matched without regard to case. */
bool guardrail_glob(struct str glob, struct str s, bool ignores_case);

#endif
