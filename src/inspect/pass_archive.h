/* Secrets in archives, and in archives in those: ZIP and its kind, tar plain or compressed, and one file that
 * is compressed by itself (gzip, zstd, xz, bzip2).
 *
 * What an archive may cost is bounded for all that is inside of it together: depth, members, archives, bytes
 * unpacked, and bytes held (LIMIT_ARCHIVE_...). A text in a tar, or by itself, flows by; a member of a ZIP,
 * and an archive in another, is held. What a bound cuts off is a problem of the file. */
#ifndef PLIMSOLL_INSPECT_PASS_ARCHIVE_H
#define PLIMSOLL_INSPECT_PASS_ARCHIVE_H

#include "inspect/pass_secrets.h"

/* The archive in memory, or in a file when fd is not -1. */
struct archive_bytes {
    struct str bytes;
    int fd;
    uint64_t size; /* of the file */
};

/* Facts are of the file at path; each secret says where inside it is. One that is no archive in spite of its
 * name gives nothing. */
int pass_archive(struct pass_secrets *secrets, struct str path, const struct archive_bytes *archive,
                 struct err *err);

#endif
