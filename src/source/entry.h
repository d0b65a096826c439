/* One entry of a tree: what a tar header or a directory says of a file. */
#ifndef PLIMSOLL_SOURCE_ENTRY_H
#define PLIMSOLL_SOURCE_ENTRY_H

#include "base/str.h"

enum entry_type {
    ENTRY_FILE,
    ENTRY_DIRECTORY,
    ENTRY_SYMLINK,
    ENTRY_HARDLINK,
    ENTRY_OTHER /* devices, pipes, sockets */
};

struct entry {
    struct str path; /* from the root, without a leading or trailing slash, no empty, "." or ".." part; "" is
                        the root */
    struct str link; /* ENTRY_SYMLINK: as written; ENTRY_HARDLINK: in the form of path */
    enum entry_type type;
    uint32_t mode;                       /* permission bits, set-id and sticky included */
    uint32_t device_major, device_minor; /* of a device, 0 otherwise */
    bool is_device;
    uint64_t size; /* of the content, 0 for all but files */
    uint64_t uid, gid;
    int64_t modified; /* seconds */
};

#endif
