/* Where feeds come from: a folder in the layout of the OSV export, or a server with that layout, whose files
 * are fetched into a folder of our own first.
 *
 * What was fetched by an update that failed stays in that folder, and the next one continues it.
 *
 * What the server said of each file (its ETag) is kept beside the database, with the database's identity: so
 * a file that is still the same is not fetched again, and what was fetched for another database does not
 * count. */
#ifndef PLIMSOLL_CMD_DB_FEEDS_H
#define PLIMSOLL_CMD_DB_FEEDS_H

#include "cmd/db.h"
#include "vuln/build.h"

#define FEEDS_OSV  "https://osv-vulnerabilities.storage.googleapis.com"
#define FEEDS_KEV  "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"
#define FEEDS_EPSS "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"

struct feeds_etag {
    struct str url, etag;
};

struct feeds {
    struct db_run *run;
    struct arena *arena;
    const char *from;   /* folder or address */
    const char *folder; /* where fetched files go; is removed by feeds_close(), unless that is told not to */
    bool resumes;       /* what an earlier run left there is taken up */
    bool has_continued; /* something was */
    bool is_remote;     /* from is an address */
    struct pull *pull;  /* NULL until something is fetched */
    VEC(struct feeds_etag) etags;
};

int feeds_open(struct feeds *feeds, struct db_run *run, const char *from, const char *folder, bool resumes,
               struct err *err);
/* keeps: for the next run to continue. */
void feeds_close(struct feeds *feeds, bool keeps);

bool feeds_is_address(const char *text);

/* Paths inside of from or of the folder; NULL: no memory. */
char *feeds_path(struct feeds *feeds, struct str ecosystem, const char *name);

/* Describes one file to be fetched, and makes the folder that it goes to. */
int feeds_want(struct feeds *feeds, struct str ecosystem, const char *name, uint64_t cap,
               struct pull_file *out, struct err *err);
int feeds_pull(struct feeds *feeds, struct pull_file *files, size_t n, struct err *err);

/* The names that ecosystems.txt lists and whose versions have an order, without those of single releases. */
int feeds_names(struct feeds *feeds, const char ***out, size_t *n, struct err *err);

/* Fetches all.zip of each, the ones that must be there. */
int feeds_pull_zips(struct feeds *feeds, const char *const *names, size_t n, struct err *err);

/* The path of KEV or EPSS: given is a file, an address, "none" or NULL; *out is NULL for none and for one
 * that is the same as before. */
int feeds_scores(struct feeds *feeds, const char *given, const char *name, const char **out, struct err *err);

/* What --source and --private name, fetched where that is an address. old: titles of the database's sources;
 * when no --source is given, those of them that can be fetched are. One that is the same as before is not
 * among them. */
int feeds_vendors(struct feeds *feeds, const char *const *old, size_t old_n, struct build_vendor **out,
                  size_t *n, struct err *err);

/* What the server said last time; for another database or server: nothing. */
int feeds_load_etags(struct feeds *feeds, const char *database, struct err *err);
int feeds_remember(struct feeds *feeds, const struct pull_file *files, size_t n, struct err *err);
int feeds_save_etags(struct feeds *feeds, const char *database, struct err *err);

#endif
