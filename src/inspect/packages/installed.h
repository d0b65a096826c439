/* What the databases of installed packages (apk, dpkg, rpm) share when they write facts: bounded fields,
 * bounded problems, and lists of owned paths in pieces that fit a record. */
#ifndef PLIMSOLL_INSPECT_PACKAGES_INSTALLED_H
#define PLIMSOLL_INSPECT_PACKAGES_INSTALLED_H

#include "base/arena.h"
#include "inspect/facts.h"

/* ---- problems of one file: the first LIMIT_PROBLEMS by their place, then a count */

struct problems {
    struct facts *facts;
    size_t n;
};

/* A part of the file was not read; the message says where. */
void problems_add(struct problems *problems, const char *fmt, ...) _printf_(2, 3);
/* Writes how many were left out, if any. */
void problems_end(struct problems *problems);

/* ---- packages */

/* Marks the package as installed and writes it. Words of people (licence, vendor) are cut at LIMIT_FIELD;
 * false, and nothing written, when a name or version is longer than that or the name or version is empty. */
bool installed_put(struct facts *facts, struct package *package);

/* What installed_put() asks for. */
bool installed_fits(const struct package *package);

/* A list of what a package needs, in arena. Names may stand in it twice, and may be of nothing installed. */
struct needs {
    struct arena *arena;
    VEC(struct package_need) list;
    bool has_no_memory, is_full; /* past LIMIT_NEEDS the rest is dropped */
};

void needs_add(struct needs *needs, struct str name);
/* A relation of dpkg, opkg and vcpkg (deb-control(5), "Package relationships"): "a (>= 1), b | c:any, d [x]".
 * Each alternative is a name. */
void needs_add_relation(struct needs *needs, struct str relation);
/* Takes the next name of a relation; has_version: it stands with one in parentheses. False at the end. */
bool relation_next(struct str *relation, struct str *name, bool *has_version);
/* Hands the list to the package; a negative code when there was no memory. */
int needs_give(const struct needs *needs, struct package *package, struct err *err);

/* Clears source_name and source_version where they say the same as name and version. */
void installed_trim_source(struct package *package);

/* ---- owned paths of one package */

struct owned {
    struct facts *facts;
    enum package_type type;
    struct str name;
    size_t start; /* of the open record */
    size_t n;     /* paths in it; 0: none is open */
};

void owned_add(struct owned *owned, struct str path);
void owned_end(struct owned *owned);

#endif
