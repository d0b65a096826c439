#include "content/surface.h"

/* ---- folders */

static bool fits_part(struct str pattern, struct str part) {
    struct str before, after;
    if (!str_cut(pattern, '*', &before, &after)) {
        return str_eq(pattern, part);
    }
    return part.n >= before.n + after.n && str_starts(part, before) && str_ends(part, after);
}

/* Bytes at the front of path that fit the whole pattern; 0 when it does not. */
static size_t fit(struct str pattern, struct str path) {
    struct str rest = path, wanted, part;
    while (str_split(&pattern, '/', &wanted)) {
        if (!str_split(&rest, '/', &part) || !fits_part(wanted, part)) {
            return 0;
        }
    }
    return rest.p ? (size_t)(rest.p - path.p) - 1 : path.n;
}

/* Layers may have a folder for every few files, and nearly all of them end here. */
static bool may_fit(const struct surface_pattern *pattern, struct str path) {
    return path.n >= pattern->literal && path.p[0] == pattern->text.p[0] &&
           memcmp(path.p, pattern->text.p, pattern->literal) == 0;
}

struct surface_place surface_place(struct str folder) {
    struct surface_place place = {0};
    if (!folder.n) {
        return place;
    }
    for (size_t i = 0; i < surface_folders_n && !place.has_programs; i++) {
        const struct surface_pattern *pattern = &surface_folders[i];
        place.has_programs = may_fit(pattern, folder) && fit(pattern->text, folder) == folder.n;
    }
    for (size_t i = 0; i < surface_trees_n; i++) {
        const struct surface_pattern *pattern = &surface_trees[i].pattern;
        size_t n = may_fit(pattern, folder) ? fit(pattern->text, folder) : 0;
        if (n > place.tree_n) {
            place.tree = &surface_rows[surface_trees[i].row];
            place.tree_n = n;
        }
    }
    return place;
}

/* ---- names */

static const struct surface_row *find(struct str name) {
    size_t low = 0, high = surface_names_n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(name, surface_names[middle].name);
        if (order == 0) {
            return &surface_rows[surface_names[middle].row];
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

/* "x86_64-linux-gnu-gcc-12" → "gcc-12", as GNU and LLVM name tools for a target. */
static struct str without_target(struct str name) {
    ptrdiff_t at = str_find(name, STR("-linux-"));
    struct str library, tool;
    return at > 0 && str_cut(str_from(name, (size_t)at + 7), '-', &library, &tool) ? tool : name;
}

/* "python3.11" → "python", "gcc-12" → "gcc". */
static struct str without_version(struct str name) {
    size_t n = name.n;
    while (n && (ascii_is_digit(name.p[n - 1]) || name.p[n - 1] == '.')) {
        n--;
    }
    return str_n(name.p, n && n < name.n && name.p[n - 1] == '-' ? n - 1 : n);
}

const struct surface_row *surface_tool(struct str name) {
    const struct surface_row *row = find(name);
    if (!row && name.n) {
        name = without_target(name);
        row = find(name);
    }
    if (!row && name.n) {
        row = find(without_version(name));
    }
    return row;
}
