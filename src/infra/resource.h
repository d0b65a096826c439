/* What templates, manifests, images, clusters and accounts declare: one resource for each thing, all in one
 * set.
 *
 * A reader (infra/kubernetes, infra/compose, ...) adds resources in their provider's own shape and notes
 * which others they name. When everything is read, resources_link() turns the names into edges. Checks look
 * only at the finished set.
 *
 *     struct resources set = resources_new(&arena);
 *     kubernetes_read(&set, STR("web.yaml"), text, &n, err);
 *     resources_link(&set);
 *     for (const struct resource *r = resources_of_kind(&set, STR("Deployment.apps")); r; r =
 * r->next_of_kind)
 *
 * Everything lives in the arena of the set, strings and documents of a resource too; none of them changes
 * once it is added. A set is read by any number of threads after resources_link().
 *
 * But trees of very many documents would take far more memory than all else. So a set that has `trees` may
 * hold documents packed (doc/pack.h), and is for one thread. resource_object() makes their trees when they
 * are asked for; they stay until resources_rest(), which who goes from one resource to the next calls between
 * them:
 *
 *     for (size_t i = 0; i < set.all.n; i++) {
 *         resources_rest(&set);
 *         const struct doc *object = resource_object(set.all.p[i]);
 *         if (!object) return err_memory(err);                                                     */
#ifndef PLIMSOLL_INFRA_RESOURCE_H
#define PLIMSOLL_INFRA_RESOURCE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "doc/doc.h"

/* Append only: the numbers are stored. */
enum resource_source {
    RESOURCE_DOCKERFILE,
    RESOURCE_COMPOSE,
    RESOURCE_KUBERNETES,
    RESOURCE_IMAGE,
    RESOURCE_SOURCES,
};

struct resource_edge;
struct resource;

/* Trees that are made when they are asked for. */
struct resource_trees {
    struct arena *arena;
    struct resource_document *open; /* whose trees are there */
};

/* A packed document, and what it declares. */
struct resource_document {
    struct resource_trees *trees;
    struct str packed;
    struct resource **resources;
    size_t n;
    /* Makes the tree in arena and sets .object and .input of the resources; negative without memory. */
    int (*unpack)(const struct resource_document *document, struct arena *arena);
    struct resource_document *next_open;
};

struct resource {
    enum resource_source source;
    struct str kind;        /* "Deployment.apps", "Pod", "compose.Service", "Dockerfile" */
    struct str api_version; /* "apps/v1"; empty where the kind has none */
    struct str namespace;   /* empty outside of any */
    struct str name;
    struct str key; /* stable and natural: "prod/Deployment.apps/web"; not unique when declared twice */
    struct str file;
    const struct doc *object; /* in the shape that checks are written for: see resource_object() */
    const struct doc *input;  /* the document that it stands in, as it was read */
    struct doc_place at;      /* of the object, in file */
    /* The labels of a workload's pods, by which others select it; NULL for what has no pods. */
    const struct doc *pod_labels;
    struct resource_document *document; /* NULL: object and input are always there */
    /* A stage or instruction: the Dockerfile. NULL for what stands for itself. Findings are on the whole. */
    struct resource *part_of;
    int64_t asset; /* in the store; set when it is written there */

    /* Kept by the set; leave them zero. */
    struct resource *next_of_kind, *next_of_key;
    struct resource_edge *out, *in; /* edges that begin, that end here */
};

/* "from names to at this place". */
struct resource_edge {
    struct resource *from, *to; /* to is NULL when nothing in the set has that key */
    struct str to_kind, to_key;
    struct doc_place at; /* of the value that names it, in the file of from */
    struct resource_edge *next_out, *next_in;
};

struct resources {
    struct arena *arena;
    VEC(struct resource *) all; /* in the order in which they were added */
    VEC(struct resource_edge *) edges;
    VEC(struct str) files; /* named by doc_place.file, from 1 */
    struct map kinds, keys;
    struct resource_trees *trees; /* NULL: no document is packed */
    size_t steps;                 /* that were taken to find what resources name, see LIMIT_RESOURCE_STEPS */
    bool edges_cut;               /* LIMIT_RESOURCE_EDGES was reached: some are missing */
};

struct resources resources_new(struct arena *arena);

/* The object of r, and r->input, made when they are not there; NULL when there is no memory. */
const struct doc *resource_object(const struct resource *r);
/* The same in the set's arena, for good. Not between a resource_object() and the end of what it is for. */
const struct doc *resource_keep(const struct resources *set, const struct resource *r);
/* Lets go of what resource_object() made, once it is more than LIMIT_RESOURCE_TREES. */
void resources_rest(const struct resources *set);

/* The number of a file for doc_place.file, the same for the same name; 0 when there is no memory. */
uint32_t resources_file(struct resources *set, struct str name) _nodiscard_;
/* The file that a place in a value of r is in. */
struct str resources_file_of(const struct resources *set, const struct resource *r, struct doc_place at);

/* Copies *r into the set. ERR_LIMIT past LIMIT_RESOURCES. *out may be NULL. */
int resources_add(struct resources *set, const struct resource *r, struct resource **out, struct err *err);

/* Notes that from names the resource with this kind and key; strings must live as long as the set. Past
 * LIMIT_RESOURCE_EDGES it only sets edges_cut. */
int resources_refer(struct resources *set, struct resource *from, struct str to_kind, struct str to_key,
                    struct doc_place at, struct err *err);
/* As resources_refer(), to a resource that is known already. */
int resources_connect(struct resources *set, struct resource *from, struct resource *to, struct doc_place at,
                      struct err *err);
/* Finds what each reference names. Call it once, after all resources were added. */
void resources_link(struct resources *set);

/* The first of a kind; follow next_of_kind. NULL when there is none. */
const struct resource *resources_of_kind(const struct resources *set, struct str kind);
/* The first with this key; follow next_of_key. */
const struct resource *resources_by_key(const struct resources *set, struct str key);

/* Those tied to r by an edge in either direction, one after the other, NULL at the end; one that is tied
 * twice comes twice. kind may be empty for all kinds.
 *
 *     struct resource_walk walk = resource_walk_over(r);
 *     for (const struct resource *other; (other = resource_walk_next(&walk, STR("Service")));) */
struct resource_walk {
    const struct resource_edge *out, *in;
};
struct resource_walk resource_walk_over(const struct resource *r);
const struct resource *resource_walk_next(struct resource_walk *walk, struct str kind);

/* "dockerfile", "compose", "kubernetes", "image". */
const char *resource_source_name(enum resource_source source);

#endif
