/* One 512-byte tar header: its fields, numbers and names. POSIX.1-2001 pax, "ustar Interchange Format"; the
 * GNU differences are those of the GNU tar manual, "Basic Tar Format". */
#ifndef PLIMSOLL_SOURCE_STREAM_TAR_HEADER_H
#define PLIMSOLL_SOURCE_STREAM_TAR_HEADER_H

#include "base/err.h"
#include "base/str.h"

enum { TAR_BLOCK = 512, TAR_NAME = 256 };

struct tar_header {
    char type;
    struct str name, prefix, link; /* in the block; prefix is empty in formats that have none */
    uint64_t size, uid, gid;
    uint32_t mode, device_major, device_minor;
    int64_t modified;
};

bool tar_block_is_zero(struct str block);
/* ERR_INPUT when the checksum or a number is wrong; the message doesn't say where. */
int tar_header_parse(struct tar_header *header, struct str block, struct err *err);

/* An octal or base-256 field; false when it is neither or does not fit. Empty is 0. */
bool tar_number(struct str field, int64_t *out);
/* As tar_number(), not negative. */
bool tar_unsigned(struct str field, uint64_t *out);

/* Writes path in the form of entry.path to out, LIMIT_PATH bytes. NULL, or why that can't be. */
const char *tar_path_normalize(struct str path, char *out, struct str *normal);

#endif
