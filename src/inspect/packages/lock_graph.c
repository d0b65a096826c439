#include "inspect/packages/lock_graph.h"

int lock_open(struct lock_graph *graph, struct inspection *in, size_t room, struct err *err) {
    *graph = (struct lock_graph){.in = in, .err = err, .keys = map_new(in->arena)};
    graph->nodes.p = arena_array(in->arena, room + 1, sizeof *graph->nodes.p);
    graph->nodes.cap = room + 1;
    return graph->nodes.p ? 0 : err_memory(err);
}

/* NULL when there is no memory; a new key is of node. */
static uint64_t *put_key(struct lock_graph *graph, struct str key, size_t node, bool *is_new) {
    uint64_t *slot = map_put(&graph->keys, key, is_new);
    if (slot && *is_new) {
        *slot = node + 1;
    }
    return slot;
}

static size_t without_any(size_t found) {
    return found & ~LOCK_ANY;
}

int lock_add(struct lock_graph *graph, struct str key, const struct package *package, size_t *node) {
    struct lock_node *slot = VEC_PUSH(graph->in->arena, &graph->nodes);
    if (!slot) {
        return err_memory(graph->err);
    }
    size_t number = graph->nodes.n - 1;
    *slot = (struct lock_node){.package = {.name = package->name,
                                           .version = package->version,
                                           .licence = package->licence,
                                           .checksum = package->checksum,
                                           .type = package->type,
                                           .flags = package->flags,
                                           .line = package->line},
                               .first = LOCK_END,
                               .last = LOCK_END,
                               .twin = LOCK_END};
    if (node) {
        *node = number;
    }
    bool is_new = true;
    uint64_t *known = key.n ? put_key(graph, key, number, &is_new) : NULL;
    if (!is_new) {
        struct lock_node *first = &graph->nodes.p[without_any((size_t)*known - 1)];
        slot->twin = first->twin;
        first->twin = (uint32_t)number;
        *known = (((uint64_t)*known - 1) | LOCK_ANY) + 1;
    }
    return key.n && !known ? err_memory(graph->err) : 0;
}

int lock_add_own(struct lock_graph *graph, struct str key, size_t *node) {
    size_t own = LOCK_NONE;
    int rc = lock_add(graph, key, &(struct package){.name = STR_NONE}, &own);
    if (rc == 0) {
        graph->nodes.p[own].is_own = true;
        *node = own;
    }
    return rc;
}

int lock_alias(struct lock_graph *graph, struct str key, size_t node) {
    bool is_new;
    return key.n && !put_key(graph, key, without_any(node), &is_new) ? err_memory(graph->err) : 0;
}

size_t lock_find(const struct lock_graph *graph, struct str key) {
    const uint64_t *slot = key.n ? map_get(&graph->keys, key) : NULL;
    return slot ? (size_t)*slot - 1 : LOCK_NONE;
}

static int add_edge(struct lock_graph *graph, size_t from, size_t to, bool is_development) {
    if (to == LOCK_NONE || without_any(to) == from) {
        return 0;
    }
    struct lock_edge *edge = VEC_PUSH(graph->in->arena, &graph->edges);
    if (!edge) {
        return err_memory(graph->err);
    }
    struct lock_node *node = &graph->nodes.p[from];
    size_t number = graph->edges.n - 1;
    *edge = (struct lock_edge){.to = (uint32_t)without_any(to),
                               .next = LOCK_END,
                               .is_of_any = to & LOCK_ANY,
                               .is_development = is_development};
    if (node->last == LOCK_END) {
        node->first = (uint32_t)number;
    } else {
        graph->edges.p[node->last].next = (uint32_t)number;
    }
    node->last = (uint32_t)number;
    node->needs_n++;
    return 0;
}

int lock_need(struct lock_graph *graph, size_t from, size_t to) {
    return add_edge(graph, from, to, false);
}

int lock_need_for_development(struct lock_graph *graph, size_t from, size_t to) {
    return add_edge(graph, from, to, true);
}

int lock_need_later(struct lock_graph *graph, size_t from, struct str key) {
    struct lock_later *later = key.n ? VEC_PUSH(graph->in->arena, &graph->later) : NULL;
    if (key.n && !later) {
        return err_memory(graph->err);
    }
    if (later) {
        *later = (struct lock_later){from, key};
    }
    return 0;
}

static int add_later(struct lock_graph *graph) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < graph->later.n; i++) {
        rc = lock_need(graph, graph->later.p[i].from, lock_find(graph, graph->later.p[i].key));
    }
    return rc;
}

/* ---- marks */

static int reach(struct lock_graph *graph, size_t node, enum lock_reach how) {
    if (graph->nodes.p[node].reach != LOCK_UNREACHED) {
        return 0;
    }
    size_t *slot = VEC_PUSH(graph->in->arena, &graph->to_visit);
    if (!slot) {
        return err_memory(graph->err);
    }
    *slot = node;
    graph->nodes.p[node].reach = how;
    return 0;
}

/* Twins are walked once, however many edges name them. */
static int follow(struct lock_graph *graph, const struct lock_edge *edge, enum lock_reach how) {
    int rc = 0;
    size_t first = edge->to;
    size_t twin = edge->is_of_any && !graph->nodes.p[first].are_twins_reached ? first : LOCK_END;
    graph->nodes.p[first].are_twins_reached |= edge->is_of_any;
    for (; rc == 0 && twin != LOCK_END; twin = graph->nodes.p[twin].twin) {
        rc = reach(graph, twin, how);
    }
    return rc < 0 ? rc : reach(graph, first, how);
}

static int visit(struct lock_graph *graph, size_t node, bool is_development, enum lock_reach how) {
    int rc = 0;
    for (size_t at = graph->nodes.p[node].first; rc == 0 && at != LOCK_END; at = graph->edges.p[at].next) {
        const struct lock_edge *edge = &graph->edges.p[at];
        rc = edge->is_development == is_development ? follow(graph, edge, how) : 0;
    }
    return rc;
}

/* What the own nodes need, and what that needs. */
static int find_reached(struct lock_graph *graph, bool is_development, enum lock_reach how) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < graph->nodes.n; i++) {
        rc = graph->nodes.p[i].is_own ? visit(graph, i, is_development, how) : 0;
    }
    for (size_t i = 0; rc == 0 && i < graph->to_visit.n; i++) {
        rc = visit(graph, graph->to_visit.p[i], false, how);
    }
    graph->to_visit.n = 0;
    return rc;
}

static void mark_direct(struct lock_graph *graph, const struct lock_edge *edge) {
    struct lock_node *first = &graph->nodes.p[edge->to];
    size_t twin = edge->is_of_any && !first->are_twins_direct ? first->twin : LOCK_END;
    first->is_direct = true;
    first->are_twins_direct |= edge->is_of_any;
    for (; twin != LOCK_END; twin = graph->nodes.p[twin].twin) {
        graph->nodes.p[twin].is_direct = true;
    }
}

static void find_direct(struct lock_graph *graph) {
    for (size_t i = 0; i < graph->nodes.n; i++) {
        size_t at = graph->nodes.p[i].is_own ? graph->nodes.p[i].first : LOCK_END;
        for (; at != LOCK_END; at = graph->edges.p[at].next) {
            mark_direct(graph, &graph->edges.p[at]);
        }
    }
}

/* ---- writing */

static size_t list_needs(const struct lock_graph *graph, const struct lock_node *node,
                         struct package_need *out) {
    size_t n = 0;
    for (size_t at = node->first; at != LOCK_END; at = graph->edges.p[at].next) {
        const struct lock_edge *edge = &graph->edges.p[at];
        const struct lock_package *to = &graph->nodes.p[edge->to].package;
        if (to->name.n) {
            out[n++] = (struct package_need){to->name, edge->is_of_any ? STR_NONE : to->version};
        }
    }
    return n;
}

/* needs has room for what any node needs. */
static void write_node(struct lock_graph *graph, const struct lock_node *node, unsigned marks,
                       struct package_need *needs) {
    struct package package = {.type = node->package.type,
                              .flags = node->package.flags,
                              .name = node->package.name,
                              .version = node->package.version,
                              .licence = node->package.licence,
                              .checksum = node->package.checksum,
                              .line = node->package.line,
                              .needs = needs,
                              .needs_n = list_needs(graph, node, needs)};
    bool is_development = node->reach == LOCK_REACHED_FOR_DEVELOPMENT;
    package.flags |= marks & LOCK_DIRECT && node->is_direct ? PACKAGE_IS_DIRECT : 0;
    package.flags |= marks & LOCK_DEVELOPMENT && is_development ? PACKAGE_IS_DEVELOPMENT : 0;
    language_package(graph->in, &package);
}

static int write_nodes(struct lock_graph *graph, unsigned marks) {
    size_t most = 0;
    for (size_t i = 0; i < graph->nodes.n; i++) {
        most = MAX(most, graph->nodes.p[i].needs_n);
    }
    struct package_need *needs = arena_array(graph->in->arena, most + 1, sizeof *needs);
    for (size_t i = 0; needs && i < graph->nodes.n; i++) {
        if (graph->nodes.p[i].package.name.n) {
            write_node(graph, &graph->nodes.p[i], marks, needs);
        }
    }
    return needs ? 0 : err_memory(graph->err);
}

static bool has_own(const struct lock_graph *graph) {
    for (size_t i = 0; i < graph->nodes.n; i++) {
        if (graph->nodes.p[i].is_own) {
            return true;
        }
    }
    return false;
}

int lock_write(struct lock_graph *graph, unsigned marks) {
    marks &= has_own(graph) ? ~0u : 0;
    int rc = add_later(graph);
    if (rc == 0 && marks & LOCK_DEVELOPMENT) {
        rc = find_reached(graph, false, LOCK_REACHED);
        rc = rc < 0 ? rc : find_reached(graph, true, LOCK_REACHED_FOR_DEVELOPMENT);
    }
    find_direct(graph);
    return rc < 0 ? rc : write_nodes(graph, marks);
}
