/* The packages of one lockfile with what they need, while it is being read.
 *
 * A reader adds a node for each package under the name by which others speak of it (a folder, "name@range",
 * a bare name), then an edge for each need, and has all written at the end:
 *
 *     struct lock_graph graph;
 *     lock_open(&graph, in, doc_count(packages), err);
 *     lock_add(&graph, key, &package, &node);              every package
 *     lock_need(&graph, node, lock_find(&graph, wanted));  every need
 *     lock_write(&graph, LOCK_DIRECT | LOCK_DEVELOPMENT);
 *
 * The project and its workspaces are nodes too, by lock_add_own(): they are not written, what they need is
 * direct, and what only their development needs lead to is for development. A package without a name (from
 * a folder or a repository) is not written either. Several nodes under one key are told apart by nobody: a
 * need of them by it has no version, and all of them count as reached.
 *
 * Everything lives in the inspection's arena, keys and strings in the file's text or there. */
#ifndef PLIMSOLL_INSPECT_PACKAGES_LOCK_GRAPH_H
#define PLIMSOLL_INSPECT_PACKAGES_LOCK_GRAPH_H

#include "base/map.h"
#include "inspect/packages/language.h"

#define LOCK_NONE SIZE_MAX
#define LOCK_END  UINT32_MAX
/* In what lock_find() gives: there are several of the key. */
#define LOCK_ANY  (SIZE_MAX / 2 + 1)

enum lock_marks {
    LOCK_DIRECT = 1,      /* mark what own nodes need */
    LOCK_DEVELOPMENT = 2, /* mark what is reached from them through development needs alone */
};

enum lock_reach { LOCK_UNREACHED, LOCK_REACHED, LOCK_REACHED_FOR_DEVELOPMENT };

/* A need whose key is looked up when all packages are known. */
struct lock_later {
    size_t from;
    struct str key;
};

struct lock_edge {
    uint32_t to, next; /* a node; LOCK_END ends the list */
    bool is_of_any;    /* whichever of the twins */
    bool is_development;
};

/* Of struct package what lockfiles state: there may be hundreds of thousands. */
struct lock_package {
    struct str name; /* empty: not written */
    struct str version, licence, checksum;
    enum package_type type;
    unsigned flags;
    uint32_t line;
};

struct lock_node {
    struct lock_package package;
    enum lock_reach reach : 8;
    bool is_own, is_direct;
    bool are_twins_reached, are_twins_direct;
    uint32_t first, last; /* edges */
    uint32_t needs_n;
    uint32_t twin; /* the next of the same key */
};

struct lock_graph {
    struct inspection *in;
    struct err *err;
    VEC(struct lock_node) nodes;
    VEC(struct lock_edge) edges;
    VEC(struct lock_later) later;
    VEC(size_t) to_visit;
    struct map keys; /* to the number of the first node, from 1 */
};

/* room: how many nodes there will be, when it is known; more are taken too. All give 0 or ERR_MEMORY. */
int lock_open(struct lock_graph *graph, struct inspection *in, size_t room, struct err *err);
/* Takes of package what struct lock_package has. node may be NULL. */
int lock_add(struct lock_graph *graph, struct str key, const struct package *package, size_t *node);
/* A node of the project's own. */
int lock_add_own(struct lock_graph *graph, struct str key, size_t *node);
/* One more key of a node; one that is taken stays with the first. */
int lock_alias(struct lock_graph *graph, struct str key, size_t node);
/* The node of the key, the first with LOCK_ANY when there are several, or LOCK_NONE. For lock_need() and
 * lock_alias(). */
size_t lock_find(const struct lock_graph *graph, struct str key);
/* to may be LOCK_NONE: what the file does not state, or left out for a platform. */
int lock_need(struct lock_graph *graph, size_t from, size_t to);
/* As lock_need() of lock_find() when all is read: for formats that are read line by line. */
int lock_need_later(struct lock_graph *graph, size_t from, struct str key);
/* As lock_need(), of an own node for development only. */
int lock_need_for_development(struct lock_graph *graph, size_t from, size_t to);
/* Without an own node nothing is marked. */
int lock_write(struct lock_graph *graph, unsigned marks);

#endif
