/* Records to tables. Inside of vuln/ only. */
#ifndef PLIMSOLL_VULN_WRITER_H
#define PLIMSOLL_VULN_WRITER_H

#include "base/map.h"
#include "vuln/build.h"
#include "vuln/db.h"
#include "vuln/sources.h"

enum write_statement {
    FIND_PACKAGE,
    PUT_PACKAGE,
    PUT_ADVISORY,
    PUT_AFFECTED,
    PUT_EXPLOITED,
    PUT_SCORE,
    WRITE_STATEMENTS
};

struct writer {
    sqlite3 *db; /* of the caller */
    sqlite3_stmt *cached[WRITE_STATEMENTS];
    struct arena arena; /* of one record */
    struct buf blob;
    int64_t next_package, next_advisory;
    /* What is being written, for problems and for the records' place. */
    struct str place;
    bool takes_all; /* a vendor's: records of whatever ecosystem they name */
    int64_t source;
    int64_t newest; /* of the records since writer_begin() */
    int64_t date;   /* that the feed stated; 0: none */
    uint64_t records;
    /* Set by the caller after writer_open(); may be NULL. */
    bool keep_summary;
    bool is_strict; /* a record that can't be read is an error */
    build_parse *parse;
    void *parse_context;
    build_problem *problem;
    void *problem_context;
};

int writer_open(struct writer *writer, sqlite3 *db, struct err *err);
void writer_close(struct writer *writer);

/* From here on records belong to source and place. */
void writer_begin(struct writer *writer, int64_t source, struct str place);
/* A feed_emit: context is the writer. A problem of the whole feed is an error, others are told. */
int writer_take(void *context, enum feed_record kind, struct str payload, struct err *err);

/* Has the bytes parsed as the writer is set. */
int writer_parse(struct writer *writer, enum feed feed, struct str bytes, feed_emit *emit, void *context,
                 struct err *err);
/* Takes all of the file at path, or of a folder the files in it and below, in the order of their names; a
 * file of a folder that can't be read is told and left out. */
int writer_read_vendor(struct writer *writer, const struct advisory_source *source, const char *path,
                       struct err *err);
/* Takes all of the file at path. */
int writer_read(struct writer *writer, enum feed feed, const char *path, struct err *err);
/* Replaces the table of FEED_KEV or FEED_EPSS and its date; path NULL: leaves them. */
int writer_read_scores(struct writer *writer, enum feed feed, const char *path, struct err *err);

#endif
