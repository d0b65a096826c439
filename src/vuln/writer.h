/* Records to tables. Inside of vuln/ only. */
#ifndef PLIMSOLL_VULN_WRITER_H
#define PLIMSOLL_VULN_WRITER_H

#include "base/map.h"
#include "vuln/build.h"
#include "vuln/db.h"

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
    int64_t source;
    int64_t newest; /* of the records since writer_begin() */
    int64_t date;   /* that the feed stated; 0: none */
    uint64_t records;
    build_problem *problem;
    void *problem_context;
};

int writer_open(struct writer *writer, sqlite3 *db, struct err *err);
void writer_close(struct writer *writer);

/* From here on records belong to source and place. */
void writer_begin(struct writer *writer, int64_t source, struct str place);
/* A feed_emit: context is the writer. A problem of the whole feed is an error, others are told. */
int writer_take(void *context, enum feed_record kind, struct str payload, struct err *err);

#endif
