/* Scores of CVSS vectors: v2, v3.0, v3.1 and v4.0 (https://www.first.org/cvss/).
 *
 * Of v2 and v3 the base score, temporal and environmental metrics being checked for form only. v4.0 has one
 * score for a vector, whatever metrics it states (specification, section 8), so all of them count there.
 * Metrics may stand in any order; an unknown, repeated or missing one makes the vector invalid. */
#ifndef PLIMSOLL_VULN_CVSS_H
#define PLIMSOLL_VULN_CVSS_H

#include "base/str.h"
#include "model/model.h"

enum cvss_version { CVSS_2, CVSS_3_0, CVSS_3_1, CVSS_4_0 }; /* ordered: the later is preferred */

struct cvss {
    enum cvss_version version;
    double score; /* 0.0 to 10.0, one decimal */
    enum severity severity;
};

/* False when vector is none. A v2 vector may stand in parentheses. */
bool cvss_read(struct str vector, struct cvss *out);

#endif
