/* Which files are looked at for secrets, and how much one there matters. */
#ifndef PLIMSOLL_INSPECT_SECRETS_PLACE_H
#define PLIMSOLL_INSPECT_SECRETS_PLACE_H

#include "base/str.h"

/* Stored in facts: append. */
enum secret_place {
    PLACE_OWN,
    PLACE_TEST,        /* tests, fixtures, examples */
    PLACE_THIRD_PARTY, /* node_modules, vendor, installed packages, minified bundles */
    PLACES
};

enum secret_place secret_place_of(struct str path);
const char *place_words(enum secret_place place); /* "in a test or an example"; empty for PLACE_OWN */

/* Images, fonts, archives, compiled code and the like have nothing to read. */
bool place_is_noise(struct str path);

/* By its name: what may hold files to be looked at. ARCHIVE_NONE is 0, also for a distribution's compressed
 * manuals. */
enum archive_kind { ARCHIVE_NONE, ARCHIVE_ZIP, ARCHIVE_TAR, ARCHIVE_PACKED_TAR, ARCHIVE_PACKED };
enum archive_kind place_archive(struct str path);
/* The name of the one file in an ARCHIVE_PACKED: "dump.sql" of "a/dump.sql.gz". */
struct str place_unpacked(struct str path);

/* By its first bytes. UTF-16 without a byte order mark is known by its NULs. */
enum text_encoding { TEXT_BINARY, TEXT_BYTES, TEXT_UTF16_LE, TEXT_UTF16_BE };
enum { PLACE_HEAD = 4096 };
enum text_encoding place_encoding(struct str head);

#endif
