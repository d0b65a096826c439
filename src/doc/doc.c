#include "doc/doc.h"

#include "doc/build.h"

#include <stdarg.h>

static bool has_index(size_t n) {
    return n > DOC_INDEX_ABOVE;
}

static uint32_t *index_of(struct doc_member *members, size_t n) {
    return (uint32_t *)(members + n);
}

/* Equal keys stand in the order of the text, so the last of a run is the one that wins. */
static int compare_numbers(const void *a, const void *b, void *members) {
    uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    const struct doc_member *m = members;
    int order = str_cmp(m[i].key, m[j].key);
    return order ? order : (i > j) - (i < j);
}

/* Most large maps are written by programs that sort their keys. */
static void build_index(struct doc_member *members, size_t n) {
    uint32_t *index = index_of(members, n);
    bool is_sorted = true;
    for (size_t i = 0; i < n; i++) {
        index[i] = (uint32_t)i;
        is_sorted = is_sorted && (i == 0 || str_cmp(members[i - 1].key, members[i].key) <= 0);
    }
    if (is_sorted) {
        return;
    }
    qsort_r(index, n, sizeof *index, compare_numbers, members);
}

/* Takes the value off each member that a later one replaces; the number of the first that repeats, or n. */
static size_t mark_small(struct doc_member *members, size_t n) {
    size_t first = n;
    for (size_t i = 1; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            if (members[j].value && str_eq(members[i].key, members[j].key)) {
                members[j].value = NULL;
                first = MIN(first, i);
            }
        }
    }
    return first;
}

static size_t mark_large(struct doc_member *members, size_t n) {
    const uint32_t *index = index_of(members, n);
    size_t first = n;
    for (size_t i = 1; i < n; i++) {
        if (str_cmp(members[index[i - 1]].key, members[index[i]].key) == 0) {
            members[index[i - 1]].value = NULL;
            first = MIN(first, (size_t)index[i]);
        }
    }
    return first;
}

static size_t drop_marked(struct doc_member *members, size_t n) {
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (members[i].value) {
            members[kept++] = members[i];
        }
    }
    return kept;
}

struct doc *doc_new(struct arena *arena, enum doc_kind kind, struct doc_place at) {
    struct doc *d = arena_alloc(arena, sizeof *d);
    if (d) {
        d->kind = kind;
        d->at = at;
    }
    return d;
}

struct doc *doc_new_string(struct arena *arena, struct doc_place at, struct str s) {
    struct doc *d = doc_new(arena, DOC_STRING, at);
    if (d) {
        d->s = s;
    }
    return d;
}

struct doc *doc_new_int(struct arena *arena, struct doc_place at, int64_t i) {
    struct doc *d = doc_new(arena, DOC_INT, at);
    if (d) {
        d->i = i;
    }
    return d;
}

struct doc *doc_new_bool(struct arena *arena, struct doc_place at, bool b) {
    struct doc *d = doc_new(arena, DOC_BOOL, at);
    if (d) {
        d->b = b;
    }
    return d;
}

struct doc *doc_new_list(struct arena *arena, struct doc_place at, const struct doc *const *items, size_t n) {
    struct doc *d = doc_new(arena, DOC_LIST, at);
    if (!d || n == 0) {
        return d;
    }
    d->list.items = arena_array(arena, n, sizeof(struct doc *));
    if (!d->list.items) {
        return NULL;
    }
    memcpy(d->list.items, items, n * sizeof(struct doc *));
    d->list.n = n;
    return d;
}

static void finish_map(struct doc *d, const struct doc_member *given, const struct doc_member **duplicate) {
    struct doc_member *members = d->map.members;
    size_t n = d->map.n;
    if (has_index(n)) {
        build_index(members, n);
    }
    size_t first = has_index(n) ? mark_large(members, n) : mark_small(members, n);
    if (first < n) {
        d->map.n = drop_marked(members, n);
        if (has_index(d->map.n)) {
            build_index(members, d->map.n);
        }
    }
    if (duplicate) {
        *duplicate = first < n ? &given[first] : NULL;
    }
}

struct doc *doc_new_map(struct arena *arena, struct doc_place at, const struct doc_member *members, size_t n,
                        const struct doc_member **duplicate) {
    assert(n <= UINT32_MAX);
    struct doc *d = doc_new(arena, DOC_MAP, at);
    if (duplicate) {
        *duplicate = NULL;
    }
    if (!d || n == 0) {
        return d;
    }
    size_t size = sizeof *members + (has_index(n) ? sizeof(uint32_t) : 0);
    d->map.members = arena_array(arena, n, size);
    if (!d->map.members) {
        return NULL;
    }
    memcpy(d->map.members, members, n * sizeof *members);
    d->map.n = n;
    finish_map(d, members, duplicate);
    return d;
}

int doc_error(struct err *err, enum err_code code, struct doc_place at, const char *fmt, ...) {
    char message[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    return err_set(err, code, "line %u column %u: %s", at.line, at.column, message);
}

/* Not inlined: the search of small maps, which most are, stays short. */
__attribute__((noinline)) static const struct doc_member *find_indexed(struct doc_member *members, size_t n,
                                                                       struct str key) {
    const uint32_t *index = index_of(members, n);
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct doc_member *m = &members[index[middle]];
        int order = str_cmp(m->key, key);
        if (order == 0) {
            return m;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

const struct doc_member *doc_member(const struct doc *map, struct str key) {
    if (!doc_is(map, DOC_MAP)) {
        return NULL;
    }
    if (has_index(map->map.n)) {
        return find_indexed(map->map.members, map->map.n, key);
    }
    for (size_t i = 0; i < map->map.n; i++) {
        if (str_eq(map->map.members[i].key, key)) {
            return &map->map.members[i];
        }
    }
    return NULL;
}

const struct doc *doc_get(const struct doc *map, struct str key) {
    const struct doc_member *member = doc_member(map, key);
    return member ? member->value : NULL;
}

const struct doc *doc_at(const struct doc *list, size_t i) {
    return doc_is(list, DOC_LIST) && i < list->list.n ? list->list.items[i] : NULL;
}

size_t doc_count(const struct doc *d) {
    if (doc_is(d, DOC_LIST)) {
        return d->list.n;
    }
    return doc_is(d, DOC_MAP) ? d->map.n : 0;
}

const struct doc *doc_path(const struct doc *d, const char *dotted) {
    struct str rest = str_c(dotted), part;
    while (d && str_split(&rest, '.', &part)) {
        uint64_t i;
        if (d->kind == DOC_LIST) {
            d = str_to_u64(part, 10, &i) ? doc_at(d, (size_t)i) : NULL;
        } else {
            d = doc_get(d, part);
        }
    }
    return d;
}

struct str doc_str(const struct doc *d) {
    return doc_is(d, DOC_STRING) ? d->s : STR_NONE;
}

struct str doc_text(const struct doc *map, const char *key) {
    return doc_str(doc_get(map, str_c(key)));
}

bool doc_bool(const struct doc *d, bool otherwise) {
    return doc_is(d, DOC_BOOL) ? d->b : otherwise;
}

bool doc_int(const struct doc *d, int64_t *out) {
    if (!doc_is(d, DOC_INT)) {
        return false;
    }
    *out = d->i;
    return true;
}

const char *doc_kind_name(enum doc_kind kind) {
    static const char *const names[] = {
        [DOC_NULL] = "null",    [DOC_BOOL] = "bool",           [DOC_INT] = "integer",
        [DOC_UINT] = "integer", [DOC_DOUBLE] = "number",       [DOC_STRING] = "string",
        [DOC_BYTES] = "bytes",  [DOC_TIMESTAMP] = "timestamp", [DOC_LIST] = "list",
        [DOC_MAP] = "map",      [DOC_UNKNOWN] = "unknown",
    };
    return names[kind];
}
