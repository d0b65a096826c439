#include "inspect/changeset.h"

#include "base/limits.h"

struct changeset changeset_new(void) {
    return (struct changeset){buf_new(LIMIT_FACTS)};
}

void changeset_free(struct changeset *changes) {
    buf_free(&changes->paths);
}

bool changeset_take_whiteout(struct facts *facts, struct str path) {
    static const struct str prefix = {".wh.", 4}, opaque = {".wh..wh..opq", 12};
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
    uint64_t hash = facts_path_hash(path);
    if (is_directory) {
        char text[LIMIT_PATH + 1];
        assert(path.n <= LIMIT_PATH);
        if (path.n) {
            memcpy(text, path.p, path.n);
        }
        text[path.n] = '/';
        hash = facts_path_hash(str_n(text, path.n + 1));
    }
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

void changeset_end(struct changeset *changes, struct facts *facts) {
    size_t n = changes->paths.n / sizeof(uint64_t);
    if (n) {
        qsort(changes->paths.p, n, sizeof(uint64_t), by_value);
    }
    facts_paths(facts, (const uint64_t *)(const void *)changes->paths.p, n);
}
