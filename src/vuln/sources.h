/* Who states advisories beside OSV: vendors about their own distributions, and the user.
 *
 * Where such a source says something of a package and a vulnerability, that counts and what those of a lower
 * rank say does not: OSV's export has rank 0, a vendor's feed 1, the user's own advisories 2. What a source
 * is silent about, stays as the others say. */
#ifndef PLIMSOLL_VULN_SOURCES_H
#define PLIMSOLL_VULN_SOURCES_H

#include "vuln/feed.h"

struct advisory_source {
    const char *name;  /* for --source */
    const char *title; /* as the database names it */
    const char *base;  /* of urls; NULL: it has no place where its files stand for fetching as they are */
    const char *const *files; /* below base; NULL: base itself is the file */
    enum feed feed;
    unsigned rank;
};

extern const struct advisory_source advisory_sources[];
extern const size_t advisory_sources_n;

/* NULL: there is none of that name or title. */
const struct advisory_source *advisory_source_named(struct str name);
const struct advisory_source *advisory_source_titled(struct str title);

#endif
