/* Checksums of archives, as package managers state them, in the one form of the model.
 *
 * Read are "sha512-<base64>" (Subresource Integrity, W3C, 3.5; of several the strongest), "sha256:<hex>",
 * "sha256=<hex>" and bare hexadecimal digits, whose number says what they are. */
#ifndef PLIMSOLL_INSPECT_PACKAGES_CHECKSUM_H
#define PLIMSOLL_INSPECT_PACKAGES_CHECKSUM_H

#include "base/str.h"

struct checksum {
    char text[sizeof "sha512:" + 128]; /* "sha512:" and digits in lower case */
    size_t n;                          /* 0: what was stated is no checksum */
};

struct checksum checksum_read(struct str stated);

#endif
