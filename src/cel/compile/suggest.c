/* "Did you mean": the known name with the fewest edits to the one written. */
#include "cel/env.h"

enum { NAME_MAX_BYTES = 48, EDITS_MAX = 2 };

static size_t smallest(size_t a, size_t b, size_t c) {
    return MIN(a, MIN(b, c));
}

/* Edits from a to b (Levenshtein), of short names. */
static size_t edits(struct str a, struct str b) {
    size_t row[NAME_MAX_BYTES + 1];
    for (size_t j = 0; j <= b.n; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a.n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t above = row[j];
            bool is_same = ascii_lower(a.p[i - 1]) == ascii_lower(b.p[j - 1]);
            row[j] = smallest(above + 1, row[j - 1] + 1, diagonal + !is_same);
            diagonal = above;
        }
    }
    return row[b.n];
}

struct best {
    struct str wanted, name;
    size_t edits;
};

static struct best best_new(struct str wanted) {
    return (struct best){wanted, STR_NONE, MIN((size_t)EDITS_MAX, wanted.n / 2) + 1};
}

static void consider(struct best *best, struct str name) {
    if (best->wanted.n > NAME_MAX_BYTES || name.n > NAME_MAX_BYTES || !name.n || !ascii_is_alpha(name.p[0])) {
        return;
    }
    size_t n = edits(best->wanted, name);
    if (n < best->edits || (n == best->edits && best->name.n && str_cmp(name, best->name) < 0)) {
        best->edits = n;
        best->name = name;
    }
}

static void consider_map(struct best *best, const struct map *map) {
    for (size_t i = 0; i < map->size; i++) {
        if (map->slots[i].key.p) {
            consider(best, map->slots[i].key);
        }
    }
}

struct str cel_env_suggest_function(const struct cel_env *env, struct str name) {
    struct best best = best_new(name);
    consider_map(&best, &env->functions);
    return best.name;
}

struct str cel_env_suggest_variable(const struct cel_env *env, struct str name, const struct str *locals,
                                    size_t n) {
    struct best best = best_new(name);
    for (size_t i = 0; i < n; i++) {
        consider(&best, locals[i]);
    }
    consider_map(&best, &env->variables);
    return best.name;
}
