/* Inspectors: each reads one kind of file and says what is in it.
 *
 * To add one is to write src/inspect/packages/<name>.c with a `const struct inspector inspect_<name>` and to
 * add it to the table in src/inspect/inspectors.c. What it wants is said by patterns, so that a walk over
 * millions of entries costs one look-up each; what it found goes into in->facts.
 *
 * An inspector runs in the cage: it opens nothing, keeps nothing between two files, and returns a negative
 * code with a message when the file is not what it should be; facts written before that are kept. */
#ifndef PLIMSOLL_INSPECT_INSPECTOR_H
#define PLIMSOLL_INSPECT_INSPECTOR_H

#include "base/arena.h"
#include "base/err.h"
#include "inspect/facts.h"
#include "source/entry.h"

/* A pattern: every field that is set must hold. Only regular files are offered. */
struct want {
    const char *path;   /* the whole path */
    const char *under;  /* the path begins with this folder, written with its trailing slash */
    const char *folder; /* the name of the folder that it is in */
    const char *name;   /* the last part of the path */
    const char *prefix; /* of the last part */
    const char *suffix; /* of the last part */
    const char *magic;  /* the first bytes (no NUL among them) */
};

enum { INSPECTOR_WANTS = 8 };

struct inspection {
    const struct entry *entry;
    struct str body;     /* the whole content, unless it is spooled */
    int spool;           /* a readable file with the content, at most LIMIT_EXECUTABLE, or -1 */
    struct arena *arena; /* for this file alone */
    struct facts *facts;
};

struct inspector {
    const char *name;    /* "npm-lock": stable, in reports and cache files */
    const char *title;   /* "npm lockfiles", for help and docs */
    const char *reads;   /* "package-lock.json, npm-shrinkwrap.json", for docs */
    uint32_t version;    /* raise it when the same file gives other facts: cached layers are read anew */
    bool is_of_sources;  /* what people write, not what is installed: not looked for in images */
    bool may_spool;      /* large files come as in->spool; otherwise above body_max is a problem */
    bool large_is_other; /* a file above body_max is taken for something else, and nothing is said */
    size_t body_max;     /* at most LIMIT_BODY */
    struct want wants[INSPECTOR_WANTS]; /* any of them; ends with an empty one unless full */
    int (*inspect)(struct inspection *in, struct err *err);
};

/* All inspectors, in the order of their bits in a mask. */
extern const struct inspector *const inspectors[];
extern const size_t inspectors_n; /* at most 63: pass.h has the last bit */

#endif
