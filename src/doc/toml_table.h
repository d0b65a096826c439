/* The tables of a TOML text while they can still grow. Internal to the TOML reader.
 *
 * Everything lives in the scratch arena it is given; toml_table_freeze() makes the document of it. */
#ifndef PLIMSOLL_DOC_TOML_TABLE_H
#define PLIMSOLL_DOC_TOML_TABLE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "doc/doc.h"

enum toml_origin {
    TOML_IMPLICIT, /* a table above the one that a header names */
    TOML_HEADER,   /* named by a header: its own keys are given once */
    TOML_DOTTED,   /* made by dotted keys, open for more of them in the same section */
};

struct toml_table {
    enum toml_origin origin;
    unsigned section; /* the number of the header under which dotted keys made it */
    unsigned depth;
    struct doc_place at;
    VEC(struct toml_entry) entries;
    struct map index; /* key to number + 1, from the ninth entry on */
};

/* Exactly one of the three is set. */
struct toml_entry {
    struct str key;
    struct doc_place at;
    const struct doc *value;
    struct toml_table *table;
    struct toml_array *array; /* [[...]] */
};

struct toml_array {
    VEC(struct toml_table *) tables; /* never empty */
};

struct toml_table *toml_table_new(struct arena *scratch, unsigned depth, struct doc_place at) _nodiscard_;
/* NULL when there is none. Valid until the next toml_table_add() to the same table. */
struct toml_entry *toml_table_find(const struct toml_table *table, struct str key);
/* An empty entry for a key that is not there; NULL when there is no memory. */
struct toml_entry *toml_table_add(struct arena *scratch, struct toml_table *table, struct str key,
                                  struct doc_place at) _nodiscard_;
/* The document in arena; NULL when there is no memory. */
struct doc *toml_table_freeze(struct arena *arena, struct arena *scratch,
                              const struct toml_table *table) _nodiscard_;

#endif
