#include "inspect/surface.h"

struct surface surface_new(struct arena *arena, size_t layers_n, bool has_layers) {
    return (struct surface){
        .arena = arena, .layers_n = layers_n, .has_layers = has_layers, .newest = map_new(arena)};
}

/* ---- facts → entries and parts */

static int take_entry(struct surface *surface, size_t layer, const struct fact *fact, struct err *err) {
    struct surface_file *file = arena_alloc(surface->arena, sizeof *file);
    struct surface_file **slot = file ? VEC_PUSH(surface->arena, &surface->files) : NULL;
    uint64_t *newest = slot ? map_put(&surface->newest, fact->entry.path, NULL) : NULL;
    if (!newest) {
        return err_memory(err);
    }
    *file = (struct surface_file){.entry = fact->entry,
                                  .layer = layer,
                                  .hidden_by = surface->layers_n,
                                  .below = (struct surface_file *)(uintptr_t)*newest,
                                  .tool = notable_tool(&fact->entry)};
    *slot = file;
    *newest = (uint64_t)(uintptr_t)file;
    return 0;
}

static void void_path(const struct surface *surface, size_t layer, struct str path) {
    const uint64_t *newest = map_get(&surface->newest, path);
    struct surface_file *file = newest ? (struct surface_file *)(uintptr_t)*newest : NULL;
    for (; file && file->layer == layer; file = file->below) {
        file->is_void = true;
    }
}

static int take_tree(struct surface *surface, size_t layer, const struct fact *fact, struct err *err) {
    const struct surface_row *row = surface_place(str_dirname(fact->path)).tree;
    struct surface_part *part = row ? VEC_PUSH(surface->arena, &surface->parts) : NULL;
    if (row && !part) {
        return err_memory(err);
    }
    if (part) {
        *part = (struct surface_part){.path = fact->path,
                                      .layer = layer,
                                      .bytes = fact->tree_bytes,
                                      .files = fact->tree_files,
                                      .hidden_by = surface->layers_n,
                                      .row = row};
    }
    return 0;
}

int surface_take(struct surface *surface, size_t layer, const struct fact *fact, struct err *err) {
    if (fact->kind == FACT_REPLACED) {
        void_path(surface, layer, fact->path);
        return 0;
    }
    return fact->kind == FACT_TREE ? take_tree(surface, layer, fact, err)
                                   : take_entry(surface, layer, fact, err);
}

/* ---- what can be seen */

/* Where a link leads, by one step: without a leading slash, "." and "..". Empty when it is too long. */
static struct str target_of(const struct entry *link, char out[LIMIT_PATH]) {
    size_t n = 0;
    struct str folder = str_starts(link->link, STR("/")) ? STR_NONE : str_dirname(link->path);
    struct str pieces[] = {folder, link->link}, part;
    for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
        while (str_split(&pieces[i], '/', &part)) {
            if (str_eq(part, STR(".."))) {
                n = str_dirname(str_n(out, n)).n;
            } else if (part.n && !str_eq(part, STR("."))) {
                if (n + 1 + part.n > LIMIT_PATH) {
                    return STR_NONE;
                }
                out[n] = '/';
                n += n > 0;
                memcpy(out + n, part.p, part.n);
                n += part.n;
            }
        }
    }
    return str_n(out, n);
}

/* What a package left behind may point nowhere. Its target may be stated by the path before /bin and its like
 * went below /usr. */
static bool leads_somewhere(const struct surface *surface, const struct overlay *overlay,
                            const struct entry *link) {
    char target[LIMIT_PATH], below_usr[LIMIT_PATH + 4];
    struct str path = target_of(link, target);
    if (!surface->has_layers || overlay_shows(overlay, path)) {
        return true;
    }
    int n = snprintf(below_usr, sizeof below_usr, "usr/%.*s", STR_ARG(path));
    return n > 0 && overlay_shows(overlay, str_n(below_usr, MIN((size_t)n, sizeof below_usr - 1)));
}

void surface_merge(struct surface *surface, const struct overlay *overlay) {
    for (size_t i = 0; i < surface->files.n; i++) {
        struct surface_file *file = surface->files.p[i];
        if (!file->is_void) {
            file->hidden_by = overlay_hidden_by(overlay, file->layer, file->entry.path);
            file->is_visible =
                file->hidden_by == surface->layers_n &&
                (file->entry.type != ENTRY_SYMLINK || leads_somewhere(surface, overlay, &file->entry));
            file->was_below = file->is_visible && notable_is_setid(&file->entry) &&
                              overlay_has_below(overlay, file->layer, file->entry.path);
        }
    }
    for (size_t i = 0; i < surface->parts.n; i++) {
        struct surface_part *part = &surface->parts.p[i];
        part->hidden_by = overlay_hidden_by(overlay, part->layer, part->path);
    }
}

bool surface_is_known(const struct surface *surface) {
    return surface->files.n || surface->parts.n;
}
