/* How far a comment counts: over further comments below it, and over the whole of a Dockerfile's instruction
 * that begins on the next line. */
#include "base/map.h"
#include "policy/guardrail/suppression.h"

static uint32_t last_line(const struct doc *d) {
    uint32_t last = d->at.line;
    bool is_list = d->kind == DOC_LIST;
    size_t n = is_list ? d->list.n : d->kind == DOC_MAP ? d->map.n : 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t line = last_line(is_list ? d->list.items[i] : d->map.members[i].value);
        last = MAX(last, line);
    }
    return last;
}

static struct str key_of(struct arena *arena, struct str path, uint32_t line) {
    return arena_strf(arena, "%u:%.*s", line, STR_ARG(path));
}

/* First line → last line of instructions that take several. */
static int map_instructions(struct arena *arena, const struct resources *set, struct map *out,
                            struct err *err) {
    for (size_t i = 0; i < set->all.n; i++) {
        const struct resource *r = set->all.p[i];
        bool is_instruction = r->source == RESOURCE_DOCKERFILE && doc_get(r->object, STR("instruction"));
        uint32_t last = is_instruction ? last_line(r->object) : 0;
        if (last <= r->at.line) {
            continue;
        }
        struct str key = key_of(arena, r->file, r->at.line);
        uint64_t *slot = key.p ? map_put(out, key, NULL) : NULL;
        if (!slot) {
            return err_memory(err);
        }
        *slot = last;
    }
    return 0;
}

static bool is_of_line(const struct suppression *s) {
    return s->to && !s->asset;
}

int suppression_widen(struct arena *arena, const struct resources *set, struct suppression_list *list,
                      struct err *err) {
    struct map instructions = map_new(arena);
    int r = map_instructions(arena, set, &instructions, err);
    for (size_t i = list->n; r == 0 && i-- > 0;) {
        struct suppression *s = &list->p[i], *below = i + 1 < list->n ? s + 1 : NULL;
        if (!is_of_line(s)) {
            continue;
        }
        bool is_followed = below && is_of_line(below) && str_eq(below->path, s->path) &&
                           (below->line == s->line || below->line == s->line + 1);
        struct str key = key_of(arena, s->path, s->to);
        if (!key.p) {
            return err_memory(err);
        }
        const uint64_t *last = map_get(&instructions, key);
        s->to = is_followed ? below->to : last ? (uint32_t)*last : s->to;
    }
    return r;
}
