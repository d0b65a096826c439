#include "inspect/packages/python/python_lock.h"

static bool is_source(struct str file) {
    static const char *const ends[] = {".tar.gz", ".zip", ".tar.bz2", ".tgz"};
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
        if (str_ends(file, str_c(ends[i]))) {
            return true;
        }
    }
    return false;
}

struct str python_lock_checksum(const struct doc *files, const char *hash_key) {
    struct str key = str_c(hash_key);
    for (size_t i = 0; i < doc_count(files); i++) {
        const struct doc *file = doc_at(files, i);
        struct str name = doc_str(doc_get(file, STR("file")));
        if (is_source(name.n ? name : doc_str(doc_get(file, STR("url"))))) {
            return doc_str(doc_get(file, key));
        }
    }
    return doc_count(files) == 1 ? doc_str(doc_get(doc_at(files, 0), key)) : STR_NONE;
}

int python_lock_need(struct lock_graph *graph, size_t from, struct str name) {
    struct str normal = package_pypi_name(graph->in->arena, name);
    return normal.p ? lock_need(graph, from, lock_find(graph, normal)) : err_memory(graph->err);
}

struct str python_lock_requirement(struct str requirement, struct str *rest) {
    struct str text = str_trim(requirement);
    size_t n = 0;
    while (n < text.n && text.p[n] && (ascii_is_alnum(text.p[n]) || strchr("-_.", text.p[n]))) {
        n++;
    }
    *rest = str_trim(str_from(text, n));
    return str_sub(text, 0, n);
}
