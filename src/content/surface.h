/* The tables of content/surface: which programs make up an image's attack surface, which folders are caches.
 *
 * Compiled into the program by compile_surface. Look-ups by the pass, for every entry of a layer, so they
 * allocate nothing: a folder is classified once (surface_place()), a name only in a folder of programs. */
#ifndef PLIMSOLL_CONTENT_SURFACE_H
#define PLIMSOLL_CONTENT_SURFACE_H

#include "base/str.h"

enum surface_category {
    SURFACE_SHELL,
    SURFACE_PACKAGE_MANAGER,
    SURFACE_COMPILER,
    SURFACE_BUILD_TOOL,
    SURFACE_INTERPRETER,
    SURFACE_NETWORK_TOOL,
    SURFACE_DEBUGGER,
    SURFACE_CACHE,
    SURFACE_CATEGORIES
};

struct surface_row {
    struct str name; /* "gcc", "apt lists" */
    enum surface_category category;
};

struct surface_name {
    struct str name;
    unsigned row;
};

/* A folder by the parts of its path, each with at most one "*" for anything. */
struct surface_pattern {
    struct str text;
    unsigned literal; /* bytes before the first "*", more than 0 */
};

struct surface_tree {
    struct surface_pattern pattern;
    unsigned row;
};

/* Made from content/surface. Names are in the order of str_cmp(). */
extern const struct surface_row surface_rows[];
extern const size_t surface_rows_n;
extern const struct surface_name surface_names[];
extern const size_t surface_names_n;
extern const struct surface_tree surface_trees[];
extern const size_t surface_trees_n;
extern const struct surface_pattern surface_folders[];
extern const size_t surface_folders_n;
extern const uint64_t surface_fingerprint; /* of the tables' text */

/* What a folder is, by its path from the root. */
struct surface_place {
    bool has_programs;              /* names in it are looked up */
    const struct surface_row *tree; /* that it lies in, or NULL; the longest where trees are nested */
    size_t tree_n;                  /* bytes of its path that are the tree's own folder */
};
struct surface_place surface_place(struct str folder);

/* The row of a program's file name; NULL when it is none of interest. */
const struct surface_row *surface_tool(struct str name);

/* "shell", "package manager", ... */
const char *surface_category_name(enum surface_category category);
/* False when there is no such category. */
bool surface_category_of(struct str name, enum surface_category *out);

#endif
