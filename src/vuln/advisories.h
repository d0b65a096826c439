/* The advisory database: one SQLite file, made by advisories_build() and opened read-only, without locks or
 * network.
 *
 * It holds facts of the OSV schema (https://ossf.github.io/osv-schema/): ids, aliases, affected packages with
 * their ranges and versions, severity, the symbols and import paths of Go advisories, CISA's known exploited
 * vulnerabilities and FIRST's EPSS; and where these came from and when. */
#ifndef PLIMSOLL_VULN_ADVISORIES_H
#define PLIMSOLL_VULN_ADVISORIES_H

#include "base/arena.h"
#include "base/err.h"
#include "model/model.h"
#include "model/package_record.h"

struct advisories;

/* Verifies format and version, not the checksum: that was done when the file was put in place. */
int advisories_open(struct advisories **out, const char *path, struct err *err);
void advisories_close(struct advisories *advisories);
void advisories_closep(struct advisories **advisories);

/* The database to use: the updated one in the cache folder, else the snapshot that was installed with the
 * program (in PLIMSOLL_SHARE, when the environment says so). NULL: no memory. */
char *advisories_default_path(struct arena *arena);

struct advisories_source {
    struct str ecosystem; /* "Debian", "npm" */
    int64_t records;
    int64_t newest; /* newest date in the data, 0 when it has none */
    bool is_partial;
    struct str note; /* what is missing, as who made the database said; often empty */
};

struct advisories_state {
    int64_t built;    /* when the file was made */
    int64_t newest;   /* newest date in all its data */
    bool is_snapshot; /* facts only, shipped with the program */
    bool has_kev, has_epss;
    int64_t kev_date, epss_date;
    struct advisories_source *sources;
    size_t sources_n;
};
int advisories_state(struct advisories *advisories, struct arena *arena, struct advisories_state *out,
                     struct err *err);

/* Whether there is any advisory for packages of this ecosystem, the release included: of "Debian" there may
 * be much, and nothing of "Debian:13". */
bool advisories_cover(struct advisories *advisories, struct str ecosystem);

enum match_verdict { MATCH_AFFECTED, MATCH_NOT_LINKED, MATCH_UNDECIDED };

/* One vulnerability of one package, aliases merged.
 *
 * Records that hit the same package are one when they share an id: their own, an alias, or the one `upstream`
 * of a distribution's record; through others as well. A record that repairs several upstream vulnerabilities
 * (an erratum) counts as one record for each of them. */
struct match {
    struct str id;             /* CVE, else GHSA, else the advisory's own */
    const struct str *aliases; /* the other ids, advisories' own included */
    size_t aliases_n;
    struct str title;
    struct str vector; /* CVSS vector with the highest version, or empty */
    double score;      /* below 0: unknown */
    enum severity severity;
    enum match_verdict verdict;
    struct str reason; /* of NOT_LINKED and UNDECIDED: a sentence */
    /* The lowest known version that none of the merged records affects any more; empty when there is none. It
     * is found by going up: while some record affects the candidate, the candidate becomes that record's
     * fixed version. So where records disagree, the higher one counts. */
    struct str fixed;
    struct str last_affected; /* without a fixed version: the last that is affected, as one record says */
    /* Not a vulnerability but worth knowing, by RustSec's word: "unmaintained", "unsound", "notice". Without
     * a score its severity is none, of "unsound" low. Empty for vulnerabilities. */
    struct str informational;
    bool is_exploited;            /* in CISA's catalogue */
    struct str exploited_since;   /* its date there */
    double epss, epss_percentile; /* below 0: unknown */
};

/* What is known against this package, worst first: exploited, verdict, severity, score, id. Withdrawn
 * advisories do not count. Results are copied to arena.
 *
 * Names: those of the source package where an ecosystem's advisories go by it (Debian, Ubuntu, Alpine and
 * others: the table in hit.c), else the package's own. An advisory for a module stream (AlmaLinux) only
 * matches a package built as a module, and only of that stream where the versions show it. */
int advisories_match(struct advisories *advisories, struct arena *arena, const struct package_record *record,
                     struct match **out, size_t *n, struct err *err);
/* What advisories_match() asks, in arena: packages with the same question have the same matches, as those of
 * one source package have. Empty for a package that asks for itself alone; p is NULL when there is no memory.
 */
struct str advisories_question(struct arena *arena, const struct package_record *record);

#endif
