/* Base64 (RFC 4648, sections 4 and 5), decoded. */
#ifndef PLIMSOLL_BASE_BASE64_H
#define PLIMSOLL_BASE_BASE64_H

#include "base/arena.h"
#include "base/err.h"

/* Either alphabet, with or without padding, white space anywhere. ERR_INPUT when another byte stands in it.
 */
int base64_decode(struct arena *arena, struct str text, struct str *out);

#endif
