#include "inspect/changeset.h"

#include "base/limits.h"

struct changeset changeset_new(void) {
    return (struct changeset){.paths = buf_new(LIMIT_FACTS)};
}

void changeset_free(struct changeset *changes) {
    buf_free(&changes->paths);
}

static const struct str prefix = {".wh.", 4};

bool changeset_is_void_whiteout(struct str path) {
    struct str name = str_basename(path), hidden = str_from(name, prefix.n);
    return str_starts(name, prefix) && (!hidden.n || str_eq(hidden, STR(".")) || str_eq(hidden, STR("..")));
}

bool changeset_take_whiteout(struct facts *facts, struct str path) {
    static const struct str opaque = {".wh..wh..opq", 12};
    struct str name = str_basename(path), folder = str_dirname(path);
    if (!str_starts(name, prefix)) {
        return false;
    }
    if (str_eq(name, opaque)) {
        facts_hidden(facts, folder, true);
    } else if (!str_starts(name, STR(".wh..wh."))) {
        char hidden[LIMIT_PATH];
        int n = snprintf(hidden, sizeof hidden, "%.*s%s%.*s", STR_ARG(folder), folder.n ? "/" : "",
                         STR_ARG(str_from(name, prefix.n)));
        facts_hidden(facts, str_n(hidden, (size_t)MIN(n, (int)sizeof hidden - 1)), false);
    }
    return true;
}

int changeset_take_path(struct changeset *changes, struct str path, bool is_directory, struct err *err) {
    uint64_t hash = is_directory ? facts_directory_hash(path) : facts_path_hash(path);
    buf_bytes(&changes->paths, &hash, sizeof hash);
    return changes->paths.failed
               ? err_set(err, ERR_LIMIT, "more than %zu entries in one layer", LIMIT_FACTS / sizeof hash)
               : 0;
}

static int by_value(const void *a, const void *b) {
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

bool changeset_put(struct changeset *changes, struct facts *facts) {
    enum { PIECE = 65536 };
    size_t n = changes->paths.n / sizeof(uint64_t);
    uint64_t *hashes = (uint64_t *)(void *)changes->paths.p;
    if (changes->written == n) {
        return false;
    }
    if (!changes->written) {
        qsort(hashes, n, sizeof *hashes, by_value);
    }
    size_t part = MIN(n - changes->written, (size_t)PIECE);
    facts_paths(facts, hashes + changes->written, part);
    changes->written += part;
    return true;
}
