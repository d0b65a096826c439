/* The members of a tar file as places in it, so that blobs inside can be read without unpacking.
 *
 * A compressed archive is first unpacked into an unnamed file beside the cache. Walking and unpacking run in
 * the cage. */
#ifndef PLIMSOLL_SOURCE_IMAGE_ARCHIVE_H
#define PLIMSOLL_SOURCE_IMAGE_ARCHIVE_H

#include "base/map.h"
#include "source/image/image.h"

struct archive {
    int fd; /* the plain tar; closed by archive_close() */
    struct arena arena;
    struct map members; /* path → index */
    struct archive_member *list;
    size_t n;
    struct str problem; /* why the archive was not read to its end; empty when it was */
};

struct archive_member {
    struct str path;
    struct str link; /* of a symbolic or hard link: the path it leads to */
    uint64_t offset, size;
};

/* Takes over fd. An archive that ends early is opened with what is there, and its problem. */
int archive_open(struct archive *archive, int fd, const struct image_options *options, struct err *err);
void archive_close(struct archive *archive);

/* Follows links between members. ERR_ABSENT when there is none. */
int archive_find(const struct archive *archive, struct str path, struct image_blob *out, struct err *err);

#endif
