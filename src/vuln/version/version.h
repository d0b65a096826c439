/* Version orders: which of two versions is older, by the rules of the ecosystem that wrote them.
 *
 * Each scheme follows the program that is the authority in its ecosystem (dpkg, rpm, apk, pip, Maven, ...);
 * the file of the scheme names its rule and where it is published. Numbers may have any length: digits are
 * compared as text, so nothing overflows. Nothing here allocates, and time is linear in the two lengths.
 *
 *     enum version_scheme scheme;
 *     if (version_scheme_of(STR("Debian:12"), &scheme) &&
 *         version_compare(scheme, installed, fixed) < 0) ... installed is older                          */
#ifndef PLIMSOLL_VULN_VERSION_VERSION_H
#define PLIMSOLL_VULN_VERSION_VERSION_H

#include "base/str.h"

enum version_scheme {
    VERSION_DPKG,
    VERSION_RPM,
    VERSION_APK,
    VERSION_SEMVER,
    VERSION_PEP440,
    VERSION_MAVEN,
    VERSION_RUBYGEMS,
    VERSION_NUGET,
    VERSION_COMPOSER,
    VERSION_GO,
    VERSION_HEX,
    VERSION_PUB,
    VERSION_CRAN,
    VERSION_HACKAGE,
    VERSION_SCHEMES,
};

/* By the ecosystem's name in the OSV schema; a suffix after ':' ("Ubuntu:22.04:LTS") does not matter. False,
 * and *out untouched, when the ecosystem is unknown or its versions have no order. */
bool version_scheme_of(struct str ecosystem, enum version_scheme *out);

const char *version_scheme_name(enum version_scheme scheme);

/* <0 when a is older, 0 when the scheme takes them for the same, >0 when a is newer. Never fails: bytes that
 * are no version under the scheme have a place too, and compare(a, b) is always -compare(b, a). The order is
 * transitive but for two schemes whose own program's order is not; see maven.c and composer.c. */
int version_compare(enum version_scheme scheme, struct str a, struct str b);

/* Whether s is a version that the scheme's own program accepts, or its specification where that is stricter.
 * The order of other strings is a guess, so a verdict that rests on one is "not decided". */
bool version_is_valid(enum version_scheme scheme, struct str s);

#endif
