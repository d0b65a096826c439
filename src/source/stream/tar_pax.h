/* Records of a pax extended header: "LENGTH KEY=VALUE\n". POSIX.1-2001 pax, "pax Extended Header". */
#ifndef PLIMSOLL_SOURCE_STREAM_TAR_PAX_H
#define PLIMSOLL_SOURCE_STREAM_TAR_PAX_H

#include "source/stream/tar_sparse.h"

/* Names are slices of the records; p is NULL where there is none. An empty value unsets, as POSIX says. */
struct tar_pax {
    struct str path, link;
    uint64_t size, uid, gid;
    int64_t modified;
    bool has_size, has_uid, has_gid, has_modified;
    /* GNU.sparse.* */
    struct str sparse_name, sparse_map;
    uint64_t sparse_size, sparse_major, sparse_minor, sparse_offset;
    bool has_sparse_size, has_sparse_major, has_sparse_minor, has_sparse_offset;
    bool has_sparse_pieces; /* form 0.0: the pieces are in the map already */
};

/* Adds what the records say to *pax, and the pieces of form 0.0 to *sparse, which may
 * be NULL. ERR_INPUT when a record's length
 * or a number is wrong. */
int tar_pax_parse(struct tar_pax *pax, struct tar_sparse *sparse, struct str records, struct err *err);

#endif
