/* Semantic versions as Kubernetes' CEL library takes them (semver.org 2.0.0), strict or normalized.
 *
 * Slices point into the text; nothing allocates. (Prefixed, since the order of package versions has a struct
 * semver of its own, which takes far more.) */
#ifndef PLIMSOLL_CEL_VALUES_SEMVER_H
#define PLIMSOLL_CEL_VALUES_SEMVER_H

#include "base/buf.h"
#include "base/err.h"

struct cel_semver {
    uint64_t major, minor, patch;
    struct str prerelease, build; /* without '-' and '+'; empty when there is none */
};

/* When normalized, one "v" in front and zeros in front of numbers are stepped over, and missing numbers are 0
 * where no pre-release and no build follow. */
int cel_semver_parse(struct str text, bool is_normalized, struct cel_semver *out, struct err *err);
/* -1, 0, 1; builds don't count. */
int cel_semver_compare(const struct cel_semver *a, const struct cel_semver *b);
void cel_semver_write(const struct cel_semver *version, struct buf *out);

#endif
