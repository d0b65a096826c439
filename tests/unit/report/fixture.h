/* Stores made by hand for the tests of reports. */
#ifndef PLIMSOLL_TESTS_UNIT_REPORT_FIXTURE_H
#define PLIMSOLL_TESTS_UNIT_REPORT_FIXTURE_H

#include "report/report.h"

/* Each fills a new store with one run and returns the run's id; a failure fails the test. */
typedef int64_t fixture(struct store *store);

int64_t fixture_image(struct store *store); /* an image with a base, a war and a lockfile */
int64_t fixture_clean(struct store *store); /* nothing found */
int64_t fixture_empty(struct store *store); /* nothing to look at, and nothing to compare with */
int64_t fixture_old(struct store *store);   /* old advisories, and an exploited finding of medium severity */
int64_t fixture_incomplete(struct store *store); /* nothing found, but not all was read */
int64_t fixture_directory(struct store *store);  /* lockfiles below a folder, without layers */
int64_t fixture_surface(struct store *store);    /* tools, caches and waste, and nothing found */
int64_t fixture_rebuilt(struct store *store);    /* a newer base is known, and a package was removed */
int64_t fixture_hostile(struct store *store);    /* names that want to act on a terminal */
int64_t fixture_large(struct store *store);      /* 10,000 findings */
int64_t fixture_beyond(struct store *store);     /* ten more than code scanning services take */
/* Guardrails' word on the run's open findings at or above a severity: blocked by --fail-on. */
void fixture_block(struct store *store, int64_t run, enum severity least);
/* As fixture_clean(), and fails softly: for tests of missing memory. */
int fixture_try(struct store *store, int64_t *run, struct err *err);

#endif
