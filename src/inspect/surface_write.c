/* The account of a target's files, as JSON. */
#include "inspect/surface.h"

enum { WASTED_SHOWN = 100 };

/* What a report can bear. Real accounts have some ten KB. */
static bool has_room(const struct json_writer *w) {
    return w->out->n < LIMIT_RECORD / 4;
}

/* One tool or one cache folder, put together of its files. */
struct account {
    const struct surface_row *row;
    const struct surface_file *file; /* that stands for a tool */
    struct str path;                 /* of a cache */
    size_t layer, hidden_by;
    uint64_t bytes, files;
};

static void put_number(struct json_writer *w, struct str key, uint64_t n) {
    json_key(w, key);
    json_uint(w, n);
}

static void put_layer(struct json_writer *w, const struct surface *surface, size_t layer) {
    put_number(w, STR("layer"), surface->has_layers ? layer + 1 : 0);
    json_key(w, STR("isInBase"));
    json_bool(w, surface->is_in_base && surface->is_in_base[layer]);
}

static void put_owner(struct json_writer *w, const struct surface_file *file) {
    json_member_str(w, STR("package"), file->owner ? file->owner->package.name : STR(""));
    json_member_str(w, STR("purl"), file->owner ? file->owner->purl : STR(""));
}

static void put_file(struct json_writer *w, const struct surface *surface, const struct surface_file *file) {
    char mode[16];
    snprintf(mode, sizeof mode, "%04o", file->entry.mode & 07777);
    json_member_str(w, STR("path"), file->entry.path);
    json_member_str(w, STR("type"), file->entry.type == ENTRY_DIRECTORY ? STR("directory") : STR("file"));
    json_member_str(w, STR("mode"), str_c(mode));
    put_number(w, STR("uid"), file->entry.uid);
    put_number(w, STR("gid"), file->entry.gid);
    put_owner(w, file);
    put_layer(w, surface, file->layer);
}

/* ---- set-id files, and what everyone may write to */

/* True when the file was set-id in the package's layer or above it, below this one. */
static bool was_setid(const struct surface_file *file, size_t since) {
    for (const struct surface_file *below = file->below; below && below->layer >= since;
         below = below->below) {
        if (!below->is_void && below->layer < file->layer && notable_is_setid(&below->entry)) {
            return true;
        }
    }
    return false;
}

/* Later: it lay there without the bit. One that came by itself in a layer above its package's (an image whose
 * layers were cut by size) says nothing of the bit. */
static struct str origin_of(const struct surface_file *file) {
    if (!file->owner) {
        return STR("none");
    }
    size_t since = file->owner->layer ? (size_t)file->owner->layer - 1 : 0;
    return file->layer > since && file->was_below && !was_setid(file, since) ? STR("later") : STR("package");
}

static void put_setid(struct json_writer *w, const struct surface *surface) {
    json_key(w, STR("setid"));
    json_begin_array(w);
    for (size_t i = 0; i < surface->files.n && has_room(w); i++) {
        const struct surface_file *file = surface->files.p[i];
        if (file->is_visible && notable_is_setid(&file->entry)) {
            json_begin_object(w);
            put_file(w, surface, file);
            json_member_str(w, STR("origin"), origin_of(file));
            json_end(w);
        }
    }
    json_end(w);
}

static void put_writable(struct json_writer *w, const struct surface *surface) {
    json_key(w, STR("writable"));
    json_begin_array(w);
    for (size_t i = 0; i < surface->files.n && has_room(w); i++) {
        const struct surface_file *file = surface->files.p[i];
        if (file->is_visible && notable_is_writable(&file->entry)) {
            json_begin_object(w);
            put_file(w, surface, file);
            json_end(w);
        }
    }
    json_end(w);
}

/* ---- tools */

/* A file says more than a link to it. What lies in the tool's own folder is counted there. */
static void add_file(struct account *account, const struct surface_file *file) {
    account->row = file->tool;
    if (!account->file || (account->file->entry.type == ENTRY_SYMLINK && file->entry.type != ENTRY_SYMLINK)) {
        account->file = file;
    }
    if (surface_place(str_dirname(file->entry.path)).tree != file->tool) {
        account->bytes += file->entry.size;
    }
}

static int by_category(const void *a, const void *b) {
    const struct account *x = a, *y = b;
    if (!x->file || !y->file) {
        return (x->file == NULL) - (y->file == NULL);
    }
    int order = (x->row->category > y->row->category) - (x->row->category < y->row->category);
    order = order ? order : (x->bytes < y->bytes) - (x->bytes > y->bytes);
    return order ? order : str_cmp(x->row->name, y->row->name);
}

static void put_tools(struct json_writer *w, const struct surface *surface, struct account *tools) {
    for (size_t i = 0; i < surface->files.n; i++) {
        const struct surface_file *file = surface->files.p[i];
        if (file->is_visible && file->tool) {
            add_file(&tools[file->tool - surface_rows], file);
        }
    }
    for (size_t i = 0; i < surface->parts.n; i++) {
        const struct surface_part *part = &surface->parts.p[i];
        tools[part->row - surface_rows].bytes += part->hidden_by == surface->layers_n ? part->bytes : 0;
    }
    qsort(tools, surface_rows_n, sizeof *tools, by_category);
    json_key(w, STR("tools"));
    json_begin_array(w);
    for (size_t i = 0; i < surface_rows_n && tools[i].file; i++) {
        json_begin_object(w);
        json_member_str(w, STR("name"), tools[i].row->name);
        json_member_str(w, STR("category"), str_c(surface_category_name(tools[i].row->category)));
        json_member_str(w, STR("path"), tools[i].file->entry.path);
        put_number(w, STR("bytes"), tools[i].bytes);
        put_owner(w, tools[i].file);
        put_layer(w, surface, tools[i].file->layer);
        json_end(w);
    }
    json_end(w);
}

/* ---- caches */

typedef VEC(struct account) accounts;

static int add_part(struct arena *arena, accounts *caches, const struct surface_part *part, struct err *err) {
    struct str folder = str_n(part->path.p, surface_place(str_dirname(part->path)).tree_n);
    for (size_t i = 0; i < caches->n; i++) {
        struct account *known = &caches->p[i];
        if (known->layer == part->layer && known->hidden_by == part->hidden_by &&
            str_eq(known->path, folder)) {
            known->bytes += part->bytes;
            known->files += part->files;
            return 0;
        }
    }
    struct account *fresh = VEC_PUSH(arena, caches);
    if (!fresh) {
        return err_memory(err);
    }
    *fresh = (struct account){.row = part->row,
                              .path = folder,
                              .layer = part->layer,
                              .hidden_by = part->hidden_by,
                              .bytes = part->bytes,
                              .files = part->files};
    return 0;
}

static void put_cache(struct json_writer *w, const struct surface *surface, const struct account *cache) {
    json_begin_object(w);
    json_member_str(w, STR("name"), cache->row->name);
    json_member_str(w, STR("path"), cache->path);
    put_number(w, STR("bytes"), cache->bytes);
    put_number(w, STR("files"), cache->files);
    put_layer(w, surface, cache->layer);
    put_number(w, STR("removedIn"), cache->hidden_by < surface->layers_n ? cache->hidden_by + 1 : 0);
    json_end(w);
}

static int by_bytes(const void *a, const void *b) {
    const struct account *x = a, *y = b;
    int order = (x->bytes < y->bytes) - (x->bytes > y->bytes);
    order = order ? order : str_cmp(x->path, y->path);
    return order ? order : (x->layer > y->layer) - (x->layer < y->layer);
}

static int put_caches(struct json_writer *w, const struct surface *surface, uint64_t *removed,
                      struct err *err) {
    accounts caches = {0};
    for (size_t i = 0; i < surface->parts.n; i++) {
        const struct surface_part *part = &surface->parts.p[i];
        bool counts = part->row->category == SURFACE_CACHE && part->bytes;
        int r = counts ? add_part(surface->arena, &caches, part, err) : 0;
        if (r < 0) {
            return r;
        }
        *removed += counts && part->hidden_by < surface->layers_n ? part->bytes : 0;
    }
    if (caches.n) {
        qsort(caches.p, caches.n, sizeof *caches.p, by_bytes);
    }
    json_key(w, STR("caches"));
    json_begin_array(w);
    for (size_t i = 0; i < caches.n && has_room(w); i++) {
        put_cache(w, surface, &caches.p[i]);
    }
    json_end(w);
    return 0;
}

/* ---- what later layers hide */

static bool is_wasted(const struct surface *surface, const struct surface_file *file) {
    if (file->is_void || file->is_visible || file->entry.size < LIMIT_WASTE_FROM) {
        return false;
    }
    const struct surface_row *tree = surface_place(str_dirname(file->entry.path)).tree;
    return surface->has_layers && !(tree && tree->category == SURFACE_CACHE);
}

static int put_wasted(struct json_writer *w, const struct surface *surface, uint64_t removed,
                      struct err *err) {
    accounts files = {0};
    for (size_t i = 0; i < surface->files.n; i++) {
        const struct surface_file *file = surface->files.p[i];
        if (!is_wasted(surface, file)) {
            continue;
        }
        struct account *account = VEC_PUSH(surface->arena, &files);
        if (!account) {
            return err_memory(err);
        }
        *account = (struct account){.path = file->entry.path,
                                    .layer = file->layer,
                                    .hidden_by = file->hidden_by,
                                    .bytes = file->entry.size};
        removed += file->entry.size;
    }
    if (files.n) {
        qsort(files.p, files.n, sizeof *files.p, by_bytes);
    }
    json_key(w, STR("isCut"));
    json_bool(w, !has_room(w));
    json_key(w, STR("wasted"));
    json_begin_object(w);
    put_number(w, STR("bytes"), removed);
    json_key(w, STR("files"));
    json_begin_array(w);
    for (size_t i = 0; i < MIN(files.n, (size_t)WASTED_SHOWN); i++) {
        json_begin_object(w);
        json_member_str(w, STR("path"), files.p[i].path);
        put_number(w, STR("bytes"), files.p[i].bytes);
        put_layer(w, surface, files.p[i].layer);
        put_number(w, STR("removedIn"), files.p[i].hidden_by + 1);
        json_end(w);
    }
    json_end(w);
    json_end(w);
    return 0;
}

/* ---- all of it */

static int by_path(const void *a, const void *b) {
    const struct surface_file *const *x = a, *const *y = b;
    int order = str_cmp((*x)->entry.path, (*y)->entry.path);
    return order ? order : ((*x)->layer > (*y)->layer) - ((*x)->layer < (*y)->layer);
}

int surface_write(struct surface *surface, struct json_writer *w, struct err *err) {
    struct account *tools = arena_array(surface->arena, surface_rows_n, sizeof *tools);
    uint64_t removed = 0;
    if (!tools) {
        return err_memory(err);
    }
    if (surface->files.n) {
        qsort(surface->files.p, surface->files.n, sizeof *surface->files.p, by_path);
    }
    json_begin_object(w);
    put_setid(w, surface);
    put_writable(w, surface);
    put_tools(w, surface, tools);
    int r = put_caches(w, surface, &removed, err);
    r = r == 0 ? put_wasted(w, surface, removed, err) : r;
    json_end(w);
    return r;
}
