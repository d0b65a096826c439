/* What the Go linker says of a build: the toolchain's version and the modules.
 *
 * The format is stated in debug/buildinfo of the Go distribution: a header of 32 bytes at an address
 * divisible by 16, with pointers to two Go strings until 1.17 and with the strings behind it since. The
 * module text stands between two sentinels of 16 bytes. */
#ifndef PLIMSOLL_INSPECT_PACKAGES_GO_BUILDINFO_H
#define PLIMSOLL_INSPECT_PACKAGES_GO_BUILDINFO_H

#include "inspect/packages/elf_file.h"

struct go_buildinfo {
    struct str version; /* "go1.21.3", "go1.22.1 X:boringcrypto", "devel go1.24-..." */
    struct str modules; /* lines as `go version -m` prints them, without the indent; may be empty */
};

/* 1 when the file is a Go executable, 0 when it is not, or an error. */
int go_buildinfo_read(const struct elf_file *file, struct go_buildinfo *out, struct err *err);

#endif
