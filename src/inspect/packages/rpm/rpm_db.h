/* rpm's three databases: each backend finds the header blobs, one reader makes facts of them.
 *
 * A backend reports what it cannot read as a problem with its place and goes on where it can; it returns a
 * negative code where it can't. What was read before stays. */
#ifndef PLIMSOLL_INSPECT_PACKAGES_RPM_RPM_DB_H
#define PLIMSOLL_INSPECT_PACKAGES_RPM_RPM_DB_H

#include "inspect/inspector.h"
#include "inspect/packages/installed.h"
#include "inspect/packages/rpm/rpm_needs.h"

struct rpm_reader {
    struct inspection *in;
    struct problems problems;
    struct rpm_needs *needs; /* packages with what they require, until all are read; see rpm_needs.h */
    size_t left; /* bytes of headers that may still come: together they are no longer than the file, however
                    often a damaged one points at the same bytes */
};

/* The reader's needs are the caller's. */
struct rpm_reader rpm_reader_new(struct inspection *in, struct rpm_needs *needs);

/* Writes the facts of one header; place is what stands before its problems ("slot 7"). Negative only when
 * reading must end. */
int rpm_reader_header(struct rpm_reader *reader, struct str blob, const char *place, struct err *err);

/* Each over reader->in->body. */
int rpm_bdb_read(struct rpm_reader *reader, struct err *err);    /* Packages: Berkeley DB, until rpm 4.16 */
int rpm_ndb_read(struct rpm_reader *reader, struct err *err);    /* Packages.db: SUSE */
int rpm_sqlite_read(struct rpm_reader *reader, struct err *err); /* rpmdb.sqlite: since rpm 4.16 */

#endif
