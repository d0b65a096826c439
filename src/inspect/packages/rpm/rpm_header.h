/* The header of an rpm package as rpm's databases keep it, without the magic of a package file.
 *
 * RPM format v3/v4 (https://rpm-software-management.github.io/rpm/manual/format_header.html), all big endian:
 * u32 count of entries, u32 length of the data, entries of {tag, type, offset, count}, data. Where a tag is
 * there twice the later entry counts: rpm appends ("dribbles") what replaces a signed one.
 *
 * A header is a view over the blob: nothing is copied, and each value is looked at only when asked for. */
#ifndef PLIMSOLL_INSPECT_PACKAGES_RPM_HEADER_H
#define PLIMSOLL_INSPECT_PACKAGES_RPM_HEADER_H

#include "base/cursor.h"
#include "base/err.h"

enum rpm_tag {
    RPM_NAME,
    RPM_VERSION,
    RPM_RELEASE,
    RPM_EPOCH,
    RPM_VENDOR,
    RPM_LICENSE,
    RPM_ARCH,
    RPM_SOURCERPM,
    RPM_OLDFILENAMES, /* whole paths, before rpm 4 */
    RPM_BASENAMES,
    RPM_DIRNAMES, /* with their trailing slash */
    RPM_DIRINDEXES,
    RPM_PROVIDENAME,
    RPM_REQUIRENAME,
    RPM_TAGS
};

struct rpm_value {
    uint32_t type, count;
    struct str data; /* from the value's first byte to the end of all data */
};

struct rpm_header {
    struct rpm_value values[RPM_TAGS]; /* count is 0 when it is absent */
};

/* ERR_INPUT, with the byte, when the blob is cut or an entry points outside. */
int rpm_header_open(struct rpm_header *header, struct str blob, struct err *err);

/* The first string of a value; empty when there is none, or it has another type or no end. */
struct str rpm_header_string(const struct rpm_header *header, enum rpm_tag tag);
/* The first 32-bit number; false when there is none. */
bool rpm_header_u32(const struct rpm_header *header, enum rpm_tag tag, uint32_t *out);

/* Hands each string of an array to put, which returns a negative code to stop. What stands behind a string
 * that has no end is left out. */
int rpm_header_strings(const struct rpm_header *header, enum rpm_tag tag,
                       int (*put)(void *user, struct str s), void *user);

/* Hands each file's path to put, which returns a negative code to stop. Paths above LIMIT_PATH are left out.
 * ERR_INPUT when the lists don't fit each other, after the paths before the place. */
int rpm_header_paths(const struct rpm_header *header, int (*put)(void *user, struct str path), void *user,
                     struct err *err);

#endif
