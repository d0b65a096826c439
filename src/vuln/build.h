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

#include "base/hash.h"
#include "vuln/feed.h"
#include "vuln/sources.h"

/* Who parses: parse_feed() itself, or one that runs it in the cage and hands its records on. */
typedef int build_parse(void *context, enum feed feed, bool keep_summary, struct str bytes, feed_emit *emit,
                        void *emit_context, struct err *err);

/* place: "npm", "EPSS". */
typedef void build_problem(void *context, struct str place, struct str member, struct str message);

/* One --source: its files, in a folder or one alone. */
struct build_vendor {
    const struct advisory_source *source;
    const char *path;
};

struct build_options {
    const char *osv_dir;           /* NULL: none, vendors alone */
    const char *const *ecosystems; /* only these; NULL: all that ecosystems.txt lists */
    size_t ecosystems_n;
    const struct build_vendor *vendors; /* the same source may stand several times */
    size_t vendors_n;
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

/* One advisory that differs from the database's. */
struct update_change {
    struct str ecosystem, id;
    bool is_gone;    /* and is taken from the database */
    struct str body; /* else its JSON */
};
/* An all.zip that takes the place of all that the database has of its ecosystem. */
struct update_whole {
    struct str ecosystem;
    const char *zip;
};

struct update_options {
    const struct update_whole *wholes;
    size_t wholes_n;
    const struct build_vendor *vendors; /* take the place of all that the database has of these sources */
    size_t vendors_n;
    const struct update_change *changes; /* of ecosystems that the database has; others do not count */
    size_t changes_n;
    const char *kev, *epss; /* replace those of the database; NULL: keep */
    build_parse *parse;
    void *parse_context;
    build_problem *problem;
    void *problem_context;
    int64_t built; /* as above */
    bool is_anew;  /* do without the database at path, as it is damaged or of another format */
    /* advisories_verify() has just passed, under a lock that is still held: its seal is not checked again. */
    bool is_verified;
    bool is_strict; /* a record of an archive or a feed that can't be read is an error */
};

/* Changes the database at path, whose seal is checked before, or makes it. *replaced counts the records that
 * came or went. */
int advisories_update(const struct update_options *options, const char *path, size_t *replaced,
                      struct err *err);

/* Compares the database with modified_id.csv in the file at list, which names all advisories of an ecosystem:
 * "2026-11-20T10:00:00Z,GHSA-..." a line. What is newer there or new comes back without its body, what is
 * not there any more as gone. ERR_ABSENT when the database does not have the ecosystem. */
int advisories_changes(const char *path, struct str ecosystem, const char *list, build_parse *parse,
                       void *parse_context, struct arena *arena, struct update_change **out, size_t *n,
                       struct err *err);

/* The sum in the seal as hexadecimal digits: which database this is. */
int advisories_identity(const char *path, char out[SHA256_HEX + 1], struct err *err);

/* Checks format, tables and seal of a database; needs to read all of it. */
int advisories_verify(const char *path, struct err *err);
/* Verifies from and puts a copy of it at path. from may be compressed with zstd; it is unpacked in the cage
 * (is_open: without). */
int advisories_import(const char *from, const char *path, bool is_open, struct err *err);
/* Whether the file is compressed as advisories_import() takes it. */
int advisories_is_packed(const char *path, bool *out, struct err *err);
/* Verifies the database at path and writes it to to, compressed when that ends in ".zst". */
int advisories_export(const char *path, const char *to, struct err *err);

#endif
