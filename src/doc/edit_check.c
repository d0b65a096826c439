#include "base/limits.h"
#include "doc/edit_parts.h"

#include <math.h>

/* Nodes that are still compared: aliases can make a small text a tree without end. */
struct check {
    size_t left;
};

static bool is_equal(struct check *c, const struct doc *a, const struct doc *b);

static bool is_equal_list(struct check *c, const struct doc *a, const struct doc *b) {
    for (size_t i = 0; i < a->list.n; i++) {
        if (!is_equal(c, a->list.items[i], doc_at(b, i))) {
            return false;
        }
    }
    return a->list.n == doc_count(b);
}

static bool is_equal_map(struct check *c, const struct doc *a, const struct doc *b) {
    for (size_t i = 0; i < a->map.n; i++) {
        if (!is_equal(c, a->map.members[i].value, doc_get(b, a->map.members[i].key))) {
            return false;
        }
    }
    return a->map.n == doc_count(b);
}

static bool is_equal_double(double a, double b) {
    return isnan(a) ? isnan(b) : a == b && signbit(a) == signbit(b);
}

/* The depth is bounded by the readers. */
static bool is_equal(struct check *c, const struct doc *a, const struct doc *b) {
    if (!a || !b || a->kind != b->kind || c->left == 0) {
        return false;
    }
    c->left--;
    switch (a->kind) {
    case DOC_NULL:
        return true;
    case DOC_BOOL:
        return a->b == b->b;
    case DOC_INT:
    case DOC_UINT:
        return a->u == b->u;
    case DOC_DOUBLE:
        return is_equal_double(a->d, b->d);
    case DOC_LIST:
        return is_equal_list(c, a, b);
    case DOC_MAP:
        return is_equal_map(c, a, b);
    case DOC_STRING:
    case DOC_BYTES:
    case DOC_TIMESTAMP:
        return str_eq(a->s, b->s);
    case DOC_UNKNOWN:
        break;
    }
    return false;
}

/* b is a map with value, in as many maps of one member as path has further steps. */
static bool is_made_new(struct check *c, const struct doc *b, const struct edit_step *path, size_t n,
                        const struct doc *value) {
    for (size_t i = 0; i < n; i++) {
        if (!path[i].key.p || doc_count(b) != 1) {
            return false;
        }
        b = doc_get(b, path[i].key);
    }
    return is_equal(c, b, value);
}

/* All members but key are those of a. */
static bool has_other_members(struct check *c, const struct doc *a, const struct doc *b, struct str key) {
    size_t n = 0;
    for (size_t i = 0; i < doc_count(a); i++) {
        const struct doc_member *member = &a->map.members[i];
        if (str_eq(member->key, key)) {
            continue;
        }
        n++;
        if (!is_equal(c, member->value, doc_get(b, member->key))) {
            return false;
        }
    }
    return n + (doc_get(b, key) != NULL) == doc_count(b);
}

static bool has_other_items(struct check *c, const struct doc *a, const struct doc *b, size_t index) {
    for (size_t i = 0; i < doc_count(a); i++) {
        if (i != index && !is_equal(c, doc_at(a, i), doc_at(b, i))) {
            return false;
        }
    }
    return doc_count(a) == doc_count(b);
}

/* Steps down path through both trees; every step must leave what stands beside it alone. */
static bool is_changed_only_at(struct check *c, const struct doc *a, const struct doc *b,
                               const struct edit_step *path, size_t n, const struct doc *value) {
    for (size_t i = 0; i < n; i++) {
        if (!path[i].key.p) {
            if (!doc_is(a, DOC_LIST) || !doc_is(b, DOC_LIST) || !has_other_items(c, a, b, path[i].index)) {
                return false;
            }
            a = doc_at(a, path[i].index);
            b = doc_at(b, path[i].index);
            continue;
        }
        if ((!doc_is(a, DOC_MAP) && !doc_is(a, DOC_NULL)) || !doc_is(b, DOC_MAP) ||
            !has_other_members(c, a, b, path[i].key)) {
            return false;
        }
        a = doc_get(a, path[i].key);
        b = doc_get(b, path[i].key);
        if (!a) {
            return value && is_made_new(c, b, path + i + 1, n - i - 1, value);
        }
    }
    return value ? is_equal(c, b, value) : a && !b;
}

bool edit_is_as_meant(const struct edit_text *before, const struct edit_text *after, size_t document,
                      const struct edit_step *path, size_t n, const struct doc *value) {
    struct check c = {LIMIT_EDIT_COMPARED};
    if (before->n != after->n) {
        return false;
    }
    for (size_t i = 0; i < before->n; i++) {
        bool ok = i == document ? is_changed_only_at(&c, before->docs[i], after->docs[i], path, n, value)
                                : is_equal(&c, before->docs[i], after->docs[i]);
        if (!ok) {
            return false;
        }
    }
    return true;
}
