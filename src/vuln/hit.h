/* Advisories whose ranges speak about one package, each with its verdict. Inside of vuln/ only. */
#ifndef PLIMSOLL_VULN_HIT_H
#define PLIMSOLL_VULN_HIT_H

#include "base/map.h"
#include "vuln/advisories.h"
#include "vuln/affected.h"
#include "vuln/db.h"
#include "vuln/osv.h"

enum advisories_statement {
    FIND_HITS,
    FIND_HEAD,
    FIND_ECOSYSTEM,
    LIST_EXPLOITED,
    FIND_SCORE,
    ADVISORIES_STATEMENTS
};

struct source_rank {
    int64_t source;
    unsigned rank;
};

struct advisories {
    sqlite3 *db;
    sqlite3_stmt *cached[ADVISORIES_STATEMENTS];
    struct arena arena;
    VEC(struct source_rank) ranks; /* of sources that are not OSV's; few */
    bool has_epss;
    /* Small, and asked for each match: quicker than a statement. */
    struct map exploited; /* CVE to its date; loaded when it is first asked */
    bool has_exploited;   /* it is */
    struct map vectors;   /* CVSS vector to struct cvss, as many as there is room for */
    struct arena dates, vectors_room;
    struct arena scratch; /* of one advisories_match() */
    struct arena group;   /* of one group in it: most speak of other versions, and are forgotten at once */
};

struct hit {
    struct affected_member of;
    size_t number;            /* among those of the same: an erratum's are several */
    struct osv_record record; /* head only */
    struct osv_affected affected;
    enum version_scheme scheme; /* of the query */
    bool has_scheme;
    unsigned rank; /* of its source: sources.h */
    enum match_verdict verdict;
    bool knows_imports; /* the verdict rests on what is linked */
    struct str reason;
    struct range_verdict range;
    struct osv_strings keys; /* ids by which it is the same as another hit; never empty */
};

struct hit_list {
    struct hit **p; /* a package may have ten thousand, too large to be moved while the list grows */
    size_t n, cap;
};

/* What of a record counts for an ecosystem. */
struct query {
    struct str ecosystem, name, version;
    const struct package *package;
    enum version_scheme scheme;
    bool has_scheme;
    struct map *settled; /* id → the highest rank that says something of it; NULL: all are OSV's */
    struct map *linked;  /* import paths in the binary */
};

/* Everything lives in advisories->scratch. */
int hits_find(struct advisories *advisories, const struct package_record *record, struct query *query,
              struct hit_list *out, struct err *err);
/* By what the record itself says. */
enum severity osv_severity(const struct osv_record *record);
/* Whether the hit's record affects another version of its package. */
struct range_verdict hit_evaluate(const struct hit *hit, struct str version);

#endif
