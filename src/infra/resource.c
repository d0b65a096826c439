#include "infra/resource.h"

#include "base/limits.h"

struct resources resources_new(struct arena *arena) {
    return (struct resources){.arena = arena, .kinds = map_new(arena), .keys = map_new(arena)};
}

/* ---- trees on demand */

static void forget(struct resource_document *document) {
    for (size_t i = 0; i < document->n; i++) {
        document->resources[i]->object = document->resources[i]->input = NULL;
    }
}

const struct doc *resource_object(const struct resource *r) {
    struct resource_document *document = r->document;
    if (r->object || !document) {
        return r->object;
    }
    if (document->unpack(document, document->trees->arena) < 0) {
        forget(document);
        return NULL;
    }
    document->next_open = document->trees->open;
    document->trees->open = document;
    return r->object;
}

static void let_go(struct resource_trees *trees) {
    for (struct resource_document *d = trees->open; d; d = d->next_open) {
        forget(d);
    }
    trees->open = NULL;
    arena_reset(trees->arena);
}

void resources_rest(const struct resources *set) {
    if (set->trees && set->trees->arena->used > LIMIT_RESOURCE_TREES) {
        let_go(set->trees);
    }
}

const struct doc *resource_keep(const struct resources *set, const struct resource *r) {
    struct resource_document *document = r->document;
    if (!document) {
        return r->object;
    }
    let_go(document->trees);
    if (!r->object && document->unpack(document, set->arena) < 0) {
        forget(document);
    }
    return r->object;
}

/* ---- resources */

uint32_t resources_file(struct resources *set, struct str name) {
    for (size_t i = set->files.n; i > 0; i--) {
        if (str_eq(set->files.p[i - 1], name)) {
            return (uint32_t)i;
        }
    }
    struct str kept = arena_str(set->arena, name);
    struct str *slot = kept.p ? VEC_PUSH(set->arena, &set->files) : NULL;
    if (!slot) {
        return 0;
    }
    *slot = kept;
    return (uint32_t)set->files.n;
}

struct str resources_file_of(const struct resources *set, const struct resource *r, struct doc_place at) {
    assert(at.file <= set->files.n);
    return at.file ? set->files.p[at.file - 1] : r->file;
}

/* The first and the last of each chain, so that chains keep the order in which resources were added. */
struct chain {
    struct resource *first, *last;
};

/* NULL when there is no memory. */
static struct chain *chain_of(struct arena *arena, struct map *map, struct str name) {
    uint64_t *slot = map_put(map, name, NULL);
    if (slot && !*slot) {
        *slot = (uint64_t)(uintptr_t)arena_alloc(arena, sizeof(struct chain));
    }
    return slot ? (struct chain *)(uintptr_t)*slot : NULL;
}

static struct resource *first_of(const struct map *map, struct str name) {
    const uint64_t *slot = map_get(map, name);
    const struct chain *chain = slot ? (const struct chain *)(uintptr_t)*slot : NULL;
    return chain ? chain->first : NULL;
}

static void chain_kind(struct chain *chain, struct resource *r) {
    *(chain->last ? &chain->last->next_of_kind : &chain->first) = r;
    chain->last = r;
}

static void chain_key(struct chain *chain, struct resource *r) {
    *(chain->last ? &chain->last->next_of_key : &chain->first) = r;
    chain->last = r;
}

int resources_add(struct resources *set, const struct resource *r, struct resource **out, struct err *err) {
    assert(r->source < RESOURCE_SOURCES && !r->next_of_kind && !r->next_of_key && !r->out && !r->in);
    if (set->all.n >= LIMIT_RESOURCES) {
        return err_set(err, ERR_LIMIT, "more than %u resources", (unsigned)LIMIT_RESOURCES);
    }
    struct resource *copy = arena_alloc(set->arena, sizeof *copy);
    struct chain *kind = copy ? chain_of(set->arena, &set->kinds, r->kind) : NULL;
    struct chain *key = kind ? chain_of(set->arena, &set->keys, r->key) : NULL;
    struct resource **slot = key ? VEC_PUSH(set->arena, &set->all) : NULL;
    if (!slot) {
        return err_memory(err);
    }
    *copy = *r;
    *slot = copy;
    chain_kind(kind, copy);
    chain_key(key, copy);
    if (out) {
        *out = copy;
    }
    return 0;
}

static int add_edge(struct resources *set, struct resource_edge edge, struct err *err) {
    if (set->edges.n >= LIMIT_RESOURCE_EDGES) {
        set->edges_cut = true;
        return 0;
    }
    struct resource_edge *copy = arena_alloc(set->arena, sizeof *copy);
    struct resource_edge **slot = copy ? VEC_PUSH(set->arena, &set->edges) : NULL;
    if (!slot) {
        return err_memory(err);
    }
    *copy = edge;
    *slot = copy;
    return 0;
}

int resources_refer(struct resources *set, struct resource *from, struct str to_kind, struct str to_key,
                    struct doc_place at, struct err *err) {
    return add_edge(set, (struct resource_edge){from, NULL, to_kind, to_key, at, NULL, NULL}, err);
}

int resources_connect(struct resources *set, struct resource *from, struct resource *to, struct doc_place at,
                      struct err *err) {
    return add_edge(set, (struct resource_edge){from, to, to->kind, to->key, at, NULL, NULL}, err);
}

/* A key may be that of two kinds, as "a.b/c" of two sources. */
static struct resource *find(const struct resources *set, struct str kind, struct str key) {
    struct resource *r = first_of(&set->keys, key);
    while (r && !str_eq(r->kind, kind)) {
        r = r->next_of_key;
    }
    return r;
}

/* From the last to the first, so that each chain is in the order of the references. */
void resources_link(struct resources *set) {
    for (size_t i = set->edges.n; i > 0; i--) {
        struct resource_edge *edge = set->edges.p[i - 1];
        edge->to = edge->to ? edge->to : find(set, edge->to_kind, edge->to_key);
        edge->next_out = edge->from->out;
        edge->from->out = edge;
        if (edge->to) {
            edge->next_in = edge->to->in;
            edge->to->in = edge;
        }
    }
}

const struct resource *resources_of_kind(const struct resources *set, struct str kind) {
    return first_of(&set->kinds, kind);
}

const struct resource *resources_by_key(const struct resources *set, struct str key) {
    return first_of(&set->keys, key);
}

struct resource_walk resource_walk_over(const struct resource *r) {
    return (struct resource_walk){r->out, r->in};
}

static const struct resource *step(struct resource_walk *walk) {
    if (walk->out) {
        const struct resource *to = walk->out->to;
        walk->out = walk->out->next_out;
        return to;
    }
    const struct resource *from = walk->in->from;
    walk->in = walk->in->next_in;
    return from;
}

const struct resource *resource_walk_next(struct resource_walk *walk, struct str kind) {
    while (walk->out || walk->in) {
        const struct resource *r = step(walk);
        if (r && (kind.n == 0 || str_eq(r->kind, kind))) {
            return r;
        }
    }
    return NULL;
}

const char *resource_source_name(enum resource_source source) {
    static const char *const names[] = {
        [RESOURCE_DOCKERFILE] = "dockerfile",
        [RESOURCE_COMPOSE] = "compose",
        [RESOURCE_KUBERNETES] = "kubernetes",
        [RESOURCE_IMAGE] = "image",
    };
    return names[source];
}
