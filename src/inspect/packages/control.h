/* Stanzas of "Field: value" lines with an empty line between two (deb-control(5)), as opkg and vcpkg write
 * them.
 *
 *     struct control control = control_over(in->body, names, values, n);
 *     while (control_next(&control)) { ... values[FIELD_NAME] ... } */
#ifndef PLIMSOLL_INSPECT_PACKAGES_CONTROL_H
#define PLIMSOLL_INSPECT_PACKAGES_CONTROL_H

#include "base/str.h"

struct control {
    struct str rest;
    uint32_t line;  /* read so far */
    uint32_t first; /* line of the stanza that is at hand */
    const struct str *names;
    struct str *values; /* of the stanza, by the names' order; the first of a name, without folded lines */
    size_t n;
};

struct control control_over(struct str text, const struct str *names, struct str *values, size_t n);
/* False at the end. */
bool control_next(struct control *control);

#endif
