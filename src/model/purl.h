/* Package URLs, read (https://github.com/package-url/purl-spec). package.h writes them. */
#ifndef PLIMSOLL_MODEL_PURL_H
#define PLIMSOLL_MODEL_PURL_H

#include "model/package.h"

struct purl {
    struct str type, namespace, name, version;                /* decoded; type in lower case */
    struct str arch, distro, epoch, upstream, repository_url; /* qualifiers, decoded; empty when not there */
};

/* False when it is none, or there is no memory. */
bool purl_parse(struct arena *arena, struct str text, struct purl *out);

/* type, name, version, arch and source of the package, as its ecosystem writes them; false for types that are
 * unknown here. */
bool purl_to_package(struct arena *arena, const struct purl *purl, struct package *out);

#endif
