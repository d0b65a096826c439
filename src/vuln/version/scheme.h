/* What the files of the schemes offer to the table in version.c, and what they share. */
#ifndef PLIMSOLL_VULN_VERSION_SCHEME_H
#define PLIMSOLL_VULN_VERSION_SCHEME_H

#include "base/str.h"

int dpkg_compare(struct str a, struct str b);
bool dpkg_is_valid(struct str s);
int rpm_compare(struct str a, struct str b);
bool rpm_is_valid(struct str s);
int apk_compare(struct str a, struct str b);
bool apk_is_valid(struct str s);
int semver_compare(struct str a, struct str b);
bool semver_is_valid(struct str s);
int pep440_compare(struct str a, struct str b);
bool pep440_is_valid(struct str s);
int maven_compare(struct str a, struct str b);
bool maven_is_valid(struct str s);
int rubygems_compare(struct str a, struct str b);
bool rubygems_is_valid(struct str s);
int nuget_compare(struct str a, struct str b);
bool nuget_is_valid(struct str s);
int composer_compare(struct str a, struct str b);
bool composer_is_valid(struct str s);
int go_compare(struct str a, struct str b);
bool go_is_valid(struct str s);
int hex_compare(struct str a, struct str b);
bool hex_is_valid(struct str s);
int pub_compare(struct str a, struct str b);
bool pub_is_valid(struct str s);
int cran_compare(struct str a, struct str b);
bool cran_is_valid(struct str s);
int hackage_compare(struct str a, struct str b);
bool hackage_is_valid(struct str s);

/* The longest run of digits (of other bytes) that s begins with; taken off *rest. */
struct str take_digits(struct str *rest);
struct str take_until(struct str *rest, const char *stops); /* bytes up to one of stops, or to the end */
bool take_byte(struct str *rest, char c);            /* true, and c taken off, when *rest begins with it */
bool take_nocase(struct str *rest, struct str word); /* the same for a word, ASCII case ignored */

/* Not empty and digits only. */
bool is_digits(struct str s);
/* Empty is zero. */
bool is_zero(struct str digits);
/* As numbers of any length; empty is zero. */
int digits_compare(struct str a, struct str b);
/* Bytes, ASCII case ignored, the shorter first. */
int nocase_compare(struct str a, struct str b);
/* Dotted numbers, "1.2": number by number; with no number left, as many zeros as the other side needs. */
int dotted_compare(struct str a, struct str b);
/* cran.c: numbers between any of the separators; what is no number sorts before all, the shorter first. */
int list_compare(struct str a, struct str b, const char *separators);
/* Dotted numbers without an empty one; *n (may be NULL) is how many. */
bool is_dotted(struct str s, size_t *n);
/* Not empty, and only ASCII letters, digits and the bytes of others. */
bool is_alnum_or(struct str s, const char *others);

/* semver.c: what SemVer and the schemes built on it are made of. */
struct semver {
    struct str core;       /* "1.2.3": dotted numbers, any count */
    struct str prerelease; /* "rc.1" */
    struct str build;
    bool has_prerelease, has_build;
};
struct semver semver_parse(struct str s);
/* Dot-separated identifiers (item 11.4 of the specification) by the order of their texts. */
int semver_compare_identifiers(struct str a, struct str b, int (*compare_text)(struct str, struct str));
/* core and pre-release; build is left out. */
int semver_compare_parts(const struct semver *a, const struct semver *b,
                         int (*compare_text)(struct str, struct str));
/* Only the part after the core: identifiers not empty, numbers without leading zeros. */
bool semver_tail_is_valid(const struct semver *version);

#endif
