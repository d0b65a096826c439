/* What advisories say of one package, as the database keeps it: one blob a package, so that a look-up reads
 * one row, and what several advisories say alike (the repairs of one upload) stands and is judged once.
 *
 * A blob is groups; a group is the bytes of osv_encode_affected() and its members, the advisories of which
 * they are a part:   uvarint length, bytes, uvarint length of the members, members. A member is two numbers:
 * the advisory's, as the distance to the one before it in the group, and the part's.
 *
 *     struct cursor in = cursor_over(blob);
 *     for (struct affected_group group; affected_next_group(&in, &group);) {
 *         for (struct affected_member m; affected_next_member(&group, &m);) ...
 *     }
 *     if (in.failed) ...
 *
 * While a database is made or changed rows wait in temp.pending (package, advisory, part, data). Inside of
 * vuln/ only. */
#ifndef PLIMSOLL_VULN_AFFECTED_H
#define PLIMSOLL_VULN_AFFECTED_H

#include "base/cursor.h"
#include "vuln/db.h"

struct affected_member {
    int64_t advisory, part;
};
struct affected_group {
    struct str data;
    struct cursor members; /* failed: damaged */
    int64_t last;          /* advisory */
};

/* False at the end, and when the blob is damaged: in->failed. */
bool affected_next_group(struct cursor *in, struct affected_group *out);
bool affected_next_member(struct affected_group *group, struct affected_member *out);

/* Makes temp.pending, and temp.dropped (id) for advisories that go. */
int affected_begin(sqlite3 *db, struct err *err);
/* Takes the packages apart that have rows waiting or advisories in temp.dropped; the others stay. */
int affected_unpack(sqlite3 *db, struct err *err);
/* Puts together what waits: the last of it. */
int affected_pack(sqlite3 *db, struct err *err);

#endif
