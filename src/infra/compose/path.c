#include "infra/compose/path.h"

#include "base/limits.h"

bool path_is(const struct path *path, struct str pattern) {
    struct str last;
    for (; path; path = path->up) {
        bool has_more = str_cut_last(pattern, '.', &pattern, &last);
        struct str wanted = has_more ? last : pattern;
        if (!str_eq(wanted, STR("*")) && !str_eq(wanted, path->key)) {
            return false;
        }
        if (!has_more) {
            return !path->up;
        }
    }
    return false;
}

static int leaves(struct str path, struct err *err) {
    return err_set(err, ERR_DENIED, "\"%.*s\" is outside of the folder that is read",
                   (int)MIN(path.n, (size_t)200), path.p ? path.p : "");
}

/* Adds the parts of path to out, of which *n bytes are used; false when ".." leads above the root. */
static bool add_parts(char *out, size_t *n, struct str path) {
    for (struct str rest = path, part; str_split(&rest, '/', &part);) {
        if (part.n == 0 || str_eq(part, STR("."))) {
            continue;
        }
        if (str_eq(part, STR(".."))) {
            if (*n == 0) {
                return false;
            }
            *n = str_dirname(str_n(out, *n)).n;
            continue;
        }
        if (*n) {
            out[(*n)++] = '/';
        }
        memcpy(out + *n, part.p, part.n);
        *n += part.n;
    }
    return true;
}

int path_join(struct arena *arena, struct str folder, struct str path, struct str *out, struct err *err) {
    if (path.n > LIMIT_PATH || folder.n > LIMIT_PATH) {
        return err_set(err, ERR_LIMIT, "a path of more than %u bytes", (unsigned)LIMIT_PATH);
    }
    if ((path.n && (path.p[0] == '/' || path.p[0] == '~')) || str_find_byte(path, 0) >= 0) {
        return leaves(path, err);
    }
    char *joined = arena_alloc(arena, folder.n + path.n + 2);
    size_t n = 0;
    if (!joined) {
        return err_memory(err);
    }
    if (!add_parts(joined, &n, folder) || !add_parts(joined, &n, path)) {
        return leaves(path, err);
    }
    *out = str_n(joined, n);
    return 0;
}
