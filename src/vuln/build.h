/* Makes and updates advisory databases (advisories.h) from feeds.
 *
 *     struct build_options options = {.osv_dir = "osv", .kev = "kev.json", .problem = note, .context =
 * &notes}; advisories_build(&options, "advisories.db", err);
 *
 * The folder has the layout of the OSV export (https://google.github.io/osv.dev/data/): ecosystems.txt with a
 * name a line, and <Ecosystem>/all.zip. A file is made beside its final name and renamed over it: readers see
 * the old database or the new one. The same input gives the same bytes.
 *
 * Damaged records are told to problem() and left out. A feed that can't be read at all fails the build:
 * silence about a whole ecosystem would look like safety. */
#ifndef PLIMSOLL_VULN_BUILD_H
#define PLIMSOLL_VULN_BUILD_H

#include "vuln/feed.h"

/* Who parses: parse_feed() itself, or one that runs it in the cage and hands its records on. */
typedef int build_parse(void *context, enum feed feed, bool keep_summary, struct str bytes, feed_emit *emit,
                        void *emit_context, struct err *err);

/* place: "npm", "EPSS". */
typedef void build_problem(void *context, struct str place, struct str member, struct str message);

struct build_options {
    const char *osv_dir;
    const char *kev;  /* NULL: none */
    const char *epss; /* NULL: none */
    /* Lines "ecosystem<TAB>sentence" that say what is missing of an ecosystem: a source so marked is partial.
     * NULL: all are whole. */
    const char *notes;
    int64_t built;      /* the time that the database states; 0: the newest date in its data */
    bool is_snapshot;   /* facts only: no summaries */
    build_parse *parse; /* NULL: parse_feed() in this process */
    void *parse_context;
    build_problem *problem; /* NULL: nobody is told */
    void *problem_context;
};

int advisories_build(const struct build_options *options, const char *path, struct err *err);

/* Adds the JSON of one record to out; ERR_ABSENT when it is gone, and then it is taken from the database. */
typedef int update_fetch(void *context, struct str ecosystem, struct str id, struct buf *out,
                         struct err *err);

struct update_options {
    /* modified_id.csv of the OSV export: "2026-11-20T10:00:00Z,npm/GHSA-..." a line, newest first; without a
     * folder in front, ecosystem is meant. */
    struct str modified;
    struct str ecosystem;
    update_fetch *fetch;
    void *fetch_context;
    build_parse *parse;
    void *parse_context;
    build_problem *problem;
    void *problem_context;
    int64_t built;          /* as above */
    const char *kev, *epss; /* replace those of the database; NULL: keep */
};

/* Fetches what is newer than the database's record, or new, for the ecosystems that it has. *replaced counts
 * the records that changed. The database's seal is checked before. */
int advisories_update(const struct update_options *options, const char *path, size_t *replaced,
                      struct err *err);

/* Checks format, tables and seal of a database; needs to read all of it. */
int advisories_verify(const char *path, struct err *err);
/* Verifies from and puts a copy of it at path. */
int advisories_import(const char *from, const char *path, struct err *err);

#endif
