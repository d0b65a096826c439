/* Entries of a layer whose headers checks ask for, and how much lies in the folders of caches and tools.
 *
 * Kept: set-id files, files and folders that everyone may write to, programs and links that content/surface
 * names, and files large enough to matter when a later layer hides them. Of the millions of others nothing is
 * kept: a folder is looked up once for the entries in a row that lie in it.
 *
 * Layers are cached apart from their image, so what is visible is found by who merges them (surface.h). */
#ifndef PLIMSOLL_INSPECT_NOTABLES_H
#define PLIMSOLL_INSPECT_NOTABLES_H

#include "base/limits.h"
#include "base/map.h"
#include "content/surface.h"
#include "inspect/facts.h"

enum notable { NOTABLE_SETID, NOTABLE_WRITABLE, NOTABLE_TOOL, NOTABLE_LARGE, NOTABLES };

struct notables_tree {
    struct str path;
    uint64_t bytes, files;
};

struct notables {
    struct arena *arena;
    struct map trees; /* path → 1 + number */
    VEC(struct notables_tree) sizes;
    size_t written;    /* of sizes */
    struct map setids; /* paths, for hard links to them */
    struct surface_place place;
    char folder[LIMIT_PATH]; /* that place is of */
    size_t folder_n;
    size_t counts[NOTABLES];
};

struct notables notables_new(struct arena *arena);

/* One entry; its fact is written when it is notable, and *is_kept is set. */
int notables_take(struct notables *notables, struct facts *facts, const struct entry *entry, bool *is_kept,
                  struct err *err);

/* After the last entry: writes the next FACT_TREE, or says in a FACT_PROBLEM what was too much; false when
 * there are no more. */
bool notables_put(struct notables *notables, struct facts *facts);

/* What mode and type make of an entry by themselves. */
bool notable_is_setid(const struct entry *entry);
bool notable_is_writable(const struct entry *entry);
/* The row of a program or a link to one, by its path; NULL when it is none. */
const struct surface_row *notable_tool(const struct entry *entry);

#endif
