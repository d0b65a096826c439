/* Affected ranges of OSV advisories (ossf.github.io/osv-schema, "affected[].ranges[]" and its evaluation).
 *
 * Events cut the line of versions into intervals: "introduced" opens one, "fixed" ends it before its version,
 * "last_affected" after it. With "limit" events a version must also be below one of them. "0" as introduced
 * is before every version. Events may come in any order; nothing is copied and nothing allocated. */
#ifndef PLIMSOLL_VULN_VERSION_RANGE_H
#define PLIMSOLL_VULN_VERSION_RANGE_H

#include "vuln/version/version.h"

enum range_event_kind { RANGE_INTRODUCED, RANGE_FIXED, RANGE_LAST_AFFECTED, RANGE_LIMIT };

struct range_event {
    enum range_event_kind kind;
    struct str version;
};

struct range_verdict {
    bool is_affected;
    bool is_undecided;        /* a version is not of the scheme: is_affected is a guess */
    struct str fixed;         /* ends the interval that holds the version; empty when none does */
    struct str last_affected; /* the same, when the interval ends by such an event */
};

/* The events of one range; linear in n. */
struct range_verdict range_evaluate(enum version_scheme scheme, const struct range_event *events, size_t n,
                                    struct str version);

enum range_type { RANGE_ECOSYSTEM, RANGE_SEMVER, RANGE_GIT };

struct range {
    enum range_type type; /* SEMVER goes by SemVer in every ecosystem; GIT ranges hold no versions */
    const struct range_event *events;
    size_t n;
};

/* One entry of "affected": its ranges and its list of single versions. */
struct range_affected {
    const struct range *ranges;
    size_t n_ranges;
    const struct str *versions;
    size_t n_versions;
};

/* Affected when a range holds the version or the list names it (byte by byte, or as the same version). fixed
 * leaves all ranges that hold the version: the highest of theirs, and empty when one of them has none. */
struct range_verdict range_evaluate_affected(enum version_scheme scheme,
                                             const struct range_affected *affected, struct str version);

#endif
