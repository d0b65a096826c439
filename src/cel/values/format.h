/* The named formats of Kubernetes' CEL library: format.named("dns1123Label"), format.uuid() and so on. */
#ifndef PLIMSOLL_CEL_VALUES_FORMAT_H
#define PLIMSOLL_CEL_VALUES_FORMAT_H

#include "base/arena.h"
#include "base/err.h"

/* What is wrong with a text; the messages are static. */
enum { FORMAT_FAULTS = 8 };
struct format_faults {
    size_t n;
    struct str messages[FORMAT_FAULTS];
};

struct named_format {
    struct str name;
    /* Adds to faults, which are empty before; none when the text is valid. ERR_MEMORY only; the arena holds
     * what is needed meanwhile.
     */
    int (*validate)(struct str text, struct arena *arena, struct format_faults *faults, struct err *err);
};

/* NULL when there is no such format. */
const struct named_format *format_find(struct str name);
/* All of them, for messages and help. */
const struct named_format *format_all(size_t *n);

#endif
