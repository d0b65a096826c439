/* Reads the members of a ZIP archive (PKWARE APPNOTE 6.3) that lies in memory or in a file: the OSV export's
 * all.zip, Java archives.
 *
 * Own code, as the libraries for it open files by name or trust the sizes that an archive states, and the
 * cage has neither files nor trust. Handled: stored and deflate (through ISA-L), ZIP64. Refused: encryption,
 * parts over several disks, other methods. The central directory counts; local headers are only stepped over.
 *
 * A hostile archive costs at most what its own size allows: members must not overlap (the sum of their
 * extents stays within the archive), a member unpacks to exactly the size stated, at most to the cap of the
 * caller's buffer, and all together at most to LIMIT_BOMB_RATIO times the archive past LIMIT_BOMB_FLOOR.
 *
 *     struct zip zip;
 *     r = zip_open(&zip, bytes, err);
 *     while (r == 0 && (r = zip_next(&zip, &member, err)) == 1) {
 *         buf_clear(&body);
 *         r = zip_read(&zip, &member, &body, err);     a bad member; the next may be good
 *     }
 */
#ifndef PLIMSOLL_SOURCE_STREAM_ZIP_H
#define PLIMSOLL_SOURCE_STREAM_ZIP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "base/err.h"

struct zip {
    struct str bytes;        /* of the caller, for as long as the archive is read */
    int fd;                  /* -1: it lies in bytes */
    uint64_t size;           /* of the archive */
    uint64_t shift;          /* bytes in front of it that its offsets do not count */
    struct cursor directory; /* at the next member's record */
    uint64_t left;           /* records */
    uint64_t extent;         /* sum of what the members so far take in the archive */
    uint64_t unpacked;       /* sum of the sizes that the members so far state */
};

struct zip_member {
    struct str name; /* as stored: any bytes */
    uint16_t flags, method;
    uint32_t crc;
    uint64_t packed, size;
    uint64_t offset; /* of the local header */
};

int zip_open(struct zip *zip, struct str bytes, struct err *err);
/* The archive is the file; its directory is held in arena. */
int zip_open_file(struct zip *zip, int fd, struct arena *arena, struct err *err);
/* 1 and the next member, in the order of the directory; 0 at its end; negative: the directory is damaged. */
int zip_next(struct zip *zip, struct zip_member *out, struct err *err);
/* Adds the member's content to out, checked against its CRC. */
int zip_read(const struct zip *zip, const struct zip_member *member, struct buf *out, struct err *err);
/* Whether the member's content lies in memory as it is; then zip_slice() gives it without a copy. */
bool zip_is_plain(const struct zip *zip, const struct zip_member *member);
int zip_slice(const struct zip *zip, const struct zip_member *member, struct str *out, struct err *err);

#endif
