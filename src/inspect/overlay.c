#include "inspect/overlay.h"

#include "base/limits.h"

enum hidden { HIDDEN_WHITEOUT = 1, HIDDEN_OPAQUE = 2 };

struct sheet {
    VEC(struct str) paths; /* pieces of ascending hashes, one after the other */
    struct map hidden;     /* path → bits of enum hidden */
    uint64_t folder;       /* the hash of the one that was asked about last: files come folder by folder */
    bool has_folder, hides_folder;
};

struct overlay {
    struct arena *arena;
    size_t n;
    struct sheet *sheets;
};

int overlay_new(struct overlay **out, struct arena *arena, size_t n, struct err *err) {
    struct overlay *overlay = arena_alloc(arena, sizeof *overlay);
    struct sheet *sheets = arena_array(arena, n, sizeof *sheets);
    if (!overlay || !sheets) {
        return err_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        sheets[i].hidden = map_new(arena);
    }
    *overlay = (struct overlay){arena, n, sheets};
    *out = overlay;
    return 0;
}

int overlay_add(struct overlay *overlay, size_t layer, const struct fact *fact, struct err *err) {
    assert(layer < overlay->n);
    struct sheet *sheet = &overlay->sheets[layer];
    sheet->has_folder = false;
    if (fact->kind == FACT_PATHS) {
        struct str *piece = VEC_PUSH(overlay->arena, &sheet->paths);
        if (!piece) {
            return err_memory(err);
        }
        *piece = fact->hashes;
        return 0;
    }
    assert(fact->kind == FACT_HIDDEN);
    uint64_t *bits = map_put(&sheet->hidden, fact->path, NULL);
    if (!bits) {
        return err_memory(err);
    }
    *bits |= fact->flag ? HIDDEN_OPAQUE : HIDDEN_WHITEOUT;
    return 0;
}

static bool piece_has(struct str piece, uint64_t hash) {
    size_t low = 0, high = piece.n / 8;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint64_t value = fact_hash(piece, middle);
        if (value == hash) {
            return true;
        }
        if (value < hash) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}

static bool has_path(const struct sheet *sheet, uint64_t hash) {
    for (size_t i = 0; i < sheet->paths.n; i++) {
        struct str piece = sheet->paths.p[i];
        if (piece.n >= 8 && hash <= fact_hash(piece, piece.n / 8 - 1)) {
            return piece_has(piece, hash);
        }
    }
    return false;
}

static bool is_marked(const struct sheet *sheet, struct str path, uint64_t bits) {
    const uint64_t *marks = map_get(&sheet->hidden, path);
    return marks && (*marks & bits);
}

/* Whether all that is below the folder is hidden. */
static bool find_folder(const struct sheet *sheet, struct str folder) {
    for (struct str above = folder; above.n; above = str_dirname(above)) {
        if (is_marked(sheet, above, HIDDEN_WHITEOUT | HIDDEN_OPAQUE) ||
            has_path(sheet, facts_path_hash(above))) {
            return true;
        }
    }
    return is_marked(sheet, STR(""), HIDDEN_OPAQUE);
}

static bool hides(struct sheet *sheet, struct str path) {
    if (is_marked(sheet, path, HIDDEN_WHITEOUT) || has_path(sheet, facts_path_hash(path)) ||
        (path.n <= LIMIT_PATH && has_path(sheet, facts_directory_hash(path)))) {
        return true;
    }
    struct str folder = str_dirname(path);
    uint64_t hash = facts_path_hash(folder);
    if (!sheet->has_folder || hash != sheet->folder) {
        sheet->hides_folder = find_folder(sheet, folder);
        sheet->folder = hash;
        sheet->has_folder = true;
    }
    return sheet->hides_folder;
}

size_t overlay_hidden_by(const struct overlay *overlay, size_t layer, struct str path) {
    size_t above = layer + 1;
    while (above < overlay->n && !hides(&overlay->sheets[above], path)) {
        above++;
    }
    return above;
}

bool overlay_shows(const struct overlay *overlay, struct str path) {
    uint64_t hash = facts_path_hash(path);
    for (size_t i = overlay->n; i-- > 0;) {
        if (has_path(&overlay->sheets[i], hash)) {
            return overlay_hidden_by(overlay, i, path) == overlay->n;
        }
    }
    return false;
}

bool overlay_has_below(const struct overlay *overlay, size_t layer, struct str path) {
    uint64_t hash = facts_path_hash(path);
    for (size_t i = 0; i < layer; i++) {
        if (has_path(&overlay->sheets[i], hash)) {
            return true;
        }
    }
    return false;
}
