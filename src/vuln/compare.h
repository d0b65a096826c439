/* What two advisory databases say differently: which advisories came, went and changed, whatever is scanned.
 *
 * An advisory is one by its source and its id. What counts is what it says (severity, ids, packages,
 * versions), not when it was touched; one that is withdrawn went. What is known to be exploited is a source
 * of its own. */
#ifndef PLIMSOLL_VULN_COMPARE_H
#define PLIMSOLL_VULN_COMPARE_H

#include "vuln/diff.h"

#define COMPARE_EXPLOITED "exploited vulnerabilities"

struct compared_package {
    struct str ecosystem, name;
    struct str fixed; /* "1.2.3, 2.0.1"; empty: no version is known */
    uint64_t sum;     /* of all that is said of it */
};

struct compared_side {
    bool is_there;
    enum severity severity;
    struct compared_package *packages; /* by ecosystem and name; of a change those that differ */
    size_t packages_n;
};

/* Texts live until advisories_compare() returns. */
struct compared_advisory {
    enum difference_kind kind;
    struct str source; /* "npm", "Debian security tracker" */
    struct str id;
    const struct str *aliases; /* what else the vulnerability is called, as the new one says if it is there */
    size_t aliases_n;
    struct str title; /* empty where only facts are kept */
    bool is_exploited;
    struct compared_side old, new_one;
};

typedef int compare_take(void *context, const struct compared_advisory *advisory, struct err *err);

/* The seals of both files are checked. By source, then what is exploited, then severity, then id. */
int advisories_compare(const char *old_path, const char *new_path, compare_take *take, void *context,
                       struct err *err);

#endif
