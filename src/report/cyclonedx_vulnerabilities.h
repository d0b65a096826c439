/* The vulnerabilities of a run, as a bill of materials has them. */
#ifndef PLIMSOLL_REPORT_CYCLONEDX_VULNERABILITIES_H
#define PLIMSOLL_REPORT_CYCLONEDX_VULNERABILITIES_H

#include "report/bill.h"

/* The member "vulnerabilities"; nothing when the run found none. They refer to the bill's packages.
 */
int cyclonedx_put_vulnerabilities(struct json_writer *w, const struct bill *bill, struct store *store,
                                  struct err *err);

#endif
