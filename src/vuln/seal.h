/* The seal of a database: SHA-256 over all bytes of its file, with zeros where the seal itself stands.
 *
 * The one row of the table seal is a blob of 32 bytes. Its table has a page of its own, and SQLite lays the
 * first row of a page at its end (https://www.sqlite.org/fileformat2.html, section 1.6), so the blob is the
 * last 32 bytes of the table's root page: it can be written behind SQLite's back, when nothing changes any
 * more, and all of the file is summed in one go instead of row by row. Inside of vuln/ only. */
#ifndef PLIMSOLL_VULN_SEAL_H
#define PLIMSOLL_VULN_SEAL_H

#include "vuln/db.h"

/* Room for the seal: the last change inside of the transaction. */
int seal_prepare(sqlite3 *db, struct err *err);
/* Seals the file at path, which nobody has open. */
int seal_write(const char *path, struct err *err);
/* Format, tables and sum. */
int seal_verify(const char *path, struct err *err);
/* The sum that the file at path states. */
int seal_read(const char *path, unsigned char out[SHA256_BYTES], struct err *err);

#endif
