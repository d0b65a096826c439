/* Which code points no instruction tells apart: the sets' ends cut all code points into intervals, and each
 * set in turn splits the classes that it holds in part. */
#include "base/limits.h"
#include "cel/regex/program.h"

/* Steps after which the pattern goes without: sets that are written shortly can have many intervals each. */
enum { WORK_MAX = 16 * LIMIT_REGEX_SIZE };

struct partition {
    VEC(uint32_t) starts;
    uint8_t *classes;           /* of each interval */
    size_t members[CLASS_ROOM]; /* intervals in each class */
    size_t inside[CLASS_ROOM];  /* of them in the set at hand */
    uint8_t moved[CLASS_ROOM];  /* the new class of those */
    size_t count;               /* of classes */
    size_t work;
};

/* What assertions look at. */
static const struct rune_range line_end[] = {{'\n', '\n'}};
static const struct rune_range word[] = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
static const struct rune_set looked_at[] = {{line_end, ARRAY_SIZE(line_end)}, {word, ARRAY_SIZE(word)}};

static int add_start(struct arena *arena, struct partition *p, uint32_t start) {
    uint32_t *slot = VEC_PUSH(arena, &p->starts);
    if (!slot) {
        return ERR_MEMORY;
    }
    *slot = start;
    return 0;
}

static int add_starts(struct arena *arena, struct partition *p, struct rune_set set) {
    for (size_t i = 0; i < set.n; i++) {
        if (add_start(arena, p, set.ranges[i].low) < 0 || add_start(arena, p, set.ranges[i].high + 1) < 0) {
            return ERR_MEMORY;
        }
    }
    return 0;
}

static int compare_starts(const void *a, const void *b) {
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void sort_starts(struct partition *p) {
    qsort(p->starts.p, p->starts.n, sizeof *p->starts.p, compare_starts);
    size_t kept = 1;
    for (size_t i = 1; i < p->starts.n; i++) {
        if (p->starts.p[i] != p->starts.p[kept - 1] && p->starts.p[i] <= RUNE_LAST) {
            p->starts.p[kept++] = p->starts.p[i];
        }
    }
    p->starts.n = kept;
}

/* The interval that begins at `start`, which one does. */
static size_t interval_at(const struct partition *p, uint32_t start) {
    size_t from = 0, to = p->starts.n;
    while (to - from > 1) {
        size_t middle = from + (to - from) / 2;
        if (p->starts.p[middle] <= start) {
            from = middle;
        } else {
            to = middle;
        }
    }
    return from;
}

typedef bool visitor(struct partition *p, size_t interval);

/* Visits the intervals of a set; false when one visit is. */
static bool each_interval(struct partition *p, struct rune_set set, visitor *visit) {
    for (size_t i = 0; i < set.n; i++) {
        for (size_t k = interval_at(p, set.ranges[i].low);
             k < p->starts.n && p->starts.p[k] <= set.ranges[i].high; k++) {
            if (++p->work > WORK_MAX || !visit(p, k)) {
                return false;
            }
        }
    }
    return true;
}

static bool count_inside(struct partition *p, size_t interval) {
    p->inside[p->classes[interval]]++;
    return true;
}

/* Into the new class, when the old one is in the set in part only. */
static bool move_inside(struct partition *p, size_t interval) {
    uint8_t old = p->classes[interval];
    if (p->inside[old] == 0) {
        return true;
    }
    if (!p->moved[old]) {
        if (p->count == CLASS_MAX) {
            return false;
        }
        p->moved[old] = (uint8_t)p->count++;
    }
    p->classes[interval] = p->moved[old];
    return true;
}

static bool split_by(struct partition *p, struct rune_set set) {
    memset(p->inside, 0, sizeof p->inside);
    memset(p->moved, 0, sizeof p->moved);
    if (!each_interval(p, set, count_inside)) {
        return false;
    }
    size_t count = p->count;
    for (size_t class = 0; class < count; class ++) {
        if (p->inside[class] == p->members[class]) {
            p->inside[class] = 0;
        }
    }
    if (!each_interval(p, set, move_inside)) {
        return false;
    }
    for (size_t class = 0; class < count; class ++) {
        if (p->moved[class]) {
            p->members[p->moved[class]] = p->inside[class];
            p->members[class] -= p->inside[class];
        }
    }
    return true;
}

static bool split_all(struct partition *p, const struct program *program, const struct syntax *syntax) {
    for (size_t i = 0; i < syntax->pool.sets.n; i++) {
        if (!split_by(p, syntax->pool.sets.p[i])) {
            return false;
        }
    }
    for (size_t i = 0; program->has_assertions && i < ARRAY_SIZE(looked_at); i++) {
        if (!split_by(p, looked_at[i])) {
            return false;
        }
    }
    return true;
}

static int cut(struct arena *arena, struct partition *p, const struct program *program,
               const struct syntax *syntax) {
    int rc = add_start(arena, p, 0);
    for (size_t i = 0; rc == 0 && i < syntax->pool.sets.n; i++) {
        rc = add_starts(arena, p, syntax->pool.sets.p[i]);
    }
    for (size_t i = 0; rc == 0 && program->has_assertions && i < ARRAY_SIZE(looked_at); i++) {
        rc = add_starts(arena, p, looked_at[i]);
    }
    return rc;
}

static int keep(struct arena *arena, const struct partition *p, struct alphabet *alphabet) {
    alphabet->intervals = p->starts.n;
    alphabet->starts = arena_array(arena, p->starts.n, sizeof *alphabet->starts);
    alphabet->classes = arena_alloc(arena, p->starts.n);
    if (!alphabet->starts || !alphabet->classes) {
        return ERR_MEMORY;
    }
    memcpy(alphabet->starts, p->starts.p, p->starts.n * sizeof *alphabet->starts);
    memcpy(alphabet->classes, p->classes, p->starts.n);
    alphabet->count = p->count;
    alphabet->foreign = (uint8_t)p->count;
    alphabet->end = (uint8_t)(p->count + 1);
    alphabet->member[alphabet->foreign] = alphabet->member[alphabet->end] = RUNE_NONE;
    for (size_t i = 0; i < p->starts.n; i++) {
        alphabet->member[p->classes[i]] = p->starts.p[i];
    }
    for (uint32_t code = 0; code < 128; code++) {
        alphabet->ascii[code] = p->classes[interval_at(p, code)];
    }
    alphabet->is_small = true;
    return 0;
}

int alphabet_build(struct arena *arena, struct arena *work, const struct syntax *syntax,
                   struct program *program) {
    struct partition p = {.count = 1};
    if (cut(work, &p, program, syntax) < 0) {
        return ERR_MEMORY;
    }
    sort_starts(&p);
    p.classes = arena_alloc(work, p.starts.n);
    if (!p.classes) {
        return ERR_MEMORY;
    }
    p.members[0] = p.starts.n;
    return split_all(&p, program, syntax) ? keep(arena, &p, &program->alphabet) : 0;
}
