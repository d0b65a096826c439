/* Judges the packages of a run by the advisories: reads them from the store, writes findings to it. */
#ifndef PLIMSOLL_VULN_JUDGE_H
#define PLIMSOLL_VULN_JUDGE_H

#include "model/store.h"
#include "vuln/advisories.h"

int vuln_judge(struct store *store, int64_t run, struct advisories *advisories, struct err *err);

#endif
