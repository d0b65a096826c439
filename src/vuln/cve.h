/* A CVE id as a number, which is a third of its text and quicker to look up: "CVE-2024-3094" is 2024 times
 * 10^10 and 3094.
 *
 * Ids are "CVE-", four digits, "-", four digits or more, without zeros in front of more than four
 * (https://www.cve.org/ResourcesSupport/FAQs, "What is a CVE ID?"); here at most ten. */
#ifndef PLIMSOLL_VULN_CVE_H
#define PLIMSOLL_VULN_CVE_H

#include "base/str.h"

/* False when it is no such id. Two ids never have the same number. */
bool cve_number(struct str id, int64_t *out);

#endif
