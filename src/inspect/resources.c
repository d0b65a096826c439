#include "inspect/resources.h"

#include "doc/pack.h"
#include "infra/dockerfile.h"
#include "infra/kubernetes/read.h"
#include "infra/link.h"

static int add_document(struct resources *set, const struct inventory_document *document, struct err *err) {
    if (document->format != DOCUMENT_DOCKERFILE) {
        return kubernetes_add_packed(set, document->path, document->bytes, err);
    }
    struct cursor in = cursor_over(document->bytes);
    const struct doc *root;
    int r = doc_unpack(set->arena, &in, &root, err);
    return r == 0 ? dockerfile_add(set, document->path, root, err) : r;
}

static int add_compose(struct resources *set, const struct inventory *inventory,
                       const struct inventory_document *document, const struct compose_sources *sources,
                       struct err *err) {
    return compose_is_override(document->path) ? 0
                                               : compose_project_add(set, inventory, document, sources, err);
}

int resources_gather(struct arena *arena, struct arena *trees, const struct inventory *inventory,
                     const struct compose_sources *sources, struct resources *set, struct problem *problems,
                     size_t problems_max, size_t *problems_n, struct err *err) {
    *set = resources_new(arena);
    *problems_n = 0;
    set->trees = arena_alloc(arena, sizeof *set->trees);
    if (!set->trees) {
        return err_memory(err);
    }
    set->trees->arena = trees;
    for (size_t i = 0; i < inventory->documents_n; i++) {
        const struct inventory_document *document = &inventory->documents[i];
        struct err local = ERR_NONE;
        int r = document->format == DOCUMENT_COMPOSE ? add_compose(set, inventory, document, sources, &local)
                                                     : add_document(set, document, &local);
        if (r == ERR_MEMORY) {
            return err_memory(err);
        }
        if (r < 0 && *problems_n < problems_max) {
            problems[(*problems_n)++] = (struct problem){
                document->path, arena_strf(arena, "%s", local.message), r != ERR_UNSUPPORTED};
        }
    }
    return infra_link(set, err);
}
