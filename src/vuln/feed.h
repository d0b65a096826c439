/* Foreign bytes to records of our own: the half of building a database that runs in the cage.
 *
 * parse_feed() is given the whole bytes of a feed and hands on records, each a few bytes that feed_*() below
 * write and read; it opens nothing and keeps nothing. What is damaged becomes a FEED_PROBLEM and the rest
 * goes on. The program runs it in a caged child that frames the records (base/wire.h) into a pipe; tests and
 * tools call it directly.
 *
 * Feeds: OSV all.zip, single records (each framed, of kind 0; each becomes one advisory or one problem, in
 * their order) and modified_id.csv; CISA's catalogue of known exploited vulnerabilities
 * (JSON, schema 1.0: https://www.cisa.gov/known-exploited-vulnerabilities-catalog); FIRST's EPSS scores (CSV,
 * gzip or not, https://www.first.org/epss/data_stats); the vendors' own (feeds/), packed or not. */
#ifndef PLIMSOLL_VULN_FEED_H
#define PLIMSOLL_VULN_FEED_H

#include "base/buf.h"
#include "base/err.h"
#include "vuln/osv.h"

enum feed {
    FEED_OSV_ZIP,
    FEED_OSV_RECORDS,
    FEED_KEV,
    FEED_EPSS,
    FEED_CHANGES,
    FEED_DEBIAN,
    FEED_ALPINE,
    FEED_AMAZON,
    FEED_ORACLE,
    FEED_AZURE_3,
    FEED_AZURE_2,
    FEED_REDHAT,
    FEED_PRIVATE,
    FEEDS
};

/* Kinds of records; their payloads. */
enum feed_record {
    FEED_ADVISORY = 1, /* osv_encode() */
    FEED_PROBLEM,      /* struct feed_problem */
    FEED_DATE,         /* struct feed_date: when the whole feed was made */
    FEED_EXPLOITED,    /* struct feed_exploited */
    FEED_SCORE,        /* struct feed_score */
    FEED_CHANGE,       /* struct feed_change */
};

struct feed_problem {
    struct str member; /* "CVE-2024-1.json", "line 7"; empty for the feed as a whole */
    struct str message;
};
struct feed_date {
    int64_t seconds;
};
struct feed_exploited {
    struct str cve;
    int64_t since;
};
/* EPSS states five decimals: hundred-thousandths. */
enum { EPSS_UNITS = 100000 };
struct feed_score {
    struct str cve;
    uint32_t score, percentile;
};

struct feed_change {
    struct str id; /* fit to be a part of a path */
    int64_t modified;
};

/* payload lives until emit returns. Negative: stop, which parse_feed() returns. */
typedef int feed_emit(void *context, enum feed_record kind, struct str payload, struct err *err);

/* keep_summary: whether advisories keep their one-line summary. Negative only for lack of memory and for what
 * emit said. */
int parse_feed(enum feed feed, bool keep_summary, struct str bytes, feed_emit *emit, void *context,
               struct err *err);

/* Readers of the payloads. False: damaged. */
bool feed_read_problem(struct str payload, struct feed_problem *out);
bool feed_read_date(struct str payload, struct feed_date *out);
bool feed_read_exploited(struct str payload, struct feed_exploited *out);
bool feed_read_score(struct str payload, struct feed_score *out);
bool feed_read_change(struct str payload, struct feed_change *out);

#endif
